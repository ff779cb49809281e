//! 计息登记的冲销: what counted a deposit's interest or paid it out, so that the last of it can be taken back by another person.
//!
//! The approval of a refund and an allocation count interest up to a day, and a capitalisation makes principal of it; each begins where the one
//! before it ended. So they are remembered in their order, with what they found, and only the last is taken back: then all that came since stands
//! as if it had never been. What moved since is kept as it is; of what was added to days that were counted, the product is the one that it would
//! be. A clock of what is too much is run beside the real one, as it would be.

use super::super::book::{Heading, JournalLine};
use super::super::interest::BalanceStep;
use super::super::{Act, RefundApproval};
use super::{DepositBook, DepositState, RefundState, SurplusState, TopUpState, day_begins, day_of};
use crate::act::Place;
use crate::field::{Day, ItemId};
use crate::law::{Law, Running};
use crate::record::KeyId;

/// An act that counted interest of one deposit, or paid it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CountedStep {
    pub entry: u64,
    pub what: Counted,
    /// What moved what bears interest when it was done, and up to when interest was counted.
    pub steps: Box<[BalanceStep]>,
    pub counted_to: Option<Day>,
    /// How many steps there were after it: those behind them came since.
    pub known: usize,
    /// What was added since to days that were counted already, with its product.
    pub backdated: Vec<(BalanceStep, i128)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Counted {
    Allocated {
        share_minor: i64,
        /// Nothing else was to go back, and its clock ran.
        is_idle: bool,
        overdue: Option<u64>,
        /// Something has come back since, and found that.
        has_kept_clock: bool,
    },
    Own(Box<OwnCount>),
}

/// Of one deposit alone.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OwnCount {
    pub entered_by: KeyId,
    /// The voucher that has it, if it posted one.
    pub voucher: u64,
    /// What it posted.
    pub lines: Vec<JournalLine>,
    pub what: OwnCounted,
    /// What it took of the carry; an allocation takes nothing of it.
    pub carry: i128,
    /// The clock of what is too much, as it would be without it and all that came since.
    pub surplus: Option<SurplusState>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum OwnCounted {
    Approved {
        refund: ItemId,
        /// The refund that was approved again.
        before: Option<RefundState>,
        allocated_minor: i64,
        charged_to: Option<Day>,
        /// The bank was told to pay.
        is_instructed: bool,
        /// The entry that asked for more since, for which what was too much would have been there.
        raised: Option<u64>,
    },
    Capitalised {
        amount_minor: i64,
        day: Day,
        /// The first day for which it made other interest.
        from: Day,
        topup: Option<TopUpState>,
        was_whole: bool,
        /// What covered after it, and what was asked.
        cover_minor: i64,
        required_minor: i64,
        /// Whether that was something else when its refund became due, if it is.
        is_moved: Option<bool>,
    },
}

impl OwnCount {
    fn moved(&self, heading: Heading) -> i64 {
        self.lines.iter().filter(|line| line.account.heading == heading).map(JournalLine::signed).sum()
    }

    /// What is too much has so much less by it.
    fn excess_minor(&self) -> i64 {
        self.moved(Heading::Excess)
    }

    /// What is free to cover has so much more by it.
    pub fn covering_minor(&self) -> i64 {
        -self.moved(Heading::Available)
    }

    /// What an approval put on top of what was there.
    fn on_top_minor(&self) -> i64 {
        self.moved(Heading::InterestReceivable) + self.moved(Heading::OverdueCost)
    }

    /// What the bank owes for it.
    pub fn is_owed_by_bank(&self) -> bool {
        self.moved(Heading::InterestReceivable) != 0
    }

    pub fn is_instructed(&self) -> bool {
        matches!(self.what, OwnCounted::Approved { is_instructed: true, .. })
    }

    pub fn is_approval(&self) -> bool {
        matches!(self.what, OwnCounted::Approved { .. })
    }
}

impl CountedStep {
    pub fn own(&self) -> Option<&OwnCount> {
        if let Counted::Own(own) = &self.what { Some(own) } else { None }
    }

    fn own_mut(&mut self) -> Option<&mut OwnCount> {
        if let Counted::Own(own) = &mut self.what { Some(own) } else { None }
    }

    pub fn is_share(&self) -> bool {
        self.own().is_none()
    }

