//! The offline verifier: what an auditor runs on a copy of the log, trusting nobody.
//!
//! It reads entries and tiles from a plain folder (or a server, or a database), and checks everything that the service
//! claims: the chain, the tree, the checkpoint, every signature, and that every record was allowed at its point of the
//! log by the same `decide` that the service uses. No network but to fetch, no database, no tokio.

mod contested;
mod finding;
mod recall;
mod source;
mod verify;
mod workers;

pub use contested::Contested;
pub use finding::{Finding, Reason, Report};
pub use source::{Folder, Source, SourceError};
pub use verify::{Progress, verify, verify_within};
