//! 更正: what lines of the bank's statement were entered as, so that another person can take it back.

use super::super::book::{Heading, JournalLine};
use super::super::{Act, EntryReversal, RefundOutcome};
use super::decide::{must_be_another, unknown};
use super::{DepositBook, ForfeiturePhase, RefundPhase, RefundState, UnallocatedFate};
use crate::act::{Author, Moment, Place};
use crate::field::{Day, Fault, ItemId};
use crate::problem::Refusal;
use crate::record::KeyId;

/// What a line of the bank's statement was entered as.
#[derive(Debug, Clone, PartialEq, Eq)]
enum EnteredAs {
    Bank {
        bank: ItemId,
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
}

/// A line that was entered, and may be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EnteredState {
    as_what: EnteredAs,
    /// What it posted.
    pub lines: Vec<JournalLine>,
    entered_by: KeyId,
    /// The voucher that has it.
    pub voucher: u64,
}

impl EnteredState {
    fn deposit(&self) -> Option<&ItemId> {
        match &self.as_what {
            EnteredAs::Settled { deposit, .. } | EnteredAs::Remitted { deposit, .. } => Some(deposit),
            EnteredAs::Bank { .. } | EnteredAs::Unallocated | EnteredAs::Returned { .. } => None,
        }
    }
}

impl DepositBook {
    /// What an act enters of the bank's statement; asked before it changes anything.
    fn entered_as(&self, act: &Act) -> Option<(Box<str>, EnteredAs)> {
        let (reference, as_what) = match act {
            Act::BankEntered(act) => (&act.reference, EnteredAs::Bank { bank: act.bank.clone() }),
            Act::UnallocatedReceived(act) => (&act.reference, EnteredAs::Unallocated),
            Act::UnallocatedReturned(act) => {
                (&act.reference, EnteredAs::Returned { receipt: act.receipt.as_str().into() })
            }
            Act::RefundSettled(act) => {
                (&act.reference, EnteredAs::Settled { deposit: act.deposit.clone(), refund: act.refund.clone() })
            }
            Act::ForfeitureRemitted(act) => {
                let (deposit, forfeiture) = (act.deposit.clone(), act.forfeiture.clone());
                let since = self.deposits.get(&deposit)?.forfeitures.get(&forfeiture)?.since;
                (&act.reference, EnteredAs::Remitted { deposit, forfeiture, since })
            }
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

    /// As if the bank's line had not been entered.
    pub(super) fn take_entry_back(&mut self, reversal: &EntryReversal) {
        let reference = reversal.reference.as_str();
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
            EnteredAs::Unallocated => {
                self.unallocated.remove(reference);
            }
            EnteredAs::Returned { receipt } => self.move_unallocated(&receipt, UnallocatedFate::Open),
            EnteredAs::Settled { deposit, refund } => self.unsettle(&deposit, &refund),
            EnteredAs::Remitted { deposit, forfeiture, since } => self.with(&deposit, |deposit| {
                if let Some(of) = deposit.forfeitures.get_mut(&forfeiture) {
                    (of.phase, of.since) = (ForfeiturePhase::Final, since);
                }
            }),
        }
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
/// The edition has no such act; no such line, or one of another deposit; by who entered it; what has become of it meanwhile.
pub(super) fn decide(
    book: &DepositBook,
    reversal: &EntryReversal,
    kind: &'static str,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    if at.law.edition().deposits.guards.reversal.is_silent() {
        return Err(Refusal::law_silent(&at.law.edition().name));
    }
    let reference = reversal.reference.as_str();
    let entered = book.entered.get(reference).ok_or_else(|| unknown("/reference", reference.to_owned()))?;
    if entered.deposit() != reversal.deposit.as_ref() {
        let of = entered.deposit().map_or("—", ItemId::as_str);
        let words = (format!("这笔流水登记在保证金 {of} 名下"), format!("the line was entered for the deposit {of}"));
        return Err(Refusal::of_field("/deposit", Fault::inconsistent(words)));
    }
    must_be_another(book, at, &entered.entered_by)?;
    let changed = |now: &'static str| Err(Refusal::state_forbids(kind, now));
    match &entered.as_what {
        EnteredAs::Bank { .. } | EnteredAs::Returned { .. } => Ok(()),
        EnteredAs::Unallocated => match book.unallocated.get(reference).map(|of| of.fate) {
            Some(UnallocatedFate::Open) | None => Ok(()),
            Some(fate) => changed(fate.name()),
        },
        EnteredAs::Settled { deposit, refund } => {
            let of = book.deposits.get(deposit).and_then(|deposit| deposit.refunds.get(refund));
            match of.filter(|of| of.settled_by.as_deref() != Some(reference)) {
                Some(of) => changed(of.phase.name()),
                None => Ok(()),
            }
        }
        EnteredAs::Remitted { deposit, forfeiture, .. } => {
            let of = book.deposits.get(deposit).and_then(|deposit| deposit.forfeitures.get(forfeiture));
            match of.filter(|of| of.phase != ForfeiturePhase::Remitted) {
                Some(of) => changed(of.phase.name()),
                None => Ok(()),
            }
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