    /// With what it finds; what it does is noted by [`DepositState::note_counted`].
    fn found(deposit: &DepositState, entry: u64, what: Counted) -> Self {
        Self {
            entry,
            what,
            steps: deposit.steps.as_slice().into(),
            counted_to: deposit.counted_to,
            known: 0,
            backdated: Vec::new(),
        }
    }
}

impl DepositState {
    pub(super) fn counted_step(&self, entry: u64) -> Option<&CountedStep> {
        self.counted_steps.iter().rev().find(|step| step.entry == entry)
    }

    /// Takes note of what was done by a step, after it.
    fn note_counted(&mut self, mut step: CountedStep) {
        step.known = self.steps.len();
        if let Some(own) = step.own_mut() {
            own.carry -= self.carry;
        }
        // There are many deposits, and each has few.
        self.counted_steps.reserve_exact(1);
        self.counted_steps.push(step);
    }

    /// Shares in an allocation, and is counted up to its day. `is_idle`: nothing else is to go back.
    pub(super) fn take_share(&mut self, share_minor: i64, up_to: Day, entry: u64, is_idle: bool) {
        let (is_idle, overdue) = (is_idle && self.clock.is_some(), self.overdue);
        let what = Counted::Allocated { share_minor, is_idle, overdue, has_kept_clock: false };
        let step = CountedStep::found(self, entry, what);
        self.allocated_minor += share_minor;
        self.count_to(up_to);
        self.note_counted(step);
    }

    /// The bank is told to pay a refund: the entry that approved it last. An edition without a rule of what stands notes it of that alone, and of
    /// none that approved it for an earlier day.
    pub(super) fn note_instructed(&mut self, id: &ItemId, of_all: bool) -> Option<u64> {
        let mut newest = None;
        for step in self.counted_steps.iter_mut().rev() {
            let entry = step.entry;
            if let Some(OwnCounted::Approved { refund, is_instructed, .. }) = step.own_mut().map(|own| &mut own.what)
                && refund == id
            {
                *is_instructed = true;
                newest = newest.or(Some(entry));
                if !of_all {
                    break;
                }
            }
        }
        newest
    }

    /// Something has come back, and all else that is to go back is what was allocated.
    pub(super) fn note_kept_clock(&mut self) {
        for step in &mut self.counted_steps {
            if let Counted::Allocated { is_idle: true, has_kept_clock, .. } = &mut step.what {
                *has_kept_clock = true;
            }
        }
    }

    /// More is asked than what is too much can cover: so what an approval took of that would have been there for it.
    fn note_raised(&mut self, entry: u64) {
        for own in self.counted_steps.iter_mut().filter_map(CountedStep::own_mut) {
            let takes = own.excess_minor() > 0;
            if let OwnCounted::Approved { raised, is_instructed: false, .. } = &mut own.what
                && takes
            {
                raised.get_or_insert(entry);
            }
        }
    }

    /// What refunds that the bank was not told of put on top of what was there.
    pub(super) fn approved_on_top_minor(&self) -> i64 {
        let own = self.counted_steps.iter().filter_map(CountedStep::own);
        let waits = |own: &&OwnCount| match &own.what {
            OwnCounted::Approved { refund, is_instructed: false, .. } => {
                self.refunds.get(refund).is_some_and(|of| of.phase == super::RefundPhase::Approved)
            }
            _ => false,
        };
        own.filter(waits).map(OwnCount::on_top_minor).sum()
    }

    /// Takes note of what is added to days that were counted already.
    pub(super) fn note_backdated(&mut self, of: BalanceStep, added: i128) {
        if let Some(last) = self.counted_steps.last_mut() {
            last.backdated.push((of, added));
        }
    }
}

/// What an act finds of the deposit whose interest it counts.
pub(super) type Counting = Option<(ItemId, CountedStep)>;

