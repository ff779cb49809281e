//! What an act posts: a function of the act and of the state before it, and of nothing else.

use super::super::book::{BookAccount, Heading, JournalLine};
use super::super::{
    Act, BankEntry, BankNature, BankReceipt, ForfeitureOutcome, GuaranteeCheck, RefundApproval, RefundOutcome,
};
use super::{DepositBook, DepositState, ForfeitureState, GuaranteePhase};
use crate::field::{Currency, ItemId};
use crate::law::ForfeitTo;

impl DepositBook {
    /// The lines of the voucher that an act makes; none where it moves nothing.
    pub fn postings(&self, act: &Act) -> Vec<JournalLine> {
        if let Act::BankEntered(entry) = act {
            return of_bank(entry);
        }
        if let Act::Announced(notice) = act {
            let required = Heading::Required.of(&notice.id, notice.required.currency);
            let control = Heading::RequirementControl.alone(notice.required.currency);
            return JournalLine::transfer(required, control, notice.required.amount_minor);
        }
        act.deposit()
            .and_then(|id| self.deposits.get(id))
            .map(|deposit| self.of_deposit(deposit, act))
            .unwrap_or_default()
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
                let of = deposit.receipts.iter().find(|known| *known.reference == *reversal.reference.as_str());
                of.map(|of| JournalLine::reversed(&split(deposit, of.available_minor, of.excess_minor)))
                    .unwrap_or_default()
            }
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
            act => of_decision(deposit, act),
        }
    }

    /// What is missing is covered first, the rest is too much; and all of it where it came too late.
    fn receipt(&self, deposit: &DepositState, receipt: &BankReceipt) -> Vec<JournalLine> {
        let amount = receipt.amount.amount_minor;
        let available = deposit.covering_minor(receipt, &self.book);
        split(deposit, available, amount - available)
    }

    /// Interest and what lateness costs come on top of the principal, which is taken from what is too much first.
    fn approval(&self, deposit: &DepositState, approval: &RefundApproval) -> Vec<JournalLine> {
        let payable = || deposit.account(Heading::RefundPayable);
        let interest = || deposit.account(Heading::InterestPayable);
        let (earned, late) = (approval.interest_minor, approval.overdue_minor);
        let excess = approval.amount.amount_minor.min(self.book.standing(&deposit.account(Heading::Excess)));
        let cost = control(Heading::OverdueCost, deposit);
        [
            JournalLine::transfer(bank(Heading::InterestReceivable, deposit), interest(), earned),
            JournalLine::transfer(cost, interest(), late),
            JournalLine::transfer(interest(), payable(), earned.saturating_add(late)),
            JournalLine::transfer(deposit.account(Heading::Excess), payable(), excess),
            JournalLine::transfer(
                deposit.account(Heading::Available),
                payable(),
                approval.amount.amount_minor - excess,
            ),
        ]
        .concat()
    }
}

fn bank(heading: Heading, deposit: &DepositState) -> BookAccount {
    heading.of(&deposit.bank, deposit.currency)
}

fn control(heading: Heading, deposit: &DepositState) -> BookAccount {
    heading.alone(deposit.currency)
}

fn split(deposit: &DepositState, available: i64, excess: i64) -> Vec<JournalLine> {
    let to = |heading: Heading, amount: i64| {
        JournalLine::transfer(bank(Heading::CustodyBank, deposit), deposit.account(heading), amount)
    };
    [to(Heading::Available, available), to(Heading::Excess, excess)].concat()
}

/// Lines of the bank that are no deposit.
fn of_bank(entry: &BankEntry) -> Vec<JournalLine> {
    let (currency, amount): (Currency, i64) = (entry.amount.currency, entry.amount.amount_minor);
    let of = |heading: Heading| heading.of(&entry.bank, currency);
    match entry.nature {
        BankNature::Interest => {
            JournalLine::transfer(of(Heading::CustodyBank), of(Heading::InterestReceivable), amount)
        }
        BankNature::Charge => {
            JournalLine::transfer(Heading::BankCharges.alone(currency), of(Heading::CustodyBank), amount)
        }
        BankNature::OwnFunds => {
            let own = || Heading::OwnBank.alone(currency);
            [
                JournalLine::transfer(own(), Heading::OwnFunds.alone(currency), amount),
                JournalLine::transfer(of(Heading::CustodyBank), own(), amount),
            ]
            .concat()
        }
    }
}

/// What is forfeited, and guarantees.
fn of_decision(deposit: &DepositState, act: &Act) -> Vec<JournalLine> {
    let forfeiture = |id: &ItemId, lines: &dyn Fn(&ForfeitureState) -> Vec<JournalLine>| {
        deposit.forfeitures.get(id).map(lines).unwrap_or_default()
    };
    let pending = || deposit.account(Heading::ForfeitedPending);
    let lost = |of: &ForfeitureState| JournalLine::transfer(pending(), control(heir(of.to), deposit), of.amount_minor);
    let cover = |id: &ItemId, begins: bool| {
        let Some(guarantee) = deposit.guarantees.get(id) else { return Vec::new() };
        let cover = Heading::GuaranteeCover.of(id, deposit.currency);
        let against = control(Heading::GuaranteeControl, deposit);
        match (begins, guarantee.phase) {
            (true, _) => JournalLine::transfer(cover, against, guarantee.amount_minor),
            (false, GuaranteePhase::Valid) => JournalLine::transfer(against, cover, guarantee.amount_minor),
            // It never covered anything.
            (false, _) => Vec::new(),
        }
    };
    match act {
        Act::ForfeitureConfirmed(act) => {
            forfeiture(&act.forfeiture, &|of| JournalLine::transfer(deposit.held_account(), pending(), of.amount_minor))
        }
        Act::ForfeitureRuled(act) => forfeiture(&act.forfeiture, &|of| match act.outcome {
            ForfeitureOutcome::Upheld => lost(of),
            ForfeitureOutcome::Overturned => {
                JournalLine::transfer(pending(), deposit.account(Heading::Available), of.amount_minor)
            }
        }),
        Act::ForfeitureFinal(act) => forfeiture(&act.forfeiture, &lost),
        Act::ForfeitureRemitted(act) => forfeiture(&act.forfeiture, &|of| {
            JournalLine::transfer(control(heir(of.to), deposit), bank(Heading::CustodyBank, deposit), of.amount_minor)
        }),
        Act::GuaranteeVerified(act) if act.outcome == GuaranteeCheck::Genuine => cover(&act.guarantee, true),
        Act::GuaranteeReleased(act) => cover(&act.guarantee, false),
        Act::GuaranteeExpired(act) => cover(&act.guarantee, false),
        _ => Vec::new(),
    }
}

/// Where what is forfeited for good is owed to.
fn heir(to: ForfeitTo) -> Heading {
    match to {
        ForfeitTo::Treasury => Heading::TreasuryPayable,
        ForfeitTo::Payee => Heading::OwnPayable,
    }
}
