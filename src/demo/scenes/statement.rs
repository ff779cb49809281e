//! 银行对账: a month of the centre's custody account is closed.

use super::deposit::{BANK, CHARGE};
use crate::demo::phrase::literal;
use crate::deposit::{Act, CustodyState, DepositBook, OpenItemResolution, ReconciliationWithdrawal};
use crate::field::{Currency, Day, Instant, ItemId};
use crate::log::Hash;
use crate::reconciliation::BookMovement;
use crate::statement::{AccountBalance, LinePlace, Statement, StatementCurrency, StatementLine};

fn custody(book: &DepositBook) -> Option<(ItemId, &CustodyState)> {
    let bank: ItemId = literal(BANK);
    let custody = book.custody(&bank, Currency::CNY)?;
    Some((bank, custody))
}

/// The bank has all that the book has, each under the number of its entry, and its charge.
pub(super) fn reconciled(book: &DepositBook, now: Instant) -> Option<Act> {
    let (bank, custody) = custody(book)?;
    let last: Day = now.shanghai_day().pred_opt()?.into();
    let movements: Vec<BookMovement> = custody.movements().map(movement).collect();
    let mut lines: Vec<StatementLine> = movements.iter().map(line).collect();
    let charge =
        BookMovement { amount_minor: -CHARGE, reference: Some("SF-0001".to_owned()), ..movement((0, last, 0)) };
    lines.push(StatementLine { text: "账户管理费".to_owned(), ..line(&charge) });
    let closing = lines.iter().map(|line| line.amount_minor).sum();
    let balance = |amount_minor, day| Some(AccountBalance { amount_minor, day, is_derived: false });
    let statement = Statement {
        id: None,
        account: Some("1702 0200 0900 6688".to_owned()),
        currency: StatementCurrency::CNY,
        opening: balance(0, None),
        closing: balance(closing, Some(last)),
        lines,
        mismatches: Vec::new(),
        warnings: Vec::new(),
    };
    let drafted = custody.draft((&bank, Currency::CNY), Hash::of("icbc-6688.csv"), &statement, &movements);
    drafted.ok().map(|drafted| drafted.record.into())
}

fn movement(posted: (u64, Day, i64)) -> BookMovement {
    BookMovement::plain(posted, Some(format!("GH-{}", posted.0)))
}

fn line(of: &BookMovement) -> StatementLine {
    let (key, place) = (of.reference.clone().unwrap_or_default(), LinePlace::Row(0));
    StatementLine {
        reference: of.reference.clone(),
        ..StatementLine::booked(key, place, of.booked_on, of.amount_minor, StatementCurrency::CNY)
    }
}

pub(super) fn withdrawn(book: &DepositBook, _now: Instant) -> Option<Act> {
    let (bank, custody) = custody(book)?;
    let (reconciliation, _) = custody.last()?;
    Some(ReconciliationWithdrawal { bank, reconciliation, reason: literal("银行重新出具对账单") }.into())
}

/// The charge is the posting that was made of it.
pub(super) fn resolved(book: &DepositBook, _now: Instant) -> Option<Act> {
    let (bank, custody) = custody(book)?;
    let (item, of) = custody.items.iter().find(|(_, item)| item.is_open())?;
    let (entry, ..) = custody.movements().filter(|(_, _, amount)| *amount == of.bank_over_book_minor).last()?;
    let reason = literal("账户管理费已以自有资金入账");
    Some(OpenItemResolution { bank, item: *item, entries: vec![entry], reason }.into())
}
