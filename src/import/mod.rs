//! Real notices into acts: candidate and award notices of a public resource centre, and pre-announcements and calls
//! of state enterprises, as JSON lines in; typed acts with their times out. Pure but for `folder`, which reads the files.
//!
//! Nothing is cut and nothing is changed in silence: what has no place, was stripped, assumed or moved in time stands
//! in the [`ImportReport`]. White space around a text is no part of it.

mod award;
mod certificate;
mod claims;
#[cfg(feature = "shell")]
mod folder;
mod notice;
mod parties;
mod price;
mod seal;
mod soe;
mod source;
mod tally;
#[cfg(all(test, feature = "shell"))]
mod tests;
mod yichang;

#[cfg(feature = "shell")]
pub use folder::read;
pub use seal::disclosure;

use crate::field::{Fault, Instant, OrganisationId, TenderCode};
use crate::law::Editions;
use crate::tender;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use tally::Tally;

/// Who signs a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signatory {
    Centre,
    Supervisor,
}

/// One act at its time.
#[derive(Debug, Clone)]
pub struct Step {
    pub at: Instant,
    pub who: Signatory,
    pub tender: TenderCode,
    pub act: tender::Act,
}

/// What was imported, and what had no place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    pub pairs_candidate_award: usize,
    pub pairs_preannouncement_call: usize,
    pub steps: usize,
    /// Values of the source that an act says, or that place or time it.
    pub mapped: usize,
    /// Values that no act has a field for, by file and field; a list counts its members.
    pub unmapped: BTreeMap<String, usize>,
    /// Everything else that a reader must know, with how often and where.
    pub notes: Vec<String>,
}

/// Why the notices can't be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{at}: {source}")]
    NotJson { at: String, source: serde_json::Error },
    #[error("{at}: {field} is missing, or not of the expected type")]
    Missing { at: String, field: &'static str },
    #[error("{at}: {field}: {text:?} is not a time")]
    Time { at: String, field: &'static str, text: String },
    #[error("{at}: {field}: {fault}")]
    Value { at: String, field: &'static str, fault: Fault },
    #[error("{at}: no notice {id} in {file}")]
    Unjoined { at: String, file: &'static str, id: String },
}

/// What stands in a file of notices, by its name.
pub type Texts<'a> = &'a dyn Fn(&'static str) -> Result<String, ImportError>;

/// Maps the notices. The steps come in the order of their times, those of one tender strictly later each; the service's
/// own acts, which follow from time, are not among them.
///
/// # Errors
/// See [`ImportError`].
pub fn map(texts: Texts<'_>, centre: &OrganisationId) -> Result<(Vec<Step>, ImportReport), ImportError> {
    let edition = Editions::newest();
    let calendar = &edition.calendar;
    let mut tally = Tally::default();
    let mut steps = Vec::new();
    let pairs_candidate_award = yichang::map(texts, centre, calendar, &mut tally, &mut steps)?;
    let pairs_preannouncement_call = soe::map(texts, centre, calendar, &mut tally, &mut steps)?;
    // Stable: steps of one tender stay in their order.
    steps.sort_by_key(|step| step.at);
    let (mapped, unmapped, notes) = tally.finish();
    let report =
        ImportReport { pairs_candidate_award, pairs_preannouncement_call, steps: steps.len(), mapped, unmapped, notes };
    Ok((steps, report))
}
