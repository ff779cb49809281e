//! What an act posts: a function of the act and of the state before it, and of nothing else.

use super::super::book::{BookAccount, Heading, JournalLine};
use super::super::{Act, BankReceipt, ForfeitureOutcome, RefundApproval, RefundOutcome};
use super::{DepositBook, DepositState, ForfeiturePhase, ForfeitureState, own_funds};
use crate::field::ItemId;
use crate::law::ForfeitTo;

impl DepositBook {
    /// The lines of the voucher that an act makes; none where it moves nothing.
    pub fn postings(&self, act: &Act) -> Vec<JournalLine> {
        match act {
            Act::Announced(notice) => {
                let required = Heading::Required.of(&notice.id, notice.required.currency);
                let control = Heading::RequirementControl.alone(notice.required.currency);
                JournalLine::transfer(required, control, notice.required.amount_minor)
            }
            Act::EntryReversed(reversal) => self.entry_lines(reversal),
            Act::OwnFundsApproved(approval) => own_funds::lines(approval.amount),
            Act::BankEntered(entry) => self.bank_lines(entry),
            Act::UnallocatedReceived(receipt) => self.unallocated_lines(receipt),
            Act::UnallocatedReturned(back) => self.return_lines(back),
            Act::InterestAllocated(allocation) => self.allocation_lines(allocation),
            Act::DifferenceOpened(_) | Act::DifferenceCleared(_) => self.difference_lines(act),
            act => {
                let deposit = act.deposit().and_then(|id| self.deposits.get(id));
                deposit.map(|deposit| self.of_deposit(deposit, act)).unwrap_or_default()
            }
        }
    }

    fn of_deposit(&self, deposit: &DepositState, act: &Act) -> Vec<JournalLine> {
        let account = |heading: Heading| deposit.account(heading);
        let transfer = |debit: Heading, credit: Heading, amount: i64| {
            JournalLine::transfer(account(debit), account(credit), amount)
        };
        let hold = |id: &ItemId| deposit.holds.get(id).map_or(0, |hold| hold.left_minor);
        match act {
            Act::Received(receipt) => self.receipt(deposit, receipt),
            Act::ReceiptReversed(reversal) => {
                let of = deposit.receipt(reversal.reference.as_str());
                let from = self.source_of(deposit, reversal.reference.as_str());
                of.map(|of| JournalLine::reversed(&split(deposit, &from, of.available_minor, of.excess_minor)))
                    .unwrap_or_default()
            }
            Act::UnallocatedClaimed(claim) => {
                self.claimed(claim).map(|receipt| self.receipt(deposit, &receipt)).unwrap_or_default()
            }
            Act::InterestCapitalised(act) => self.capitalisation_lines(deposit, act),
            Act::Assessed(assessment) => self.assessment_lines(deposit, assessment),
            Act::Held(hold) => transfer(Heading::Available, Heading::Held, hold.amount.amount_minor),
            Act::Released(release) => transfer(Heading::Held, Heading::Available, release.amount.amount_minor),
            Act::HoldLapsed(lapse) => transfer(Heading::Held, Heading::Available, hold(&lapse.hold)),
            // What it was for is over.
            Act::RefundDue(_) => {
                let required = self.book.standing(&account(Heading::Required));
                JournalLine::transfer(
                    control(Heading::RequirementControl, deposit),
                    account(Heading::Required),
                    required,
                )
            }
            Act::RefundApproved(approval) => self.approval(deposit, approval),
            Act::RefundInstructed(instruction) => {
                let total = deposit.refunds.get(&instruction.refund).map_or(0, |refund| refund.total_minor());
                JournalLine::transfer(account(Heading::RefundPayable), bank(Heading::PaymentsInTransit, deposit), total)
            }
            Act::RefundSettled(settlement) => {
                let total = deposit.refunds.get(&settlement.refund).map_or(0, |refund| refund.total_minor());
                let to = match settlement.outcome {
                    RefundOutcome::Confirmed => bank(Heading::CustodyBank, deposit),
                    RefundOutcome::Bounced => account(Heading::RefundPayable),
                };
                JournalLine::transfer(bank(Heading::PaymentsInTransit, deposit), to, total)
            }
            act => self.of_decision(deposit, act),
        }
    }

    /// What is missing is covered first, the rest is too much; and all of it where it came too late.
    fn receipt(&self, deposit: &DepositState, receipt: &BankReceipt) -> Vec<JournalLine> {
        let amount = receipt.amount.amount_minor;
        let available = deposit.covering_minor(receipt, &self.book);
        split(deposit, &self.source_of(deposit, receipt.reference.as_str()), available, amount - available)
    }

    /// Where a receipt came from: the bank, or what nobody had claimed.
    fn source_of(&self, deposit: &DepositState, reference: &str) -> BookAccount {
        if self.unallocated.contains_key(reference) {
            control(Heading::Unallocated, deposit)
        } else {
            bank(Heading::CustodyBank, deposit)
        }
    }

