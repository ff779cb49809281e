//! Notices into acts: candidate and award notices of a public resource centre, pre-announcements and calls of state enterprises
//! (both as JSON lines), and a procurement centre's own spreadsheet; typed acts with their times out. Pure but for `folder`, which
//! reads files.
//!
//! **Nothing is guessed.** A fact is taken from where the source states it as such; anything else stays in the source's words, is
//! counted by its reason and listed. Nothing is cut and nothing is changed in silence: what has no place, was stripped or
//! assumed stands in the [`ImportReport`] too. What is wrong with one notice stops no other. White space around a text is
//! no part of it.

mod adopted;
mod consortium;
#[cfg(feature = "shell")]
mod folder;
mod markup;
mod nature;
mod price;
mod region;
mod rehearsal;
mod report;
mod seal;
mod soe;
mod source;
mod table;
#[cfg(all(test, feature = "shell"))]
mod tests;
mod when;
mod yichang;

#[cfg(feature = "shell")]
pub use folder::{read, read_table};
pub use report::{ImportReport, InWords, NotImported, Quoted, Uncertainty};
pub use seal::disclosure;

use crate::field::{Bilingual, Fault, Instant, OrganisationId, TenderCode};
use crate::spreadsheet::Sheet;
use crate::tender;
use rehearsal::Rehearsal;
use report::Tally;
use std::path::PathBuf;

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

/// Why a notice, or all of them, can't be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    /// A table that can't be read at all.
    #[error("{}: {}", path.display(), why.en)]
    Table { path: PathBuf, why: Bilingual },
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
    #[error("{at}: the same id {id} stands twice in {file}, with different content")]
    Twice { at: String, file: &'static str, id: String },
}

impl ImportError {
    /// What is wrong, in both languages, without the place.
    pub fn said(&self) -> Bilingual {
        match self {
            Self::Io { source, .. } => Bilingual::new(format!("文件无法读取：{source}"), source.to_string()),
            Self::Table { why, .. } => why.clone(),
            Self::NotJson { source, .. } => {
                Bilingual::new(format!("该行不是 JSON：{source}"), format!("no JSON: {source}"))
            }
            Self::Missing { field, .. } => Bilingual::new(
                format!("缺少 {field}，或类型不符"),
                format!("{field} is missing, or not of the expected type"),
            ),
            Self::Time { field, text, .. } => {
                Bilingual::new(format!("{field}：“{text}”不是日期"), format!("{field}: {text:?} is no date"))
            }
            Self::Value { field, fault, .. } => {
                Bilingual::new(format!("{field}：{}", fault.words().zh), format!("{field}: {fault}"))
            }
            Self::Unjoined { file, id, .. } => {
                Bilingual::new(format!("{file} 中没有编号 {id}"), format!("no notice {id} in {file}"))
            }
            Self::Twice { file, id, .. } => Bilingual::new(
                format!("编号 {id} 在 {file} 中出现两次且内容不同"),
                format!("the same id {id} stands twice in {file}, with different content"),
            ),
        }
    }
}

/// What stands in a file of notices, by its name.
pub type Texts<'a> = &'a dyn Fn(&'static str) -> Result<String, ImportError>;

/// The organisations under whose keys an import is signed.
#[derive(Debug, Clone)]
pub struct Signatories {
    pub supervisor: OrganisationId,
    pub centre: OrganisationId,
}

/// Maps the notices. The steps come in the order of their times, those of one tender strictly later each; the service's
/// own acts, which follow from time, are not among them.
///
/// # Errors
/// A file can't be read.
pub fn map(texts: Texts<'_>, by: &Signatories) -> Result<(Vec<Step>, ImportReport), ImportError> {
    let rehearsal = Rehearsal::new(&by.centre, &by.supervisor);
    let mut tally = Tally::default();
    let mut steps = Vec::new();
    let pairs_candidate_award = yichang::map(texts, &rehearsal, &by.centre, &mut tally, &mut steps)?;
    let pairs_preannouncement_call = soe::map(texts, &rehearsal, &by.centre, &mut tally, &mut steps)?;
    let report = ImportReport { pairs_candidate_award, pairs_preannouncement_call, ..tally.finish() };
    Ok(in_order(steps, report))
}

/// Maps a centre's table, as [`map`].
///
/// # Errors
/// Why none of it can be read: it has no head, or not the columns that it must have.
pub fn map_table(sheet: Sheet, by: &Signatories) -> Result<(Vec<Step>, ImportReport), Bilingual> {
    let rehearsal = Rehearsal::new(&by.centre, &by.supervisor);
    let mut tally = Tally::default();
    let mut steps = Vec::new();
    table::map(sheet, &rehearsal, &by.centre, &mut tally, &mut steps)?;
    Ok(in_order(steps, tally.finish()))
}

/// Steps in the order of their times, and the report of them.
fn in_order(mut steps: Vec<Step>, report: ImportReport) -> (Vec<Step>, ImportReport) {
    // Stable: steps of one tender stay in their order.
    steps.sort_by_key(|step| step.at);
    let tenders = steps.iter().filter(|step| matches!(step.act, tender::Act::Adopted(_))).count();
    let report = ImportReport { tenders, steps: steps.len(), ..report };
    (steps, report)
}
