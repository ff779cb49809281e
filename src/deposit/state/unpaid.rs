//! 索赔到账冲销: what an issuer was said to have paid and did not is taken back, wherever its money has gone in the book.

use super::super::book::{Heading, JournalLine};
use super::super::interest::BalanceStep;
use super::entered::Later;
use super::{
    DepositBook, DepositState, ForfeiturePhase, ForfeitureSource, ForfeitureState, GuaranteePhase, GuaranteeState,
    ReceiptState, TopUpState, cover, end_of, forfeit, postings, upkeep,
};
use crate::field::{Day, ItemId};

impl GuaranteeState {
    /// How it stands once something that it paid is taken back: what has become of it by itself stays.
    fn phase_again(&self) -> GuaranteePhase {
        match (self.phase, self.before_spent) {
            (GuaranteePhase::Claimed, Some((phase, _))) => phase,
            (phase, _) => phase,
        }
    }
}

impl ForfeitureState {
    /// What of it is free again.
    fn freed_minor(&self) -> i64 {
        if self.phase == ForfeiturePhase::Overturned { self.amount_minor } else { 0 }
    }
}

impl DepositState {
    /// A forfeiture that an issuer has paid, with the guarantee.
    fn paid(&self, forfeiture: &ItemId) -> Option<(&ForfeitureState, &ItemId, &GuaranteeState)> {
        let of = self.forfeitures.get(forfeiture).filter(|of| of.is_paid)?;
        let ForfeitureSource::Guarantee(id) = &of.source else { return None };
        Some((of, id, self.guarantees.get(id)?))
    }
}

/// What was so when a payment was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PaymentEntered {
    /// Since when it could be.
    pub since: Day,
    /// By so much money and guarantees covered more than was asked.
    pub over_minor: i64,
    /// What was missing, which what is forfeited is not asked for again.
    pub topup: Option<TopUpState>,
}

impl DepositBook {
    /// By how much money and guarantees cover more than is asked; once its refund is due nothing is asked.
    pub(super) fn over_minor(&self, deposit: &DepositState, cover_minor: i64) -> i64 {
        let required = self.book.standing(&deposit.account(Heading::Required));
        if deposit.clock.is_some() { 0 } else { (cover_minor - required).max(0) }
    }

    /// And by how much more than before a payment, when that is taken back.
    fn more_over_minor(&self, deposit: &DepositState, forfeiture: &ItemId, entered: &PaymentEntered) -> i64 {
        let Some((of, _, guarantee)) = deposit.paid(forfeiture) else { return 0 };
        let again = if guarantee.phase_again() == GuaranteePhase::Valid { of.amount_minor } else { 0 };
        let cover = deposit.cash_minor(&self.book) - of.freed_minor() + deposit.guaranteed_minor() + again;
        (self.over_minor(deposit, cover) - entered.over_minor).max(0)
    }

    /// From where its money is now, back through where it was; then it is covered again, and what has come to cover it meanwhile is too much.
    pub(super) fn unpaid_lines(
        &self,
        deposit: &DepositState,
        forfeiture: &ItemId,
        entered: &PaymentEntered,
    ) -> Vec<JournalLine> {
        let Some((of, id, guarantee)) = deposit.paid(forfeiture) else { return Vec::new() };
        let bank = Heading::CustodyBank.of(&deposit.bank, deposit.currency);
        let pending = || deposit.account(Heading::ForfeitedPending);
        let out_of = |from| JournalLine::transfer(from, bank, of.amount_minor);
        let money = match of.phase {
            ForfeiturePhase::Final => {
                let heir = postings::heir(of.to).alone(deposit.currency);
                [JournalLine::transfer(heir, pending(), of.amount_minor), out_of(pending())].concat()
            }
            ForfeiturePhase::Overturned => out_of(deposit.account(Heading::Available)),
            _ => out_of(pending()),
        };
        let covers = guarantee.phase_again() == GuaranteePhase::Valid;
        let (available, excess) = (deposit.account(Heading::Available), deposit.account(Heading::Excess));
        let free = (self.book.standing(&available) - of.freed_minor()).max(0);
        let too_much = self.more_over_minor(deposit, forfeiture, entered).min(free);
        let covered = deposit.cover_lines(id, if covers { of.amount_minor } else { 0 }, true);
        [money, covered, JournalLine::transfer(available, excess, too_much)].concat()
    }

