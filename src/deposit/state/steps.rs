//! 无法退还的登记冲销: the steps of what nobody takes back, so that the last one can be taken back by another person.
//!
//! Most of them are no line of the bank, so each is remembered with its deposit, in their order, and with what it found: taken back, all of that
//! stands again, and interest for the days between is as if the step had never been entered.

use super::super::Act;
use super::super::book::{Heading, JournalLine};
use super::super::interest::BalanceStep;
use super::entered::Later;
use super::{ClockState, DepositBook, DepositState, RefundPhase, UnclaimedState, day_begins, day_of, unclaimed};
use crate::act::Place;
use crate::field::{Day, ItemId};
use crate::law::Running;
use crate::record::KeyId;
use std::collections::BTreeSet;

/// A step that may be taken back.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct UnclaimedStep {
    pub entry: u64,
    pub entered_by: KeyId,
    /// The voucher that has it, if it posted one.
    pub voucher: u64,
    /// What it posted.
    pub lines: Vec<JournalLine>,
    /// Of the bank's line, if that was one.
    pub reference: Option<Box<str>>,
    /// What stood before it.
    before: Option<UnclaimedState>,
    done: Done,
    day: Day,
    /// The first day for which it made other interest: days up to which that was counted already stayed as they were.
    from: Day,
}

/// What a step did beside that.
#[derive(Debug, Clone, PartialEq)]
enum Done {
    Noticed,
    SetAside {
        refunds: Vec<ItemId>,
        allocated_minor: i64,
        /// What bore interest.
        bearing_minor: i64,
    },
    Remitted,
    Reclaimed {
        /// The clock and the lateness that it ended, where it began the clock anew.
        ended: Option<(ClockState, Option<u64>)>,
        /// The day of an annulment since, which would have done so where nothing had been reclaimed.
        annulled: Option<Day>,
        /// Refunds that there were.
        refunds: BTreeSet<ItemId>,
    },
    Recovered,
}

impl Done {
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Noticed => ("无法退还公告", "the notice that nobody claims it"),
            Self::SetAside { .. } => ("转为无法退还", "that it was set aside"),
            Self::Remitted => ("缴库", "its remittance to the treasury"),
            Self::Reclaimed { .. } => ("申领", "its reclaim"),
            Self::Recovered => ("国库退付", "its recovery from the treasury"),
        }
    }
}

impl UnclaimedStep {
    fn told(&self) -> Later {
        let (zh, en) = self.done.words();
        match &self.reference {
            Some(reference) => (
                format!("其后有{zh}（流水号 {reference}），须先冲销"),
                format!("{en} came after it, under {reference}: reverse that first"),
            ),
            None => (
                format!("其后有{zh}（记录 {}），须先冲销", self.entry),
                format!("{en} came after it, by the entry {}: reverse that first", self.entry),
            ),
        }
    }
}

impl DepositState {
    /// What an act does of what nobody takes back, if it does; asked before it changes anything.
    fn done_by(&self, book: &DepositBook, act: &Act) -> Option<Done> {
        Some(match act {
            Act::UnclaimedNoticed(_) => Done::Noticed,
            Act::UnclaimedSetAside(_) => {
                let is_approved =
                    |(id, of): (&ItemId, &super::RefundState)| (of.phase == RefundPhase::Approved).then(|| id.clone());
                Done::SetAside {
                    refunds: self.refunds.iter().filter_map(is_approved).collect(),
                    allocated_minor: self.allocated_minor,
                    bearing_minor: unclaimed::bearing_minor(book, self),
                }
            }
            Act::UnclaimedRemitted(_) => Done::Remitted,
            Act::UnclaimedReclaimed(_) => Done::Reclaimed {
                ended: self.clock.filter(|_| self.unsettled_minor(&book.book) == 0).map(|clock| (clock, self.overdue)),
                annulled: None,
                refunds: self.refunds.keys().cloned().collect(),
            },
            Act::UnclaimedRecovered(_) => Done::Recovered,
            _ => return None,
        })
    }

    /// What was done after an entry of what nobody takes back, by which its money went elsewhere.
    pub(super) fn later_unclaimed(&self, entry: u64) -> Option<Later> {
        let is_later = |step: &&UnclaimedStep| step.entry > entry && step.done != Done::Noticed;
        self.steps_unclaimed.iter().rev().find(is_later).map(UnclaimedStep::told)
    }

    /// The last step, which alone can be taken back.
    fn last_step(&self) -> Option<&UnclaimedStep> {
        self.steps_unclaimed.last()
    }

    pub(super) fn step(&self, entry: u64) -> Option<&UnclaimedStep> {
        self.steps_unclaimed.iter().find(|step| step.entry == entry)
    }

    pub(super) fn step_of(&self, reference: &str) -> Option<&UnclaimedStep> {
        self.steps_unclaimed.iter().rev().find(|step| step.reference.as_deref() == Some(reference))
    }
}

impl DepositBook {
    /// Takes note of a step with its voucher, the next one.
    pub(super) fn note_step(&mut self, act: &Act, lines: &[JournalLine], place: &Place) {
        let Some(deposit) = act.deposit().and_then(|id| self.deposits.get(id)) else { return };
        let Some(done) = deposit.done_by(self, act) else { return };
        let reference = match act {
            Act::UnclaimedRemitted(act) => Some(act.reference.as_str().into()),
            Act::UnclaimedRecovered(act) => Some(act.reference.as_str().into()),
            _ => None,
        };
        let day = day_of(place);
        let step = UnclaimedStep {
            entry: place.index,
            entered_by: place.kid,
            voucher: self.book.vouchers() + 1,
            lines: lines.to_vec(),
            reference,
            before: deposit.unclaimed.clone(),
            done,
            day,
            from: deposit.counted_to.map_or(day, |counted| counted.max(day)),
        };
        let id = deposit.id.clone();
        self.with(&id, |deposit| deposit.steps_unclaimed.push(step));
    }

