//! 更正: what lines of the bank's statement, and some steps of the payee's own, were entered as, so that another person can take it back.

use super::super::book::{Heading, JournalLine};
use super::super::{Act, BankNature, EntryReversal, RefundOutcome};
use super::decide::{must_be_another, must_have_rule, unknown};
use super::steps::UnclaimedStep;
use super::unpaid::PaymentEntered;
use super::{DepositBook, DepositState, ForfeiturePhase, OwnFundsState, RefundPhase, RefundState, UnallocatedFate};
use crate::act::{Author, Moment, Place};
use crate::field::{Day, Fault, ItemId};
use crate::problem::{self, Refusal};
use crate::record::KeyId;

/// What rests on an entry and is to be undone before it; in both languages.
pub(super) type Later = (String, String);

/// What a line of the bank's statement was entered as.
#[derive(Debug, Clone, PartialEq, Eq)]
enum EnteredAs {
    Bank {
        bank: ItemId,
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
    as_what: EnteredAs,
    /// What it posted.
    lines: Vec<JournalLine>,
    entered_by: KeyId,
    /// The voucher that has it.
    voucher: u64,
}

impl EnteredState {
    fn deposit(&self) -> Option<&ItemId> {
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
    fn is_of_entries(&self) -> bool {
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
}

/// What a reversal takes back.
enum Taken<'a> {
    Line(&'a EnteredState),
    Step(&'a DepositState, &'a UnclaimedStep),
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
                let bank = EnteredAs::Bank { bank: act.bank.clone() };
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
                (&act.reference, EnteredAs::Remitted { deposit, forfeiture, since })
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

    /// Everything that stands and an `entry_reversed` may name, with its deposit; whether anything rests on it, is another question.
    pub fn reversible(&self) -> impl Iterator<Item = (Option<&ItemId>, EntryName<'_>)> {
        let lines = self.entered.iter();
        let lines = lines.map(|(reference, entered)| (entered.deposit(), EntryName::Reference(reference)));
        let steps = self.deposits.values().flat_map(|deposit| {
            let own = deposit.steps_unclaimed.iter().filter(|step| step.reference.is_none());
            own.map(|step| (Some(&deposit.id), EntryName::Entry(step.entry)))
        });
        lines.chain(steps).chain(self.own_funds.values().map(|of| (None, EntryName::Entry(of.entry))))
    }

    /// What a reversal names, if there is such a thing.
    fn taken(&self, reversal: &EntryReversal) -> Option<Taken<'_>> {
        if let Some(reference) = &reversal.reference {
            return self.entered.get(reference.as_str()).map(Taken::Line);
        }
        let entry = reversal.entry?;
        let own = || self.own_funds.values().find(|of| of.entry == entry).map(Taken::OwnFunds);
        let Some(id) = &reversal.deposit else { return own() };
        let deposit = self.deposits.get(id)?;
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
            Some(Taken::Line(entered)) => JournalLine::reversed(&entered.lines),
            Some(Taken::Step(_, step)) => JournalLine::reversed(&step.lines),
            Some(Taken::OwnFunds(of)) => JournalLine::reversed(&of.lines()),
            None => Vec::new(),
        }
    }

    /// The voucher that a reversal takes back.
    pub(super) fn entry_voucher(&self, reversal: &EntryReversal) -> Option<u64> {
        Some(match self.taken(reversal)? {
            Taken::Line(entered) => entered.voucher,
            Taken::Step(_, step) => step.voucher,
            Taken::OwnFunds(of) => of.voucher,
        })
    }

