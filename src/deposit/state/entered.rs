//! 更正: what lines of the bank's statement, and some steps of the payee's own, were entered as, so that another person can take it back.

use super::super::book::{Heading, JournalLine};
use super::super::{Act, BankNature, EntryReversal, RefundOutcome};
use super::counted::{CountedStep, OwnCount};
use super::pool::AllocationEntered;
use super::postings::{annulled_out_of, heir};
use super::steps::UnclaimedStep;
use super::unpaid::PaymentEntered;
use super::{DepositBook, DepositState, ForfeiturePhase, OwnFundsState, RefundPhase, RefundState, UnallocatedFate};
use crate::act::Place;
use crate::field::{Currency, Day, ItemId};
use crate::record::KeyId;

/// What rests on an entry and is to be undone before it; in both languages.
pub(super) type Later = (String, String);

/// What a line of the bank's statement was entered as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EnteredAs {
    Bank {
        bank: ItemId,
        /// Interest that settled what was owed first, and is to be allocated.
        is_pooled: bool,
    },
    /// Own funds went back, as was approved.
    OwnFunds {
        approval: ItemId,
    },
    Unallocated,
    /// What had come in under this reference went back.
    Returned {
        receipt: Box<str>,
    },
    Settled {
        deposit: ItemId,
        refund: ItemId,
    },
    Remitted {
        deposit: ItemId,
        forfeiture: ItemId,
        /// Since when it could be.
        since: Day,
        /// The voucher by which it was annulled since, out of something else.
        annulled: Option<u64>,
    },
    /// By the issuer of a guarantee.
    Paid {
        deposit: ItemId,
        forfeiture: ItemId,
        entered: PaymentEntered,
    },
    /// By the treasury.
    Recovered {
        deposit: ItemId,
        forfeiture: ItemId,
        /// Since when it could be.
        since: Day,
    },
    /// A step of what nobody takes back, which the deposit knows.
    Unclaimed {
        deposit: ItemId,
    },
}

/// A line that was entered, and may be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EnteredState {
    pub as_what: EnteredAs,
    /// What it posted.
    lines: Vec<JournalLine>,
    pub entered_by: KeyId,
    /// The voucher that has it.
    pub voucher: u64,
}

impl EnteredState {
    pub fn deposit(&self) -> Option<&ItemId> {
        match &self.as_what {
            EnteredAs::Settled { deposit, .. }
            | EnteredAs::Remitted { deposit, .. }
            | EnteredAs::Paid { deposit, .. }
            | EnteredAs::Recovered { deposit, .. }
            | EnteredAs::Unclaimed { deposit } => Some(deposit),
            EnteredAs::Bank { .. }
            | EnteredAs::OwnFunds { .. }
            | EnteredAs::Unallocated
            | EnteredAs::Returned { .. } => None,
        }
    }

    /// An edition without `entries` lets it stand for ever.
    pub fn is_of_entries(&self) -> bool {
        matches!(self.as_what, EnteredAs::Paid { .. } | EnteredAs::Recovered { .. } | EnteredAs::Unclaimed { .. })
    }
}

