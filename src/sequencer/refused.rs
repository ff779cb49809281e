//! What was refused by which rule. It is kept in memory, so no record waits for it, and written away from time to time.

use super::Admitted;
use crate::field::DocumentId;
use crate::law::Law;
use crate::problem::Refusal;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Refusals of records that were to be written, by edition in force and by the rule that the refusal cites, as far as they are not
/// written away yet. Both are words of the law as data, so there are no more keys than rules, whatever is posted.
#[derive(Debug, Default)]
pub struct RefusalTally(Mutex<BTreeMap<(DocumentId, String), u64>>);

impl RefusalTally {
    fn counted(&self) -> MutexGuard<'_, BTreeMap<(DocumentId, String), u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, refused: impl IntoIterator<Item = (DocumentId, String)>) {
        let mut counted = self.counted();
        for key in refused {
            *counted.entry(key).or_default() += 1;
        }
    }

    /// What was counted so far; it stays counted.
    pub fn so_far(&self) -> BTreeMap<(DocumentId, String), u64> {
        self.counted().clone()
    }

    /// What was written away counts here no more.
    pub fn leave(&self, written: &BTreeMap<(DocumentId, String), u64>) {
        self.counted().retain(|key, count| {
            *count = count.saturating_sub(written.get(key).copied().unwrap_or_default());
            *count > 0
        });
    }
}

/// The edition in force and the rule that a refusal cites, of a record that was to be written.
pub(super) fn refused_by(record: &Admitted, refusal: &Refusal, law: Option<Law<'_>>) -> Option<(DocumentId, String)> {
    let law = law.filter(|_| !record.is_rehearsal())?;
    Some((law.edition().id, refusal.citation.as_ref()?.rule.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Hash;

    #[test]
    fn what_comes_while_others_are_written_stays_counted() {
        let (tally, edition) = (RefusalTally::default(), DocumentId::from(Hash::of("edition")));
        let key = |rule: &str| (edition, rule.to_owned());
        tally.add([key("A"), key("B"), key("A")]);
        let written = tally.so_far();
        assert_eq!(written, BTreeMap::from([(key("A"), 2), (key("B"), 1)]));
        tally.add([key("A")]);
        tally.leave(&written);
        assert_eq!(tally.so_far(), BTreeMap::from([(key("A"), 1)]));
    }
}
