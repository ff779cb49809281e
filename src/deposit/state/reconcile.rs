//! Which reconciliations a book allows: as far as the log itself can tell. What the bank's file says, only who has it knows.

use super::super::{ListedItem, OpenItemResolution, ReconciliationWithdrawal, SettledItem, StatementReconciliation};
use super::DepositBook;
use super::account::{CustodyState, ItemState, twice, unexplained};
use super::decide::{must_be_another, unknown};
use crate::act::{Author, Moment, must_be_past};
use crate::field::{Day, Fault};
use crate::problem::{self, Refusal};
use crate::reconciliation::OpenItemKind;

/// # Errors
/// It does not begin where the one before ended, names what the book has not, or its numbers are not those of the book.
pub(super) fn decide(
    book: &DepositBook,
    act: &StatementReconciliation,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    if !book.knows_bank(&act.bank, act.currency) {
        return Err(unknown("/bank", act.bank.to_string()));
    }
    // A day that is not over may still have something.
    must_be_past(act.last < at.today(), "/last")?;
    let nothing = CustodyState::default();
    let before = book.custody(&act.bank, act.currency).unwrap_or(&nothing);
    must_follow(before, act)?;
    for (nth, settled) in act.settled.iter().enumerate() {
        must_settle(before, settled, act.last).map_err(|fault| Refusal::of_field(format!("/settled/{nth}"), fault))?;
    }
    for (nth, opened) in act.opened.iter().enumerate() {
        must_open(before, opened, act).map_err(|fault| Refusal::of_field(format!("/opened/{nth}"), fault))?;
    }
    let named = act.settled.iter().flat_map(|it| &it.entries).chain(act.opened.iter().flat_map(|it| &it.entries));
    if let Some(entry) = twice(named.copied()) {
        return Err(Refusal::of_field("/opened", Fault::Duplicate { id: entry.to_string() }));
    }
    let mut after = before.clone();
    after.reconcile(act, u64::MAX, *at.signer);
    must_add_up(&after, act)
}

/// A gap or an overlap between two periods would hide what moved in it.
fn must_follow(before: &CustodyState, act: &StatementReconciliation) -> Result<(), Refusal> {
    let Some((entry, last)) = before.last() else {
        return match act.follows {
            None => Ok(()),
            Some(entry) => Err(unknown("/follows", entry.to_string())),
        };
    };
    let differs = |pointer: &str, right: String| {
        let words = (format!("应为 {right}，以接续上次对账"), format!("the reconciliation before makes it {right}"));
        Err(Refusal::of_field(pointer, Fault::inconsistent(words)))
    };
    if act.follows != Some(entry) {
        return differs("/follows", entry.to_string());
    }
    let next: Day = last.last.date().succ_opt().map_or(last.last, Day::from);
    if act.first != next {
        return differs("/first", next.to_string());
    }
    if act.opening_minor != last.closing_minor {
        return differs("/opening_minor", last.closing_minor.to_string());
    }
    match (act.account, last.account) {
        (Some(of), Some(known)) if of != known => differs("/account", known.to_string()),
        _ => Ok(()),
    }
}

fn must_settle(before: &CustodyState, settled: &SettledItem, last: Day) -> Result<(), Fault> {
    let id = settled.item.to_string();
    let item = before.items.get(&settled.item).filter(|item| item.is_open());
    let item = item.ok_or(Fault::UnknownReference { id })?;
    if settled.entries.is_empty() {
        return Ok(());
    }
    must_come_to(before, item, &settled.entries, &|day| day <= last)
}

/// Postings that are free, and come to what the item is.
fn must_come_to(
    before: &CustodyState,
    item: &ItemState,
    entries: &[u64],
    may_be_of: &dyn Fn(Day) -> bool,
) -> Result<(), Fault> {
    let mut sum = 0;
    for entry in entries {
        let movement = before.movement(*entry).filter(|_| before.is_free(*entry) && item.posting != Some(*entry));
        let (day, amount) = movement.ok_or_else(|| Fault::UnknownReference { id: entry.to_string() })?;
        if !may_be_of(day) {
            return Err(Fault::inconsistent(("凭证不在对账期间内", "a posting of another period")));
        }
        sum += i128::from(amount);
    }
    let over = item.bank_over_book_minor;
    if sum == i128::from(over) {
        return Ok(());
    }
    let words =
        (format!("各凭证合计 {sum}，未达账项为 {over}"), format!("the postings come to {sum}, the item is {over}"));
    Err(Fault::inconsistent(words))
}