    /// As if it had not been entered.
    pub(super) fn take_entry_back(&mut self, reversal: &EntryReversal) {
        let Some(reference) = &reversal.reference else {
            match &reversal.deposit {
                Some(deposit) => self.take_step_back(deposit),
                None => self.own_funds.retain(|_, of| Some(of.entry) != reversal.entry),
            }
            return;
        };
        let reference = reference.as_str();
        let Some(entered) = self.entered.remove(reference) else { return };
        self.references.remove(reference);
        match entered.as_what {
            EnteredAs::Bank { bank } => {
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
            EnteredAs::Remitted { deposit, forfeiture, since } => {
                self.stands_again(&deposit, &forfeiture, ForfeiturePhase::Final, since);
            }
            EnteredAs::Recovered { deposit, forfeiture, since } => {
                self.stands_again(&deposit, &forfeiture, ForfeiturePhase::Annulled, since);
            }
            EnteredAs::Paid { deposit, forfeiture, entered } => self.unpay(&deposit, &forfeiture, &entered),
            EnteredAs::Unclaimed { deposit } => self.take_step_back(&deposit),
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

/// # Errors
/// The edition has no such act; no such entry, or one of another deposit; by who entered it; what has become of it meanwhile.
pub(super) fn decide(
    book: &DepositBook,
    reversal: &EntryReversal,
    kind: &'static str,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    must_have_rule(&at.law.edition().deposits.guards.reversal, at)?;
    match &reversal.reference {
        Some(reference) => decide_line(book, reversal, reference.as_str(), kind, at),
        None => decide_own(book, reversal, at),
    }
}

/// Of a line of the bank.
fn decide_line(
    book: &DepositBook,
    reversal: &EntryReversal,
    reference: &str,
    kind: &'static str,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let is_known = !at.law.edition().deposits.guards.entries.is_silent();
    let entered = book.entered.get(reference).filter(|entered| is_known || !entered.is_of_entries());
    let entered = entered.ok_or_else(|| unknown("/reference", reference.to_owned()))?;
    if entered.deposit() != reversal.deposit.as_ref() {
        let of = entered.deposit().map_or("—", ItemId::as_str);
        let words = (format!("这笔流水登记在保证金 {of} 名下"), format!("the line was entered for the deposit {of}"));
        return Err(Refusal::of_field("/deposit", Fault::inconsistent(words)));
    }
    // What a part was is told by the deposit that has it again, and nothing could be entered on it instead.
    if entered.deposit().and_then(|id| book.deposits.get(id)).is_some_and(DepositState::is_put_back) {
        return Err(Refusal::state_forbids(kind, "reversed"));
    }
    must_be_another(book, at, &entered.entered_by)?;
    let changed = |now: &'static str| Err(Refusal::state_forbids(kind, now));
    let forfeited = |deposit: &ItemId, forfeiture: &ItemId, phase: ForfeiturePhase| {
        let of = book.deposits.get(deposit).and_then(|deposit| deposit.forfeitures.get(forfeiture));
        of.filter(|of| of.phase != phase).map_or(Ok(()), |of| changed(of.phase.name()))
    };
    match &entered.as_what {
        EnteredAs::Bank { .. } | EnteredAs::OwnFunds { .. } | EnteredAs::Returned { .. } => Ok(()),
        EnteredAs::Unallocated => match book.unallocated.get(reference).map(|of| of.fate) {
            Some(UnallocatedFate::Open) | None => Ok(()),
            Some(fate) => changed(fate.name()),
        },
        EnteredAs::Settled { deposit, refund } => {
            let of = book.deposits.get(deposit).and_then(|deposit| deposit.refunds.get(refund));
            // One that came back and was set aside is none any more, until that is reversed.
            let is_gone = |of: &RefundState| is_known && of.phase == RefundPhase::SetAside;
            match of.filter(|of| of.settled_by.as_deref() != Some(reference) || is_gone(of)) {
                Some(of) => changed(of.phase.name()),
                None => Ok(()),
            }
        }
        EnteredAs::Remitted { deposit, forfeiture, .. } => forfeited(deposit, forfeiture, ForfeiturePhase::Remitted),
        EnteredAs::Recovered { deposit, forfeiture, .. } => forfeited(deposit, forfeiture, ForfeiturePhase::Overturned),
        EnteredAs::Paid { deposit, forfeiture, entered: payment } => {
            let later = |deposit| book.later_than_payment(deposit, forfeiture, payment, entered.voucher);
            must_be_last(book.deposits.get(deposit).map(later).unwrap_or_default(), at)
        }
        EnteredAs::Unclaimed { deposit } => {
            let deposit = book.deposits.get(deposit);
            let step = deposit.and_then(|deposit| Some((deposit, deposit.step_of(reference)?)));
            must_be_last(step.map(|(deposit, step)| book.later_than(deposit, step)).unwrap_or_default(), at)
        }
    }
}

/// Of what the bank has no line for.
fn decide_own(book: &DepositBook, reversal: &EntryReversal, at: &Moment<'_>) -> Result<(), Refusal> {
    must_have_rule(&at.law.edition().deposits.guards.entries, at)?;
    let unknown = || unknown("/entry", reversal.entry.map(|entry| entry.to_string()).unwrap_or_default());
    let (entered_by, later) = match book.taken(reversal).ok_or_else(unknown)? {
        Taken::Line(_) => return Err(unknown()),
        Taken::Step(deposit, step) => (&step.entered_by, book.later_than(deposit, step)),
        Taken::OwnFunds(of) => (&of.approved_by, of.later()),
    };
    must_be_another(book, at, entered_by)?;
    must_be_last(later, at)
}

/// # Errors
/// `entry-in-use`: what rests on it, all of it.
fn must_be_last(later: Vec<Later>, at: &Moment<'_>) -> Result<(), Refusal> {
    if later.is_empty() {
        return Ok(());
    }
    let rule = &at.law.edition().deposits.guards.entries;
    let (zh, en): (Vec<_>, Vec<_>) = later.into_iter().unzip();
    Err(Refusal::new(&problem::ENTRY_IN_USE, zh.join("；"), en.join("; ")).citing(&rule.id, &rule.law))
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