/// How an `entry_reversed` names what it takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryName<'a> {
    /// Of the bank's line.
    Reference(&'a str),
    /// Of the log.
    Entry(u64),
    /// Of the log: an allocation of interest on an account.
    Allocation(&'a ItemId, u64),
}

/// What a reversal takes back.
pub(super) enum Taken<'a> {
    Line(&'a EnteredState),
    Step(&'a DepositState, &'a UnclaimedStep),
    Counted(&'a DepositState, &'a CountedStep, &'a OwnCount),
    Allocation(&'a (ItemId, Currency), &'a AllocationEntered),
    OwnFunds(&'a OwnFundsState),
}

impl DepositBook {
    /// What an act enters of the bank's statement; asked before it changes anything.
    fn entered_as(&self, act: &Act) -> Option<(Box<str>, EnteredAs)> {
        let of = |deposit: &ItemId, forfeiture: &ItemId| {
            let since = self.deposits.get(deposit)?.forfeitures.get(forfeiture)?.since;
            Some((deposit.clone(), forfeiture.clone(), since))
        };
        let (reference, as_what) = match act {
            Act::BankEntered(act) => {
                let own = act.approval.clone().filter(|_| act.nature == BankNature::OwnFundsReturned);
                let is_pooled = act.nature == BankNature::PooledInterest;
                let bank = EnteredAs::Bank { bank: act.bank.clone(), is_pooled };
                (&act.reference, own.map_or(bank, |approval| EnteredAs::OwnFunds { approval }))
            }
            Act::UnallocatedReceived(act) => (&act.reference, EnteredAs::Unallocated),
            Act::UnallocatedReturned(act) => {
                (&act.reference, EnteredAs::Returned { receipt: act.receipt.as_str().into() })
            }
            Act::RefundSettled(act) => {
                (&act.reference, EnteredAs::Settled { deposit: act.deposit.clone(), refund: act.refund.clone() })
            }
            Act::ForfeitureRemitted(act) => {
                let (deposit, forfeiture, since) = of(&act.deposit, &act.forfeiture)?;
                (&act.reference, EnteredAs::Remitted { deposit, forfeiture, since, annulled: None })
            }
            Act::GuaranteePaid(act) => {
                let (deposit, forfeiture, since) = of(&act.deposit, &act.forfeiture)?;
                let state = self.deposits.get(&deposit)?;
                let cover_minor = state.cash_minor(&self.book) + state.guaranteed_minor();
                let (over_minor, topup) = (self.over_minor(state, cover_minor), state.topup);
                let entered = PaymentEntered { since, over_minor, topup };
                (&act.reference, EnteredAs::Paid { deposit, forfeiture, entered })
            }
            Act::ForfeitureRecovered(act) => {
                let (deposit, forfeiture, since) = of(&act.deposit, &act.forfeiture)?;
                (&act.reference, EnteredAs::Recovered { deposit, forfeiture, since })
            }
            Act::UnclaimedRemitted(act) => (&act.reference, EnteredAs::Unclaimed { deposit: act.deposit.clone() }),
            Act::UnclaimedRecovered(act) => (&act.reference, EnteredAs::Unclaimed { deposit: act.deposit.clone() }),
            _ => return None,
        };
        Some((reference.as_str().into(), as_what))
    }

    /// Takes note of what an act enters with its voucher, the next one.
    pub(super) fn note_entered(&mut self, act: &Act, lines: &[JournalLine], place: &Place) {
        let Some((reference, as_what)) = self.entered_as(act) else { return };
        let voucher = self.book.vouchers() + 1;
        let state = EnteredState { as_what, lines: lines.to_vec(), entered_by: place.kid, voucher };
        self.entered.insert(reference, state);
    }

    /// The line of the bank by which a forfeiture was paid out.
    pub(super) fn remitted_under(&self, deposit: &ItemId, forfeiture: &ItemId) -> Option<&str> {
        let is_it = |of: &EnteredState| match &of.as_what {
            EnteredAs::Remitted { deposit: of, forfeiture: id, .. } => of == deposit && id == forfeiture,
            _ => false,
        };
        self.entered.iter().find(|(_, of)| is_it(of)).map(|(reference, _)| &**reference)
    }

    /// The line of the bank by which the treasury paid one back.
    pub(super) fn recovered_under(&self, deposit: &ItemId, forfeiture: &ItemId) -> Option<&str> {
        let is_it = |of: &EnteredState| match &of.as_what {
            EnteredAs::Recovered { deposit: of, forfeiture: id, .. } => of == deposit && id == forfeiture,
            _ => false,
        };
        self.entered.iter().find(|(_, of)| is_it(of)).map(|(reference, _)| &**reference)
    }

    /// Takes note that what was remitted is annulled, by the next voucher.
    pub(super) fn note_annulled_remittance(&mut self, id: &ItemId, of: &ItemId) {
        let voucher = self.book.vouchers() + 1;
        for entered in self.entered.values_mut() {
            if let EnteredAs::Remitted { deposit, forfeiture, annulled, .. } = &mut entered.as_what
                && (&*deposit, &*forfeiture) == (id, of)
            {
                *annulled = Some(voucher);
            }
        }
    }

    /// Interest of the bank that settled what was owed first: reference, voucher and lines of each that stands.
    pub(super) fn pooled_entered(&self) -> impl Iterator<Item = (&str, u64, &[JournalLine])> {
        let pooled =
            self.entered.iter().filter(|(_, of)| matches!(of.as_what, EnteredAs::Bank { is_pooled: true, .. }));
        pooled.map(|(reference, of)| (&**reference, of.voucher, &*of.lines))
    }

    /// Everything that stands and an `entry_reversed` may name, with its deposit; whether anything rests on it, is another question.
    pub fn reversible(&self) -> impl Iterator<Item = (Option<&ItemId>, EntryName<'_>)> {
        let lines = self.entered.iter();
        let lines = lines.map(|(reference, entered)| (entered.deposit(), EntryName::Reference(reference)));
        let steps = self.deposits.values().flat_map(|deposit| {
            let own = deposit.steps_unclaimed.iter().filter(|step| step.reference.is_none());
            let own = own.map(|step| step.entry);
            let stands = self.counted_stands(deposit);
            let counted = deposit.counted_steps.iter().filter(move |step| step.own().is_some() && step.entry > stands);
            let counted = counted.map(|step| step.entry);
            own.chain(counted).map(|entry| (Some(&deposit.id), EntryName::Entry(entry)))
        });
        let allocations = self.pools.iter().flat_map(|((bank, _), pool)| {
            pool.allocations.iter().map(move |of| (None, EntryName::Allocation(bank, of.entry)))
        });
        let own_funds = self.own_funds.values().map(|of| (None, EntryName::Entry(of.entry)));
        lines.chain(steps).chain(allocations).chain(own_funds)
    }

    /// What a reversal names, if there is such a thing.
    pub(super) fn taken(&self, reversal: &EntryReversal) -> Option<Taken<'_>> {
        if let Some(reference) = &reversal.reference {
            return self.entered.get(reference.as_str()).map(Taken::Line);
        }
        let entry = reversal.entry?;
        if let Some(bank) = &reversal.bank {
            return self.allocated(bank, entry).map(|(pool, of)| Taken::Allocation(pool, of));
        }
        let own = || self.own_funds.values().find(|of| of.entry == entry).map(Taken::OwnFunds);
        let Some(id) = &reversal.deposit else { return own() };
        let deposit = self.deposits.get(id)?;
        if let Some((step, own)) = deposit.counted_step(entry).and_then(|step| Some((step, step.own()?))) {
            return Some(Taken::Counted(deposit, step, own));
        }
        // One by a line of the bank is named by that.
        let step = deposit.step(entry).filter(|step| step.reference.is_none());
        step.map(|step| Taken::Step(deposit, step))
    }

    pub(super) fn entry_lines(&self, reversal: &EntryReversal) -> Vec<JournalLine> {
        match self.taken(reversal) {
            Some(Taken::Line(EnteredState { as_what: EnteredAs::Paid { deposit, forfeiture, entered }, .. })) => {
                let deposit = self.deposits.get(deposit);
                deposit.map(|deposit| self.unpaid_lines(deposit, forfeiture, entered)).unwrap_or_default()
            }
            Some(Taken::Line(entered)) => {
                [JournalLine::reversed(&entered.lines), self.annulled_lines(entered)].concat()
            }
            Some(Taken::Step(_, step)) => JournalLine::reversed(&step.lines),
            Some(Taken::Counted(_, _, own)) => JournalLine::reversed(&own.lines),
            Some(Taken::Allocation((bank, _), of)) => JournalLine::reversed(&self.lines_of_allocation(bank, of.entry)),
            Some(Taken::OwnFunds(of)) => JournalLine::reversed(&of.lines()),
            None => Vec::new(),
        }
    }

    /// What was annulled since out of something else is annulled out of what was owed.
    fn annulled_lines(&self, entered: &EnteredState) -> Vec<JournalLine> {
        let EnteredAs::Remitted { deposit, forfeiture, annulled: Some(_), .. } = &entered.as_what else {
            return Vec::new();
        };
        let Some(deposit) = self.deposits.get(deposit) else { return Vec::new() };
        let Some(of) = deposit.forfeitures.get(forfeiture) else { return Vec::new() };
        let alone = |heading: Heading| heading.alone(deposit.currency);
        JournalLine::transfer(alone(heir(of.to)), alone(annulled_out_of(of.to)), of.amount_minor)
    }

    /// The voucher whose change of own money a reversal takes back: where something was annulled since, that one.
    pub(super) fn own_voucher(&self, reversal: &EntryReversal) -> Option<u64> {
        match self.taken(reversal)? {
            Taken::Line(EnteredState { as_what: EnteredAs::Remitted { annulled: Some(voucher), .. }, .. }) => {
                Some(*voucher)
            }
            _ => self.entry_voucher(reversal),
        }
    }

    /// The voucher that a reversal takes back.
    pub(super) fn entry_voucher(&self, reversal: &EntryReversal) -> Option<u64> {
        Some(match self.taken(reversal)? {
            Taken::Line(entered) => entered.voucher,
            Taken::Step(_, step) => step.voucher,
            Taken::Counted(_, _, own) => own.voucher,
            Taken::Allocation(_, of) => of.voucher,
            Taken::OwnFunds(of) => of.voucher,
        })
    }

    /// As if it had not been entered.
    pub(super) fn take_entry_back(&mut self, reversal: &EntryReversal) {
        let Some(reference) = &reversal.reference else { return self.take_own_back(reversal) };
        let reference = reference.as_str();
        let Some(entered) = self.entered.remove(reference) else { return };
        self.references.remove(reference);
        match entered.as_what {
            EnteredAs::Bank { bank, .. } => {
                for line in entered.lines.iter().filter(|line| line.account.heading == Heading::InterestToAllocate) {
                    if let Some(pool) = self.pools.get_mut(&(bank.clone(), line.account.currency)) {
                        pool.received_minor -= line.amount_minor;
                    }
                }
            }
            EnteredAs::OwnFunds { approval } => {
                if let Some(of) = self.own_funds.get_mut(&approval) {
                    of.returned = None;
                }
            }
            EnteredAs::Unallocated => {
                self.unallocated.remove(reference);
            }
            EnteredAs::Returned { receipt } => self.move_unallocated(&receipt, UnallocatedFate::Open),
            EnteredAs::Settled { deposit, refund } => self.unsettle(&deposit, &refund),
            EnteredAs::Remitted { deposit, forfeiture, annulled: Some(_), .. } => self.with(&deposit, |deposit| {
                if let Some(of) = deposit.forfeitures.get_mut(&forfeiture) {
                    of.phase = ForfeiturePhase::Overturned;
                }
            }),
            EnteredAs::Remitted { deposit, forfeiture, since, annulled: None } => {
                self.stands_again(&deposit, &forfeiture, ForfeiturePhase::Final, since);
            }
            EnteredAs::Recovered { deposit, forfeiture, since } => {
                self.stands_again(&deposit, &forfeiture, ForfeiturePhase::Annulled, since);
            }
            EnteredAs::Paid { deposit, forfeiture, entered } => self.unpay(&deposit, &forfeiture, &entered),
            EnteredAs::Unclaimed { deposit } => self.take_step_back(&deposit),
        }
    }

    /// What the bank has no line for.
    fn take_own_back(&mut self, reversal: &EntryReversal) {
        match (self.taken(reversal), &reversal.deposit, &reversal.bank) {
            (Some(Taken::Counted(..)), Some(deposit), _) => self.take_counted_back(deposit),
            (Some(Taken::Step(..)), Some(deposit), _) => self.take_step_back(deposit),
            (Some(Taken::Allocation(_, of)), _, Some(bank)) => {
                let entry = of.entry;
                self.take_allocation_back(bank, entry);
            }
            (Some(Taken::OwnFunds(of)), ..) => {
                let entry = of.entry;
                self.own_funds.retain(|_, of| of.entry != entry);
            }
            _ => {}
        }
    }

    fn stands_again(&mut self, id: &ItemId, forfeiture: &ItemId, phase: ForfeiturePhase, since: Day) {
        self.with(id, |deposit| {
            if let Some(of) = deposit.forfeitures.get_mut(forfeiture) {
                (of.phase, of.since) = (phase, since);
            }
        });
    }

    /// The refund is on its way again.
    fn unsettle(&mut self, id: &ItemId, refund: &ItemId) {
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        let Some(of) = deposit.refunds.get_mut(refund) else { return };
        (of.phase, of.arrived, of.settled_by) = (RefundPhase::Instructed, None, None);
        if let Some(is_late) = of.counted_late.take() {
            self.counts_of_refunds(id, is_late).into_iter().flatten().for_each(|count| *count -= 1);
        }
    }
}

impl RefundState {
    /// The bank says what became of it.
    pub(super) fn settle(&mut self, outcome: RefundOutcome, reference: &str, day: Day, counted_late: Option<bool>) {
        (self.phase, self.arrived) = match outcome {
            RefundOutcome::Confirmed => (RefundPhase::Confirmed, Some(day)),
            RefundOutcome::Bounced => (RefundPhase::Approved, None),
        };
        (self.settled_by, self.counted_late) = (Some(reference.into()), counted_late);
    }
}