fn must_open(before: &CustodyState, opened: &ListedItem, act: &StatementReconciliation) -> Result<(), Fault> {
    if opened.day > act.last {
        return Err(Fault::DatesOutOfOrder { earlier: "day".into() });
    }
    if let Some(entry) = opened.candidates.iter().find(|entry| before.movement(**entry).is_none()) {
        return Err(Fault::UnknownReference { id: entry.to_string() });
    }
    let item = ItemState::of(opened, u64::MAX);
    match (item.posting, &item.settled) {
        // What the bank has alone, its file shows.
        (None, None) => Ok(()),
        (None, Some(named)) => must_come_to(before, &item, &named.entries, &|day| day > act.last),
        (Some(entry), _) => {
            let movement = before.movement(entry).filter(|(day, _)| before.is_free(entry) && *day <= act.last);
            let (_, amount) = movement.ok_or_else(|| Fault::UnknownReference { id: entry.to_string() })?;
            if opened.kind == OpenItemKind::AmountDiffers || opened.bank_over_book_minor.checked_neg() == Some(amount) {
                return Ok(());
            }
            let words = (format!("该凭证为 {amount}"), format!("the posting is {amount}"));
            Err(Fault::inconsistent(words))
        }
    }
}

/// The numbers are those of the book.
fn must_add_up(after: &CustodyState, act: &StatementReconciliation) -> Result<(), Refusal> {
    let (open, digest) = after.open_digest(act.last);
    let rights = [
        ("/book_minor", after.book_at(act.last), i128::from(act.book_minor)),
        ("/open", open as i128, i128::from(act.open)),
        ("/unexplained_minor", unexplained(after, act.last, act.closing_minor), i128::from(act.unexplained_minor)),
    ];
    let wrong = rights.into_iter().find(|(_, right, said)| right != said);
    let wrong = wrong.map(|(pointer, right, _)| (pointer, right.to_string()));
    let wrong = wrong.or_else(|| (digest != act.open_sha256).then(|| ("/open_sha256", digest.to_string())));
    let Some((pointer, right)) = wrong else { return Ok(()) };
    let words = (format!("按账簿应为 {right}"), format!("the book makes it {right}"));
    Err(Refusal::of_field(pointer, Fault::inconsistent(words)))
}

/// # Errors
/// The item is open no more, or the postings are not what it is.
pub(super) fn decide_resolution(book: &DepositBook, act: &OpenItemResolution, by: &Author) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    let known = book.custodies_of(&act.bank).find_map(|(_, of)| Some((of, of.items.get(&act.item)?)));
    let (of, item) = known.ok_or_else(|| unknown("/item", act.item.to_string()))?;
    if !item.is_open() {
        return Err(Refusal::state_forbids("deposit.open_item_resolved", "settled"));
    }
    must_come_to(of, item, &act.entries, &|_| true).map_err(|fault| Refusal::of_field("/entries", fault))
}

/// # Errors
/// It does not stand, or the same person signed it.
pub(super) fn decide_withdrawal(
    book: &DepositBook,
    act: &ReconciliationWithdrawal,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    book.must_be_payee(by)?;
    let known = book.custodies_of(&act.bank).find_map(|(_, of)| of.reconciliations.get(&act.reconciliation));
    let known = known.ok_or_else(|| unknown("/reconciliation", act.reconciliation.to_string()))?;
    if known.withdrawn.is_some() {
        return Err(Refusal::new(&problem::STATE_FORBIDS, "该次对账已经撤回", "it was withdrawn already"));
    }
    must_be_another(book, at, &known.signed_by)
}
