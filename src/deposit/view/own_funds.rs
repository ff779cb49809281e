//! 自有资金: what of one custody account is free to go back to the payee's own account, and what was approved and has not gone.

use super::super::{DepositBook, FreeOwnFunds, OwnFundsState};
use crate::field::{Currency, Day, ItemId};
use schemars::JsonSchema;
use serde::Serialize;

/// Own funds that may leave a custody account, how it comes to that, and what was approved and waits for the bank's line.
#[derive(Clone, Serialize, JsonSchema)]
pub struct OwnFundsView {
    bank: ItemId,
    pub currency: Currency,
    /// Of the book's records, up to which it is told.
    version: u64,
    /// 可转回: as much can be approved now, by `deposit.own_funds_approved`. The lesser one of `own_left_minor` and `here_left_minor`, and
    /// nothing where that is below 0.
    free_minor: i64,
    /// 自有资金结余 = `own_minor` − `interest_owed_minor` − `treasury_owes_minor` − `short_minor`.
    own_left_minor: i64,
    /// 自有资金: what the payee has put in and not spent, over all custody accounts.
    own_minor: i64,
    /// 应收银行利息: what the bank owes.
    interest_owed_minor: i64,
    /// 应收国库退付: what the treasury owes.
    treasury_owes_minor: i64,
    /// 未查明短款: what is missing somewhere, and nobody knows why.
    short_minor: i64,
    /// 专户结余 = `bank_minor` less all that follows it.
    here_left_minor: i64,
    /// 专户银行存款: what the book has in this account.
    bank_minor: i64,
    /// 应付交纳人: what is owed for deposits that lie here.
    deposits_minor: i64,
    /// 已生效未缴: forfeited for good, and not remitted.
    forfeited_minor: i64,
    /// 未认领来款: of nobody yet.
    unallocated_minor: i64,
    /// 已经办未转回: approved, and not gone.
    waiting_minor: i64,
    /// 在途付款
    in_transit_minor: i64,
    /// 待分配利息
    to_allocate_minor: i64,
    /// 银行预付利息: paid by the bank before it was owed for a deposit.
    paid_ahead_minor: i64,
    /// 未查明长款: too much in this account, and nobody knows why.
    over_minor: i64,
    /// 已经办，待另一人登记银行流水: what was approved and has not gone, the oldest first.
    pub waiting: Vec<WaitingOwnFundsView>,
    /// Pass as `after` to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Own funds that were approved, and go with the bank's line that another person enters.
#[derive(Clone, Serialize, JsonSchema)]
pub struct WaitingOwnFundsView {
    /// As `approval` of that line names it.
    approval: ItemId,
    amount_minor: i64,
    /// The day of the approval: the bank does nothing of it before.
    approved: Day,
    /// The key that approved it: another one enters the line.
    approved_by: String,
    /// Index of the entry that approved it.
    pub entry: u64,
    /// Where its record is, with who signed it and why.
    record: String,
}

/// What an amount is in an answer. A book holds no more than that.
fn whole(minor: i128) -> i64 {
    i64::try_from(minor).unwrap_or(if minor < 0 { i64::MIN } else { i64::MAX })
}

impl WaitingOwnFundsView {
    fn of(approval: &ItemId, of: &OwnFundsState) -> Self {
        Self {
            approval: approval.clone(),
            amount_minor: of.amount.amount_minor,
            approved: of.approved,
            approved_by: of.approved_by.to_string(),
            entry: of.entry,
            record: format!("/v1/records/{}", of.entry),
        }
    }
}

impl OwnFundsView {
    /// Of one custody account, with all that waits.
    pub fn of(book: &DepositBook, version: u64, bank: &ItemId, currency: Currency) -> Self {
        let free = book.free_own(bank, currency);
        let (own_left, here_left, free_minor) = (free.own_left(), free.here_left(), free.free_minor());
        let FreeOwnFunds {
            own,
            interest_owed,
            treasury_owes,
            short,
            at_bank,
            deposits,
            forfeited,
            strays,
            waiting,
            in_transit,
            to_allocate,
            ahead,
            over,
        } = free;
        let here = book.own_funds_waiting(currency).filter(|(_, of)| of.bank == *bank);
        let mut list: Vec<_> = here.map(|(approval, of)| WaitingOwnFundsView::of(approval, of)).collect();
        list.sort_unstable_by_key(|of| of.entry);
        Self {
            bank: bank.clone(),
            currency,
            version,
            free_minor,
            own_left_minor: whole(own_left),
            own_minor: whole(own),
            interest_owed_minor: whole(interest_owed),
            treasury_owes_minor: whole(treasury_owes),
            short_minor: whole(short),
            here_left_minor: whole(here_left),
            bank_minor: whole(at_bank),
            deposits_minor: whole(deposits),
            forfeited_minor: whole(forfeited),
            unallocated_minor: whole(strays),
            waiting_minor: whole(waiting),
            in_transit_minor: whole(in_transit),
            to_allocate_minor: whole(to_allocate),
            paid_ahead_minor: whole(ahead),
            over_minor: whole(over),
            waiting: list,
            next: None,
        }
    }

    /// So many of what waits, behind an entry.
    #[must_use]
    pub fn page(mut self, after: Option<u64>, limit: usize) -> Self {
        self.waiting.retain(|of| after.is_none_or(|after| of.entry > after));
        if self.waiting.len() > limit {
            self.waiting.truncate(limit);
            self.next = self.waiting.last().map(|of| of.entry.to_string());
        }
        self
    }
}
