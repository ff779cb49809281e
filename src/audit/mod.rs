//! The offline verifier: what an auditor runs on a copy of the log, trusting nobody.
//!
//! It reads entries and tiles from a [`Source`], be it a plain folder, a server or a database, and checks everything that
//! the service claims: the chain, the tree, the checkpoint, every signature, and that every record was allowed at its point
//! of the log by the same `decide` that the service uses. Pure, but with threads.

mod books;
mod cause;
mod contested;
mod finding;
#[cfg(feature = "shell")]
mod folder;
mod owed;
mod recall;
mod source;
mod verify;
mod workers;

pub use cause::RootCause;
pub use contested::Contested;
pub use finding::{Finding, Lost, Reason, Report, StoredRow};
#[cfg(feature = "shell")]
pub use folder::Folder;
pub use source::{Source, SourceError};
pub use verify::{Progress, verify, verify_within};