impl DepositBook {
    /// What an act of one deposit finds that counts its interest or pays it, whose voucher is the next one; asked before it changes anything.
    pub(super) fn counting(&self, act: &Act, lines: &[JournalLine], place: &Place) -> Counting {
        let deposit = act.deposit().and_then(|id| self.deposits.get(id))?;
        let what = match act {
            Act::RefundApproved(approval) => deposit.approved(approval),
            Act::InterestCapitalised(act) => {
                let (amount_minor, day) = (act.amount.amount_minor, day_of(place));
                OwnCounted::Capitalised {
                    amount_minor,
                    day,
                    from: deposit.counted_to.map_or(day, |counted| counted.max(day)),
                    topup: deposit.topup,
                    was_whole: deposit.was_whole,
                    cover_minor: 0,
                    required_minor: 0,
                    is_moved: None,
                }
            }
            _ => return None,
        };
        let own = OwnCount {
            entered_by: place.kid,
            voucher: self.book.vouchers() + 1,
            lines: lines.to_vec(),
            what,
            carry: deposit.carry,
            surplus: deposit.surplus,
        };
        let step = CountedStep::found(deposit, place.index, Counted::Own(Box::new(own)));
        Some((deposit.id.clone(), step))
    }

    /// And what it has made of that, once it is posted.
    pub(super) fn counted(&mut self, counting: Counting) {
        let Some((id, mut step)) = counting else { return };
        let Some(deposit) = self.deposits.get(&id) else { return };
        let (cover, asked) = self.cover_of(deposit);
        if let Some(OwnCounted::Capitalised { cover_minor, required_minor, .. }) =
            step.own_mut().map(|own| &mut own.what)
        {
            (*cover_minor, *required_minor) = (cover, asked);
        }
        self.with(&id, |deposit| deposit.note_counted(step));
    }

    /// Takes note of what covered and was asked when nothing is asked any more; asked before it posts.
    pub(super) fn note_due(&mut self, id: &ItemId) {
        let Some(deposit) = self.deposits.get(id) else { return };
        let now = self.cover_of(deposit);
        self.with(id, |deposit| {
            for own in deposit.counted_steps.iter_mut().filter_map(CountedStep::own_mut) {
                if let OwnCounted::Capitalised { cover_minor, required_minor, is_moved, .. } = &mut own.what {
                    *is_moved = Some((*cover_minor, *required_minor) != now);
                }
            }
        });
    }

    /// What covers, and what is asked.
    pub(super) fn cover_of(&self, deposit: &DepositState) -> (i64, i64) {
        let required = self.book.standing(&deposit.account(Heading::Required));
        (deposit.cash_minor(&self.book) + deposit.guaranteed_minor(), required)
    }

    /// Takes note of an assessment that asks for more than is there; asked before it posts.
    pub(super) fn note_assessed(&mut self, act: &Act, place: &Place) {
        let Act::Assessed(assessment) = act else { return };
        let Some(deposit) = self.deposits.get(&assessment.deposit) else { return };
        let (cover, _) = self.cover_of(deposit);
        let excess = self.book.standing(&deposit.account(Heading::Excess));
        if assessment.required.amount_minor - cover > excess {
            self.with(&assessment.deposit, |deposit| deposit.note_raised(place.index));
        }
    }

    /// Clocks of what would be too much follow what would be there.
    pub(super) fn watch_counted(&mut self, id: &ItemId, place: &Place, law: Law<'_>) {
        let terms = &law.edition().deposits.surplus;
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        let mut excess = self.book.standing(&deposit.account(Heading::Excess));
        let (is_over, now, stands) = (deposit.clock.is_some(), deposit.surplus, deposit.counted_stands);
        for step in deposit.counted_steps.iter_mut().rev().take_while(|step| step.entry > stands) {
            let Some(own) = step.own_mut() else { continue };
            excess += own.excess_minor();
            if let (Some(beside), Some(now)) = (&mut own.surplus, now.filter(|now| now.overdue.is_some()))
                && beside.running == now.running
            {
                beside.overdue = now.overdue;
            }
            match own.surplus {
                None if !is_over && excess > 0 && !terms.rule.is_silent() => {
                    let running = Running::new(day_begins(day_of(place)), terms.period());
                    own.surplus = Some(SurplusState { running, overdue: None });
                }
                Some(_) if is_over || excess <= 0 => own.surplus = None,
                _ => {}
            }
        }
    }
}

impl DepositState {
    fn approved(&self, approval: &RefundApproval) -> OwnCounted {
        let before = self.refunds.get(&approval.id).cloned();
        OwnCounted::Approved {
            refund: approval.id.clone(),
            // One that is approved again is counted on, and takes nothing of what was allocated since.
            allocated_minor: if before.is_some() { 0 } else { self.allocated_minor },
            charged_to: self.charged_to,
            before,
            is_instructed: false,
            raised: None,
        }
    }
}
