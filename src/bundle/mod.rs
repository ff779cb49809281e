//! Evidence to file away: one tender, one organisation or the whole log in one zip, checked without a network.
//!
//! A bundle of the whole log holds its tiles and is audited like any other copy. A bundle of a part holds the entries of
//! some streams, each with a proof that it stands in the tree of one checkpoint, and of all streams that are needed to
//! judge them: they are replayed by the same `decide` that the service uses. What a part can't prove, the report says.
//! Format: FORMAT.md, "Bundle".

mod archive;
mod check;
mod contents;
mod findings;
mod manifest;
mod reach;
mod readme;
mod replay;
mod report;
mod select;
mod timeline;
mod write;

pub use archive::{BundleError, digest_of, file_digest};
pub use check::{Bundled, Conclusion, Verified, verify_bundle};
pub use contents::{Contents, Listening};
pub use manifest::{FORMAT, Manifest, Scope};
pub use reach::Reach;
pub use report::{Occasion, page};
pub use write::{BundleExportError, BundleLimit, Maker, export_bundle, make_bundle};
