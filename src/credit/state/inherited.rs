//! What counts for a predecessor counts for its successor: not by its own entries, but by what the predecessor's credit is when
//! the successor is graded. So what is found or taken back later comes along as well, and nothing comes twice.

use super::super::payload::CONTRIBUTIONS_MAX;
use super::super::{Addition, Contribution, Predecessor};
use super::account::name;
use super::due::Draft;
use super::{Counted, Credit};
use crate::field::{Day, OrganisationId};

/// The credit of others, as whoever looks has it at hand.
pub type Credits<'a> = &'a dyn Fn(&OrganisationId) -> Option<&'a Credit>;

impl Draft<'_> {
    /// Takes up what counts for predecessors and did not yet, and takes back what counts for them no more; whether all of it
    /// found room.
    pub(super) fn inherit(&mut self, state: &Credit, others: Credits<'_>, day: Day) -> bool {
        if state.predecessors.is_empty() && state.inherited.is_empty() {
            return true;
        }
        let is_undone = |entry: &u64| {
            self.contributions.iter().any(|listed| listed.takes_back.as_ref().is_some_and(|back| back.entry == *entry))
        };
        let standing = state.predecessors.iter().filter(|(entry, _)| !is_undone(entry));
        let standing: Vec<&Predecessor> = standing.map(|(_, predecessor)| predecessor).collect();
        for contribution in self.dropped(state, &standing, others, day) {
            if self.contributions.len() == CONTRIBUTIONS_MAX {
                return false;
            }
            self.list(contribution);
        }
        for predecessor in standing {
            let Some(credit) = others(&predecessor.organisation) else { continue };
            for (entry, counted) in &credit.counted {
                let is_new =
                    self.counted(*entry).is_none() && !self.has_dropped(*entry) && !state.struck.contains(entry);
                let Some(contribution) = self.passed_on(predecessor, *entry, counted, day).filter(|_| is_new) else {
                    continue;
                };
                if self.contributions.len() == CONTRIBUTIONS_MAX {
                    return false;
                }
                self.list(contribution);
            }
        }
        true
    }

    /// What an entry that counts for a predecessor adds to whoever succeeds it.
    fn passed_on(&self, of: &Predecessor, entry: u64, counted: &Counted, day: Day) -> Option<Contribution> {
        let rule = self.terms.conduct(counted.conduct)?;
        if counted.is_past(day, self.terms.horizon_days()) || !self.terms.succession.passes(of.manner, rule) {
            return None;
        }
        let (from, until) = (counted.holds.map(|(from, _)| from), counted.holds.map(|(_, until)| until));
        let points = i32::from(rule.points) * 100;
        let adds = Some(Addition { conduct: counted.conduct, rule: name(rule), points, from, until });
        let (by, from) = (counted.by.clone()?, Some(of.organisation.clone()));
        Some(Contribution { entry, day: counted.day, by, adds, takes_back: None, succeeds: None, from })
    }

    /// What was taken up and does not count for the predecessor any more, or that is no predecessor any more.
    fn dropped(&self, state: &Credit, standing: &[&Predecessor], others: Credits<'_>, day: Day) -> Vec<Contribution> {
        let dropped = state.inherited.iter().filter_map(|entry| {
            let counted = self.counted(*entry).filter(|counted| !counted.is_past(day, self.terms.horizon_days()))?;
            let from = counted.from.as_ref()?;
            let passes = |of: &&&Predecessor| {
                let rule = self.terms.conduct(counted.conduct);
                of.organisation == *from && rule.is_some_and(|rule| self.terms.succession.passes(of.manner, rule))
            };
            let still = standing.iter().find(passes).and_then(|_| others(from)?.counted.get(entry));
            if still.is_some() {
                return None;
            }
            let (day, by, takes_back) = (counted.day, counted.by.clone()?, Some(self.retraction(*entry)));
            let (adds, succeeds, from) = (None, None, Some(from.clone()));
            Some(Contribution { entry: *entry, day, by, adds, takes_back, succeeds, from })
        });
        dropped.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Book, a_history, after, day, id};
    use super::*;
    use crate::act::{Borne, Fact};
    use crate::field::SuccessionManner;
    use proptest::prelude::*;

    const FIRM: &str = "91410100MA000004XQ";

    /// Merged into the one whose credit is kept, on a day.
    fn merged(on: Day) -> Borne {
        let fact = Fact::Succeeds { predecessor: id(FIRM), manner: SuccessionManner::Merged };
        Borne { entry: 500, day: on, by: id(FIRM), fact, undoes: None }
    }

    proptest! {
        /// Whoever has done nothing itself and succeeds another one stands where that one does, night after night, whatever was
        /// found before the merger or after it, and taken back; and stands where everybody begins once the merger is.
        #[test]
        fn a_successor_stands_where_its_predecessor_does(
            facts in a_history(),
            on in 0u64..1000,
            mut nights in proptest::collection::vec(0u64..1000, 1..12),
        ) {
            let (start, mut firm, mut heir) = (day("2026-01-05"), Book::new(), Book::new());
            let (terms, succeeds) = (firm.terms(), vec![merged(after(start, on))]);
            let account = |book: &Book, night| {
                let account = Credit::what_if(book.state.as_ref(), &[], &[], night, &terms);
                (account.points, account.grade, account.sums, account.caps)
            };
            nights.sort_unstable();
            for night in nights.into_iter().map(|night| after(start, night)) {
                firm.grade(&facts, night);
                let made = heir.grade_beside(&succeeds, &|_| firm.state.as_ref(), night);
                prop_assert!(made.last().is_none_or(|last| !last.continues));
                if night >= after(start, on) {
                    prop_assert_eq!(account(&heir, night), account(&firm, night));
                }
            }
            let taken_back = Borne { entry: 501, fact: Fact::Concerned, undoes: Some(500), ..merged(after(start, 1001)) };
            let (borne, last) = ([&succeeds[..], &[taken_back]].concat(), after(start, 1001));
            heir.grade_beside(&borne, &|_| firm.state.as_ref(), last);
            prop_assert_eq!(account(&heir, last), account(&Book::new(), last));
        }
    }
}