    /// What has to be undone before a step can be taken back.
    /// `reversible`: approvals of refunds can be.
    pub(super) fn later_than(&self, deposit: &DepositState, step: &UnclaimedStep, reversible: bool) -> Vec<Later> {
        if let Some(last) = deposit.last_step().filter(|last| last.entry != step.entry) {
            return vec![last.told()];
        }
        let Done::Reclaimed { refunds, .. } = &step.done else { return Vec::new() };
        let amount_minor = deposit.unclaimed.as_ref().map_or(0, |of| of.amount_minor);
        self.rests_on_reclaimed(deposit, (refunds, reversible), amount_minor)
    }

    /// What was done with money that was reclaimed.
    fn rests_on_reclaimed(
        &self,
        deposit: &DepositState,
        (before, reversible): (&BTreeSet<ItemId>, bool),
        amount_minor: i64,
    ) -> Vec<Later> {
        let mut found: Vec<Later> = Vec::new();
        let begun = deposit.refunds.iter().filter(|(id, _)| !before.contains(*id));
        let (waiting, begun): (Vec<_>, Vec<_>) = begun.partition(|(_, of)| reversible && of.instructed.is_none());
        let ids =
            |of: Vec<(&ItemId, &super::RefundState)>| of.into_iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>();
        let (waiting, begun) = (ids(waiting), ids(begun));
        if !waiting.is_empty() {
            found.push((
                format!("已经办退还 {}，须先冲销", waiting.join("、")),
                format!("a refund was approved ({}): reverse that first", waiting.join(", ")),
            ));
        }
        if !begun.is_empty() {
            found.push((
                format!("已办理退还 {}，只能继续退还", begun.join("、")),
                format!("it is on its way back already ({}), and can only go on", begun.join(", ")),
            ));
        }
        if self.book.standing(&deposit.account(Heading::Available)) >= amount_minor {
            return found;
        }
        let held = deposit.holds.iter().filter(|(_, hold)| hold.left_minor > 0);
        let held: Vec<&str> = held.map(|(id, _)| id.as_str()).collect();
        if !held.is_empty() {
            let list = (held.join("、"), held.join(", "));
            found.push((
                format!("有冻结款（{}），须先解冻", list.0),
                format!("some of it is held ({}): release it first", list.1),
            ));
        }
        let parts: Vec<&str> = self.parts_of(&deposit.id).map(ItemId::as_str).collect();
        if !parts.is_empty() {
            let list = (parts.join("、"), parts.join(", "));
            found.push((
                format!("已有部分拆分至 {}，须先冲销拆分", list.0),
                format!("a part of it is in {}: reverse that division first", list.1),
            ));
        }
        found
    }

    /// As if the last step had not been entered.
    pub(super) fn take_step_back(&mut self, id: &ItemId) {
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        let Some(step) = deposit.steps_unclaimed.pop() else { return };
        let now = std::mem::replace(&mut deposit.unclaimed, step.before.clone());
        let moved_minor = match &step.done {
            Done::Noticed | Done::Remitted | Done::Recovered => 0,
            Done::SetAside { refunds, allocated_minor, bearing_minor } => {
                for refund in refunds {
                    if let Some(of) = deposit.refunds.get_mut(refund) {
                        of.phase = RefundPhase::Approved;
                    }
                }
                deposit.allocated_minor += allocated_minor;
                *bearing_minor
            }
            Done::Reclaimed { .. } => {
                let (amount_minor, principal_minor) = now.map_or((0, 0), |of| (of.amount_minor, of.principal_minor));
                deposit.capitalised_minor -= amount_minor - principal_minor;
                -amount_minor
            }
        };
        if moved_minor != 0 {
            deposit.steps.push(BalanceStep { day: step.day, change_minor: moved_minor });
            self.count_backdated(id, step.from, moved_minor);
        }
        if let Done::Reclaimed { ended: Some((clock, overdue)), annulled, .. } = step.done {
            let (clock, overdue) = match annulled.map(|day| Running::new(day_begins(day), clock.running.period)) {
                Some(running) => (ClockState { running, ..clock }, None),
                None => (clock, overdue),
            };
            self.restore_clock(id, step.day, clock, overdue);
        }
    }

    /// Takes note of an annulment that finds nothing to go back but what was reclaimed; asked before it posts.
    pub(super) fn note_annulled(&mut self, id: &ItemId, place: &Place) {
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        let reclaimed = deposit.unclaimed.as_ref().map_or(0, |of| of.amount_minor);
        // What a refund has on top that was approved meanwhile is nothing where that is taken back first.
        if deposit.unsettled_minor(&self.book) - deposit.approved_on_top_minor() != reclaimed {
            return;
        }
        if let Some(UnclaimedStep { done: Done::Reclaimed { annulled, .. }, .. }) = deposit.steps_unclaimed.last_mut() {
            annulled.get_or_insert(day_of(place));
        }
    }

    /// The clock that a reclaim began anew is the one before it again; one that was begun anew once more since goes on.
    fn restore_clock(&mut self, id: &ItemId, day: Day, clock: ClockState, overdue: Option<u64>) {
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        let anew = Running::new(day_begins(day), clock.running.period);
        if deposit.clock.is_none_or(|now| now.running != anew) {
            return;
        }
        let awaited = deposit.awaited_refund();
        (deposit.clock, deposit.overdue) = (Some(clock), overdue);
        self.timers.stop(anew, &awaited);
    }
}
