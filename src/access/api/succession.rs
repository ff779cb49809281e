//! Bars of those that an organisation succeeds, as of any time.

use super::super::view::AccessFile;
use super::super::{AccessId, AsOf, Bar, bound_by};
use crate::act::Succession;
use crate::field::OrganisationId;
use crate::law::Law;
use crate::ledger::{Folded, Ledger, LedgerError};
use crate::organisation::{OrganisationFile, predecessors_of};
use crate::world::Stream;
use std::collections::BTreeSet;

/// A predecessor, and every bar of it.
pub type Inherited = (Succession, Vec<Bar>);

/// Organisations before one another that are looked at, as in a decision.
const PREDECESSORS_MAX: usize = 100;

/// Those before an organisation whose bars bind it, the nearest first.
///
/// # Errors
/// The store can't be read.
pub async fn inherited(
    ledger: &Ledger,
    organisations: &Folded<OrganisationFile>,
    files: &Folded<AccessFile>,
    id: &OrganisationId,
    at: AsOf,
) -> Result<Vec<Inherited>, LedgerError> {
    let (mut asked, mut known) = (vec![id.clone()], BTreeSet::from([id.clone()]));
    let mut successions: Vec<Succession> = Vec::new();
    while !asked.is_empty() && known.len() <= PREDECESSORS_MAX {
        let found = predecessors_of(&ledger.database, &asked).await?;
        asked = found.into_iter().map(|(_, predecessor)| predecessor).filter(|id| known.insert(id.clone())).collect();
        for predecessor in &asked {
            let succession = |file: &OrganisationFile, _: Law<'_>| {
                file.0.as_ref().and_then(|organisation| organisation.succession(|entry, time| at.has(entry, time)))
            };
            let stream = Stream::of(predecessor);
            let shown = organisations.show(ledger, &stream, OrganisationFile::default, succession).await?;
            successions.extend(shown.flatten());
        }
    }
    if successions.is_empty() {
        return Ok(Vec::new());
    }
    let adopted = ledger.law().await?;
    let Some(law) = Law::new(&adopted) else { return Ok(Vec::new()) };
    let bound_by = bound_by(id, &successions, &law.edition().access.succession);
    let mut inherited = Vec::new();
    for succession in bound_by {
        let stream = Stream::of(&AccessId(succession.predecessor.clone()));
        let bars = files.show(ledger, &stream, AccessFile::default, |file, _| file.bars().to_vec()).await?;
        inherited.push((succession, bars.unwrap_or_default()));
    }
    Ok(inherited)
}
