//! 网页核验: proof without trusting us. A verifier in JavaScript that is read as it runs: ES modules without a build step, which know
//! FORMAT.md and nothing of this program. They answer who signed, whether it is in the log, and whether others see the same log.

mod offline;
mod served;

pub use offline::offline_page;
pub(super) use served::{add_to, download, download_digest, script};

/// The modules that verify and show the answers, each behind those that it imports.
const MODULES: [(&str, &str); 19] = [
    ("fault.mjs", include_str!("fault.mjs")),
    ("bytes.mjs", include_str!("bytes.mjs")),
    ("json.mjs", include_str!("json.mjs")),
    ("ed25519.mjs", include_str!("ed25519.mjs")),
    ("merkle.mjs", include_str!("merkle.mjs")),
    ("entry.mjs", include_str!("entry.mjs")),
    ("note.mjs", include_str!("note.mjs")),
    ("policy.mjs", include_str!("policy.mjs")),
    ("receipt.mjs", include_str!("receipt.mjs")),
    ("tiles.mjs", include_str!("tiles.mjs")),
    ("zip.mjs", include_str!("zip.mjs")),
    ("bundle.mjs", include_str!("bundle.mjs")),
    ("material.mjs", include_str!("material.mjs")),
    ("replay.mjs", include_str!("replay.mjs")),
    ("collect.mjs", include_str!("collect.mjs")),
    ("faults.mjs", include_str!("faults.mjs")),
    ("answer.mjs", include_str!("answer.mjs")),
    ("words.mjs", include_str!("words.mjs")),
    ("view.mjs", include_str!("view.mjs")),
];

/// What runs on the page of a record.
const LIVE: [(&str, &str); 1] = [("live.mjs", include_str!("live.mjs"))];
