//! 备份与恢复 · Copies of a log with all that is kept beside it, and how a log is brought back from them.
//!
//! A copy is a plain folder that no engine owns: the log in tlog-tiles layout, the documents and disclosures as they lie in
//! the object store, and what the database says of those two, row by row. It is made while the service runs, and is restored
//! by appending entries byte for byte and making everything else from them; so it moves a log from one engine to the other,
//! too. What came after the copy is taken from whoever has it: a mirror, a published folder, a replica.
//!
//! ```text
//! backup.json        what it is: origin, size, time
//! log/…              checkpoint, tiles, entries, editions of the law
//! documents.jsonl    rows of the tables; so uploads.jsonl and erasures.jsonl
//! disclosures.jsonl  with their keys: the copy is as secret as the service
//! objects/…          documents and sealed texts, as in the object store
//! keys/…             the log's private keys, where asked for
//! ```

mod beside;
mod restoring;
mod taking;

pub use restoring::{RestoreError, Restored, Restorer};
pub use taking::{Backup, BackupError, Taken, copy_keys};

use serde::{Deserialize, Serialize};

const MANIFEST: &str = "backup.json";
const LOG: &str = "log";
const OBJECTS: &str = "objects";
const KEYS: &str = "keys";

/// What a copy says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: u32,
    origin: String,
    /// Entries in `log/`.
    size: u64,
    /// When the copy was complete.
    taken_at: crate::field::Instant,
}

const FORMAT: u32 = 1;
