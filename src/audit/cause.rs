//! What is wrong in the first place: one changed byte breaks a signature, the chain behind it, a tile and the root, and whoever
//! reads four findings should be shown one.

use super::finding::{Finding, Reason, Report};
use serde::Serialize;
use std::collections::BTreeMap;

/// A finding that no earlier one explains, and how many others it may explain, by reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RootCause<'a> {
    #[serde(flatten)]
    pub finding: &'a Finding,
    pub follows: BTreeMap<Reason, usize>,
}

impl RootCause<'_> {
    /// How many other findings it may explain.
    pub fn following(&self) -> usize {
        self.follows.values().sum()
    }
}

impl Report {
    /// The findings that no earlier one explains, those about entries first, in their order; each of all the others is counted
    /// with the first that may explain it. May: a copy that was tampered with twice shows its second fault once the first is
    /// mended.
    pub fn root_causes(&self) -> Vec<RootCause<'_>> {
        let mut ordered: Vec<&Finding> = self.findings.iter().collect();
        ordered.sort_by_key(|finding| (place(finding), depth(finding.reason)));
        let mut causes: Vec<RootCause<'_>> = Vec::new();
        for finding in ordered {
            match causes.iter_mut().find(|cause| explains(cause.finding, finding)) {
                Some(cause) => *cause.follows.entry(finding.reason).or_default() += 1,
                None => causes.push(RootCause { finding, follows: BTreeMap::new() }),
            }
        }
        causes
    }
}

/// The entry, or behind them all; what could not be read at all comes before what is missing because of it.
fn place(finding: &Finding) -> u64 {
    if finding.reason == Reason::Unreadable { 0 } else { finding.index.unwrap_or(u64::MAX) }
}

/// Of several findings about one place, the one that says most about what was done comes first.
fn depth(reason: Reason) -> u8 {
    match reason {
        // One entry is another than it was, or elsewhere.
        Reason::IndexWrong | Reason::EntryMalformed | Reason::MemberMissing => 0,
        Reason::RecordMalformed | Reason::SignatureMismatch | Reason::KeyUnknown | Reason::JtiReused => 1,
        Reason::TimeBackwards | Reason::LawUnknown | Reason::NotAllowed => 2,
        // The entry before is another than it was.
        Reason::ChainBroken => 3,
        // The copy as a whole.
        Reason::Unreadable | Reason::ManifestWrong | Reason::MemberUnknown => 4,
        Reason::SizeMismatch | Reason::StatementInvalid => 5,
        Reason::CheckpointInvalid => 6,
        Reason::RootMismatch | Reason::TileMismatch | Reason::StreamMismatch | Reason::ProofInvalid => 7,
        Reason::DocumentMismatch
        | Reason::DocumentMissing
        | Reason::Unwitnessed
        | Reason::ActOwed
        | Reason::BookWrong
        | Reason::DerivedMismatch => 8,
    }
}

/// Whether the entry at fault is not the bytes that the log took, or not where it took them.
fn is_of_bytes(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::IndexWrong
            | Reason::EntryMalformed
            | Reason::MemberMissing
            | Reason::RecordMalformed
            | Reason::SignatureMismatch
            | Reason::TimeBackwards
            | Reason::ChainBroken
            | Reason::TileMismatch
            | Reason::Unreadable
    )
}

/// Whether what the entry at fault says did not count, so that later ones rest on nothing.
fn is_not_applied(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::EntryMalformed
            | Reason::MemberMissing
            | Reason::RecordMalformed
            | Reason::KeyUnknown
            | Reason::JtiReused
            | Reason::LawUnknown
            | Reason::NotAllowed
            | Reason::IndexWrong
            | Reason::Unreadable
    )
}

