//! What became of bars, one event after the other: by records, and by time alone.
//!
//! A bar begins and ends at midnight without any record, so such an event is computed. Events stand in the order of their
//! instants, then of their entries. What is told never changes its place: a record has the time of its entry, which never runs
//! back in a log, and what time does to a bar lies behind the entry that entered it.

use super::{Access, AsOf, Bar, BarStatus, Lifting, Mark};
use crate::access::BarRulingOutcome;
use crate::act::statuses;
use crate::field::{Bilingual, Instant};

statuses! {
    /// What became of a bar.
    pub enum BarChange {
        /// 登记: it stands in the log.
        Entered,
        /// 生效: its first day begins.
        Begun,
        /// 届满: its last day is over.
        Ended,
        /// 撤销
        Revoked,
        /// 异议成立
        Annulled,
        /// 修复
        Repaired,
        /// 异议中
        Disputed,
        /// 异议不成立
        DisputeDismissed,
    }
}

/// An event in the history of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BarEvent<'a> {
    pub bar: &'a Bar,
    pub change: BarChange,
    pub at: Instant,
    /// The entry that did it; where time alone did, that of the bar.
    pub entry: u64,
    /// Where the bar stood before; nothing before it was entered.
    pub was: Option<BarStatus>,
    pub status: BarStatus,
    /// Whether any bar was in force just before, and just after; what one midnight does to several, it does together.
    pub barred: (bool, bool),
    /// What was repaired is told no more, but that it was.
    pub is_told: bool,
}

impl BarChange {
    /// Whether time does it, and no record.
    pub fn is_by_time(self) -> bool {
        matches!(self, Self::Begun | Self::Ended)
    }

    /// What people call it.
    pub fn words(self) -> Bilingual {
        let (zh, en) = match self {
            Self::Entered => ("禁入登记", "a bar was entered"),
            Self::Begun => ("禁入开始", "the bar began"),
            Self::Ended => ("禁入届满", "the bar ended by itself"),
            Self::Revoked => ("决定已撤销", "the decision was revoked"),
            Self::Annulled => ("异议成立，禁入终止", "an objection was upheld: the bar ended"),
            Self::Repaired => ("信用已修复，禁入终止", "repaired: the bar ended"),
            Self::Disputed => ("异议中", "an objection was filed"),
            Self::DisputeDismissed => ("异议不成立", "the objection was dismissed"),
        };
        Bilingual::new(zh, en)
    }
}

impl From<Lifting> for BarChange {
    fn from(why: Lifting) -> Self {
        match why {
            Lifting::Revoked => Self::Revoked,
            Lifting::Annulled => Self::Annulled,
            Lifting::Repaired => Self::Repaired,
        }
    }
}

/// What becomes of a bar, when, by which entry, and whether it does: who lifts a bar keeps it from beginning and from ending.
struct Turn {
    change: BarChange,
    at: Instant,
    entry: u64,
    happens: bool,
}

impl Turn {
    fn by(change: BarChange, mark: &Mark) -> Self {
        Self { change, at: mark.time, entry: mark.entry, happens: true }
    }
}

impl Bar {
    fn turns(&self) -> impl Iterator<Item = Turn> {
        // Who lifts it at the very instant comes behind what time did.
        let stands = |at: Instant| self.lifted.as_ref().is_none_or(|(_, mark)| mark.time >= at);
        let entry = self.entered.entry;
        let by_time = [(BarChange::Begun, self.begins()), (BarChange::Ended, self.ends())];
        let by_time = by_time.into_iter().filter(|(_, at)| *at > self.entered.time);
        let by_time = by_time.map(move |(change, at)| Turn { change, at, entry, happens: stands(at) });
        let disputes = self.objections.iter().flat_map(|filed| {
            let dismissed = filed.ruled.as_ref().filter(|(outcome, _)| *outcome == BarRulingOutcome::Dismissed);
            let dismissed = dismissed.map(|(_, mark)| Turn::by(BarChange::DisputeDismissed, mark));
            std::iter::once(Turn::by(BarChange::Disputed, &filed.filed)).chain(dismissed)
        });
        std::iter::once(Turn::by(BarChange::Entered, &self.entered))
            .chain(by_time)
            .chain(self.lifted.iter().map(|(why, mark)| Turn::by((*why).into(), mark)))
            .chain(disputes)
    }

    /// The entries that say something of it.
    fn marks(&self) -> impl Iterator<Item = &Mark> {
        let objections = self
            .objections
            .iter()
            .flat_map(|filed| std::iter::once(&filed.filed).chain(filed.ruled.as_ref().map(|(_, mark)| mark)));
        std::iter::once(&self.entered).chain(self.lifted.as_ref().map(|(_, mark)| mark)).chain(objections)
    }
}