    /// What has to be undone before a payment can be taken back that a voucher has.
    pub(super) fn later_than_payment(
        &self,
        deposit: &DepositState,
        forfeiture: &ItemId,
        entered: &PaymentEntered,
        voucher: u64,
    ) -> Vec<Later> {
        let mut found = self.later_of_forfeiture(deposit, forfeiture);
        if self.more_over_minor(deposit, forfeiture, entered) > 0 {
            let freed = deposit.paid(forfeiture).map_or(0, |(of, ..)| of.freed_minor());
            let cash = deposit.cash_minor(&self.book) - freed;
            let excess = self.book.standing(&deposit.account(Heading::Excess));
            // One of which some is too much already, or gone, nobody can reverse: what is left of it is too much then.
            let is_there = |of: &ReceiptState| (1..=cash).contains(&of.available_minor) && of.excess_minor <= excess;
            let covering = |of: &&ReceiptState| of.voucher > voucher && !of.is_reversed && is_there(of);
            let receipts = deposit.receipts.iter().filter(covering);
            found.extend(receipts.map(|of| {
                (
                    format!("其后到账（流水号 {}）补足了当时的缺额，须先冲销，再重新登记", of.reference),
                    format!(
                        "{} came in to cover what was missing then: reverse that receipt first, and enter it again",
                        of.reference
                    ),
                )
            }));
        }
        found
    }

    fn later_of_forfeiture(&self, deposit: &DepositState, forfeiture: &ItemId) -> Vec<Later> {
        match deposit.forfeitures.get(forfeiture).map(|of| of.phase) {
            Some(ForfeiturePhase::Appealed) => {
                vec![("交纳人已申诉，须待裁定".to_owned(), "the payer has appealed: wait for the ruling".to_owned())]
            }
            Some(ForfeiturePhase::Remitted) => {
                let reference = self.remitted_under(&deposit.id, forfeiture).unwrap_or("—");
                vec![(
                    format!("其款项已缴库或转出（流水号 {reference}），须先冲销"),
                    format!("it was remitted under {reference}: reverse that first"),
                )]
            }
            Some(ForfeiturePhase::Annulled) => vec![(
                "已撤销，国库退付尚未到账，须待到账登记".to_owned(),
                "it was annulled, and the treasury has not paid it back: enter that first".to_owned(),
            )],
            _ => Vec::new(),
        }
    }

    /// It is claimed again, and not paid, and its time of appeal begins with the payment that comes; a forfeiture that was overturned stays so.
    pub(super) fn unpay(&mut self, id: &ItemId, forfeiture: &ItemId, entered: &PaymentEntered) {
        let found = self.deposits.get(id).and_then(|deposit| deposit.paid(forfeiture));
        let Some((of, guarantee, cover)) = found else { return };
        let (of, guarantee, phase) = (of.clone(), guarantee.clone(), cover.phase_again());
        if let Some(running) = of.appeal {
            self.timers.stop(running, &forfeit::last(id, forfeiture));
        }
        let is_over = of.phase == ForfeiturePhase::Overturned;
        self.with(id, |deposit| {
            if let Some(state) = deposit.forfeitures.get_mut(forfeiture) {
                state.is_paid = false;
                if !is_over {
                    (state.phase, state.appeal, state.since) = (ForfeiturePhase::Claimed, None, entered.since);
                }
            }
        });
        if let Some(running) = of.appeal.filter(|_| is_over) {
            let (day, change_minor) = (running.since.shanghai_day().into(), -of.amount_minor);
            self.with(id, |deposit| deposit.steps.push(BalanceStep { day, change_minor }));
            self.count_backdated(id, day, change_minor);
        }
        self.cover_again(id, &guarantee, of.amount_minor, phase);
        self.demand_again(id, entered.topup);
    }

    /// A guarantee has what it did not pay; where that was all of it, its end is waited for again.
    fn cover_again(&mut self, id: &ItemId, guarantee: &ItemId, amount_minor: i64, phase: GuaranteePhase) {
        let Some(deposit) = self.deposits.get_mut(id) else { return };
        let is_over = deposit.clock.is_some();
        let Some(of) = deposit.guarantees.get_mut(guarantee) else { return };
        of.amount_minor += amount_minor;
        let Some((_, warning)) = of.before_spent.take() else { return };
        of.phase = phase;
        if phase != GuaranteePhase::Valid {
            return;
        }
        self.timers.at(end_of(of.valid_to), cover::expiry(id, guarantee));
        if let Some(when) = warning.filter(|_| !is_over) {
            of.warning = Some(when);
            self.timers.at(when, upkeep::warning(id, guarantee));
        }
    }
}