/// Whether one finding may be there because of another that comes before it.
fn explains(cause: &Finding, other: &Finding) -> bool {
    let (first, later) = (cause.index.unwrap_or(u64::MAX), other.index.unwrap_or(u64::MAX));
    let same = first == later && cause.index.is_some();
    match other.reason {
        // The next entry names the hash that this one had; and one entry more or less moves all behind it.
        Reason::ChainBroken => is_of_bytes(cause.reason) && (same || later.checked_sub(1) == Some(first)),
        Reason::IndexWrong => cause.reason == Reason::IndexWrong && first < later,
        Reason::SizeMismatch => matches!(cause.reason, Reason::IndexWrong | Reason::Unreadable),
        Reason::RootMismatch | Reason::TileMismatch | Reason::ProofInvalid | Reason::StreamMismatch => {
            is_of_bytes(cause.reason) || cause.reason == Reason::SizeMismatch
        }
        // The log's own keys stand in entry 0.
        Reason::CheckpointInvalid => first == 0 && is_not_applied(cause.reason),
        Reason::NotAllowed | Reason::KeyUnknown | Reason::LawUnknown => {
            is_not_applied(cause.reason) && (same || first < later)
        }
        Reason::SignatureMismatch | Reason::JtiReused => same && is_of_bytes(cause.reason),
        Reason::TimeBackwards => same || cause.reason == Reason::TimeBackwards && later.checked_sub(1) == Some(first),
        // A row rests on the entries up to its own.
        Reason::DerivedMismatch => cause.reason != Reason::DerivedMismatch && cause.index.is_some() && first <= later,
        Reason::ActOwed | Reason::BookWrong => is_not_applied(cause.reason),
        Reason::DocumentMissing | Reason::DocumentMismatch => same,
        Reason::EntryMalformed
        | Reason::RecordMalformed
        | Reason::Unwitnessed
        | Reason::Unreadable
        | Reason::MemberMissing
        | Reason::MemberUnknown
        | Reason::ManifestWrong
        | Reason::StatementInvalid => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(found: &[(Option<u64>, Reason)]) -> Report {
        let findings = found.iter().map(|(index, reason)| Finding::new(*index, *reason, "")).collect();
        Report { findings, ..Report::default() }
    }

    /// The causes of what was found, each with how many follow.
    #[track_caller]
    fn causes(found: &[(Option<u64>, Reason)], wanted: &[(Option<u64>, Reason, usize)]) {
        let report = report(found);
        let causes = report.root_causes();
        let shown: Vec<_> = causes.iter().map(|c| (c.finding.index, c.finding.reason, c.following())).collect();
        assert_eq!(shown, wanted);
        let told: usize = causes.iter().map(|cause| 1 + cause.following()).sum();
        assert_eq!(told, found.len(), "each finding is told once");
    }

    #[test]
    fn one_changed_byte_is_one_cause() {
        use Reason::{ChainBroken, RootMismatch, SignatureMismatch, TileMismatch};
        causes(
            &[
                (Some(7), SignatureMismatch),
                (Some(7), TileMismatch),
                (Some(8), ChainBroken),
                (None, TileMismatch),
                (None, RootMismatch),
            ],
            &[(Some(7), SignatureMismatch, 4)],
        );
        // Where no signature covers it, as the time of an entry.
        causes(&[(Some(7), TileMismatch), (Some(8), ChainBroken), (None, RootMismatch)], &[(Some(7), TileMismatch, 2)]);
    }

    #[test]
    fn what_rests_on_an_unread_entry_follows_from_it() {
        use Reason::{ChainBroken, CheckpointInvalid, EntryMalformed, KeyUnknown, NotAllowed};
        causes(
            &[
                (Some(0), EntryMalformed),
                (Some(1), ChainBroken),
                (Some(1), NotAllowed),
                (Some(2), KeyUnknown),
                (None, CheckpointInvalid),
            ],
            &[(Some(0), EntryMalformed, 4)],
        );
    }

    #[test]
    fn a_dropped_entry_is_one_cause() {
        use Reason::{ChainBroken, IndexWrong, NotAllowed, RootMismatch, SizeMismatch};
        causes(
            &[
                (Some(5), ChainBroken),
                (Some(5), IndexWrong),
                (Some(6), IndexWrong),
                (Some(6), NotAllowed),
                (Some(7), SizeMismatch),
                (None, RootMismatch),
            ],
            &[(Some(5), IndexWrong, 5)],
        );
    }

    #[test]
    fn what_nothing_explains_is_told_by_itself() {
        use Reason::{ChainBroken, NotAllowed, RootMismatch, SignatureMismatch, Unwitnessed};
        causes(
            &[
                (Some(3), SignatureMismatch),
                (Some(9), SignatureMismatch),
                (Some(12), ChainBroken),
                (None, RootMismatch),
                (None, Unwitnessed),
            ],
            &[
                (Some(3), SignatureMismatch, 1),
                (Some(9), SignatureMismatch, 0),
                (Some(12), ChainBroken, 0),
                (None, Unwitnessed, 0),
            ],
        );
        // Nothing later excuses what came before.
        causes(
            &[(Some(3), NotAllowed), (Some(9), SignatureMismatch)],
            &[(Some(3), NotAllowed, 0), (Some(9), SignatureMismatch, 0)],
        );
        causes(&[(None, RootMismatch)], &[(None, RootMismatch, 0)]);
        // A copy that ends too early.
        causes(
            &[(Some(256), Reason::SizeMismatch), (None, Reason::Unreadable), (None, RootMismatch)],
            &[(None, Reason::Unreadable, 2)],
        );
    }
}