    /// Interest and what lateness costs come on top of the principal, which is taken from what is too much first.
    fn approval(&self, deposit: &DepositState, approval: &RefundApproval) -> Vec<JournalLine> {
        let payable = || deposit.account(Heading::RefundPayable);
        let (all, late) = (approval.interest_minor, approval.overdue_minor);
        if let Some(before) = deposit.refunds.get(&approval.id) {
            // It is approved again for a later day: its principal is payable already, and so is what came on top up to the day before.
            let (more, later) = (all.saturating_sub(before.interest_minor), late.saturating_sub(before.overdue_minor));
            return on_top(deposit, more, more, later);
        }
        // What was allocated is there already.
        let earned = all.saturating_sub(deposit.allocated_minor);
        let excess = approval.amount.amount_minor.min(self.book.standing(&deposit.account(Heading::Excess)));
        let free = deposit.account(Heading::Available);
        [
            on_top(deposit, earned, all, late),
            JournalLine::transfer(deposit.account(Heading::Excess), payable(), excess),
            JournalLine::transfer(free, payable(), approval.amount.amount_minor - excess),
        ]
        .concat()
    }
}

/// Interest of which so much was earned since it was allocated last, and what lateness costs, on their way out.
fn on_top(deposit: &DepositState, earned: i64, interest: i64, late: i64) -> Vec<JournalLine> {
    let of = || deposit.account(Heading::InterestPayable);
    [
        JournalLine::transfer(bank(Heading::InterestReceivable, deposit), of(), earned),
        JournalLine::transfer(control(Heading::OverdueCost, deposit), of(), late),
        JournalLine::transfer(of(), deposit.account(Heading::RefundPayable), interest.saturating_add(late)),
    ]
    .concat()
}

fn bank(heading: Heading, deposit: &DepositState) -> BookAccount {
    heading.of(&deposit.bank, deposit.currency)
}

fn control(heading: Heading, deposit: &DepositState) -> BookAccount {
    heading.alone(deposit.currency)
}

fn split(deposit: &DepositState, from: &BookAccount, available: i64, excess: i64) -> Vec<JournalLine> {
    let to = |heading: Heading, amount: i64| JournalLine::transfer(from.clone(), deposit.account(heading), amount);
    [to(Heading::Available, available), to(Heading::Excess, excess)].concat()
}

impl DepositBook {
    /// What is forfeited, and guarantees.
    fn of_decision(&self, deposit: &DepositState, act: &Act) -> Vec<JournalLine> {
        let forfeiture = |id: &ItemId, lines: &dyn Fn(&ForfeitureState) -> Vec<JournalLine>| {
            deposit.forfeitures.get(id).map(lines).unwrap_or_default()
        };
        let pending = || deposit.account(Heading::ForfeitedPending);
        let lost =
            |of: &ForfeitureState| JournalLine::transfer(pending(), control(heir(of.to), deposit), of.amount_minor);
        let restored = |from: BookAccount, of: &ForfeitureState| {
            JournalLine::transfer(from, deposit.account(Heading::Available), of.amount_minor)
        };
        match act {
            Act::ForfeitureConfirmed(act) => forfeiture(&act.forfeiture, &|of| {
                JournalLine::transfer(deposit.held_account(), pending(), of.amount_minor)
            }),
            Act::ForfeitureRuled(act) => forfeiture(&act.forfeiture, &|of| match act.outcome {
                ForfeitureOutcome::Upheld => lost(of),
                ForfeitureOutcome::Overturned => restored(pending(), of),
            }),
            Act::ForfeitureFinal(act) => forfeiture(&act.forfeiture, &lost),
            Act::ForfeitureRemitted(act) => forfeiture(&act.forfeiture, &|of| {
                let from = control(heir(of.to), deposit);
                JournalLine::transfer(from, bank(Heading::CustodyBank, deposit), of.amount_minor)
            }),
            Act::ForfeitureAnnulled(act) => forfeiture(&act.forfeiture, &|of| {
                let is_gone = of.phase == ForfeiturePhase::Remitted;
                let from = if is_gone { annulled_out_of(of.to) } else { heir(of.to) };
                restored(control(from, deposit), of)
            }),
            Act::ForfeitureRecovered(act) => forfeiture(&act.forfeiture, &|of| {
                let from = control(Heading::TreasuryRecoverable, deposit);
                JournalLine::transfer(bank(Heading::CustodyBank, deposit), from, of.amount_minor)
            }),
            act => self.cover_postings(deposit, act),
        }
    }
}

/// Where what is forfeited for good is owed to.
pub(super) fn heir(to: ForfeitTo) -> Heading {
    match to {
        ForfeitTo::Treasury => Heading::TreasuryPayable,
        ForfeitTo::Payee => Heading::OwnPayable,
    }
}

/// Out of what something is annulled that was remitted.
pub(super) fn annulled_out_of(to: ForfeitTo) -> Heading {
    match to {
        ForfeitTo::Treasury => Heading::TreasuryRecoverable,
        // The payee has spent it: it owes it of its own.
        ForfeitTo::Payee => Heading::OwnFunds,
    }
}