impl Access {
    /// Every event, those that time will bring about included, bar by bar; and those that it won't, which are not told.
    pub fn events(&self) -> impl Iterator<Item = BarEvent<'_>> {
        self.bars.iter().flat_map(move |bar| bar.turns().filter_map(move |turn| self.event(bar, &turn)))
    }

    fn event<'a>(&'a self, bar: &'a Bar, turn: &Turn) -> Option<BarEvent<'a>> {
        let Turn { change, at, entry, happens } = *turn;
        let (before, after) = match change.is_by_time() {
            true => {
                // Whatever came before the instant is known at it.
                let marks = self.bars.iter().flat_map(Bar::marks).filter(|mark| mark.time < at);
                let known = marks.map(|mark| mark.entry).max().unwrap_or(entry);
                (AsOf::entry(known, at.plus_millis(-1)), AsOf::entry(known, at))
            }
            // Nothing of it is known before the first entry of the log, either.
            false => (AsOf::entry(entry.saturating_sub(1), at), AsOf::entry(entry, at)),
        };
        let barred = |as_of| self.bars.iter().any(|bar| bar.is_in_force(as_of));
        let is_repaired = matches!(bar.lifted, Some((Lifting::Repaired, _)));
        Some(BarEvent {
            bar,
            change,
            at,
            entry,
            was: bar.status(before),
            status: bar.status(after)?,
            barred: (barred(before), barred(after)),
            is_told: happens && (!is_repaired || change == BarChange::Repaired),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Run, application, ban, finance, firm, paper, province};
    use super::*;
    use crate::access::{
        Act, BarObjection, BarObjectionRuling, BarRevocation, RepairApplication, RepairDecision, RepairOutcome,
    };
    use crate::field::{Citations, Day};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    type Told = (i64, u64, &'static str, Option<BarStatus>, BarStatus, (bool, bool));

    /// What a reader is told by now, in its order.
    fn told(run: &Run) -> Vec<Told> {
        let events = run.state.iter().flat_map(Access::events);
        let events = events.filter(|event| event.is_told && event.at <= run.now);
        let mut told: Vec<Told> = events
            .map(|event| (event.at.millis(), event.entry, event.change.name(), event.was, event.status, event.barred))
            .collect();
        told.sort_unstable_by_key(|(at, entry, change, ..)| (*at, *entry, *change));
        told
    }

    /// Tries an act that may be refused: half a dozen kinds, on one of three bars.
    fn tries(run: &mut Run, kind: u8, bar: u8, days: i64) {
        let (id, today) = (format!("b-{bar}").parse().unwrap(), run.now.shanghai_day());
        let day = |plus: i64| Day::from(today + chrono::Duration::days(plus)).to_string();
        let documents = Citations::default();
        let case = format!("x-{bar}");
        let (by, act): (_, Act) = match kind {
            0 => (finance(), ban(&format!("b-{bar}"), &day(days - 2), &day(days)).into()),
            1 => (province(), BarRevocation { bar: id, reason: said(), document: paper("撤销"), documents }.into()),
            2 => {
                let (grounds, objection) = ("有误".parse().unwrap(), case.parse().unwrap());
                let (paper, numbers_confirmed) = (None, None);
                (firm(), BarObjection { id: objection, bar: id, grounds, paper, documents, numbers_confirmed }.into())
            }
            3 | 4 => {
                let outcome = if kind == 3 { BarRulingOutcome::Upheld } else { BarRulingOutcome::Dismissed };
                let objection = case.parse().unwrap();
                (province(), BarObjectionRuling { objection, outcome, reasons: said(), documents }.into())
            }
            5 => {
                let court_decision = Some(paper("裁定书"));
                let path = crate::access::RepairPath::Reorganisation;
                let filed = application(&case, &format!("b-{bar}"));
                (firm(), RepairApplication { court_decision, path, ..filed }.into())
            }
            _ => {
                let (application, outcome) = (case.parse().unwrap(), RepairOutcome::Approved);
                (province(), RepairDecision { application, outcome, reasons: said(), documents }.into())
            }
        };
        let _ = run.tries(&by, act);
    }

    fn said<const MAX: usize>() -> crate::field::Prose<MAX> {
        "经核实".parse().unwrap()
    }

    proptest! {
        /// Whoever has read so far reads on and has all of it: nothing comes in between, nothing changes, and nothing is
        /// taken back but what is repaired.
        #[test]
        fn what_was_told_stays_and_nothing_comes_before_it(
            acts in prop::collection::vec((0u8..7, 0u8..3, 0i64..5, prop::sample::select(vec![0i64, 1, 43_200_000, 57_600_000])), 1..24),
        ) {
            // Midnight in Shanghai, so that records come at the very instants at which time acts.
            let mut run = Run::at("2026-08-02T16:00:00.000Z");
            let (mut seen, mut last): (BTreeSet<(i64, u64, &str)>, _) = (BTreeSet::new(), None);
            for (kind, bar, days, wait) in acts {
                tries(&mut run, kind, bar, days);
                let now = told(&run);
                for (at, entry, change, ..) in &now {
                    let place = (*at, *entry, *change);
                    prop_assert!(seen.contains(&place) || Some(place) > last, "{place:?} came before {last:?}");
                    seen.insert(place);
                }
                last = seen.last().copied();
                // Whether anything bars begins where the event before left it; all of one midnight come about together.
                if now.iter().all(|told| told.2 != "repaired") {
                    let ends = now.windows(2).all(|pair| pair[0].0 == pair[1].0 || pair[0].5.1 == pair[1].5.0);
                    prop_assert!(ends, "{now:?}");
                }
                run.now = run.now.plus_millis(wait);
            }
        }
    }
}
