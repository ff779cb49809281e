//! Statements of a bank that has most of what the book has, and a little of its own.

use super::Scene;
use gongshi::deposit::{CustodyState, DepositBook};
use gongshi::field::{Currency, Day, ItemId};
use gongshi::log::Hash;
use gongshi::reconciliation::BookMovement;
use gongshi::statement::{AccountBalance, LinePlace, Statement, StatementCurrency, StatementLine};
use serde_json::{Value, json};

const BANK: &str = "b-1";

pub fn payload(scene: &mut Scene<'_>, book: Option<&DepositBook>, kind: &str) -> Option<Value> {
    let bank: ItemId = BANK.parse().ok()?;
    let nothing = CustodyState::default();
    let custody = book.and_then(|book| book.custody(&bank, Currency::CNY)).unwrap_or(&nothing);
    let movements: Vec<BookMovement> = custody.movements().map(movement).collect();
    match kind {
        "deposit.statement_reconciled" => {
            let statement = statement(scene, custody, &movements);
            let drafted = custody.draft((&bank, Currency::CNY), Hash::of("statement"), &statement, &movements).ok()?;
            let mut record = json!(drafted.record);
            // Now and then somebody signs what is not so.
            if scene.dice.percent(10) {
                record["book_minor"] = json!(scene.dice.between(1, 9));
            }
            Some(record)
        }
        "deposit.open_item_resolved" => {
            let open: Vec<_> = custody.items.iter().filter(|(_, item)| item.is_open()).collect();
            let (id, item) = scene.dice.one_of(&open)?;
            let mut same = movements.iter().filter(|it| it.amount_minor == item.bank_over_book_minor);
            let entry = same.next_back().or(movements.last())?.entry;
            Some(json!({"bank": BANK, "item": id.to_string(), "entries": [entry], "reason": "核对一致"}))
        }
        _ => {
            let known: Vec<u64> = custody.reconciliations.keys().copied().collect();
            let entry = *scene.dice.one_of(&known)?;
            Some(json!({"bank": BANK, "reconciliation": entry, "reason": "银行重出"}))
        }
    }
}

fn statement(scene: &mut Scene<'_>, custody: &CustodyState, movements: &[BookMovement]) -> Statement {
    let last = scene.day(-1);
    let before = custody.last().map(|(_, last)| (last.last, last.closing_minor));
    let is_after = |day: Day| before.is_none_or(|(last, _)| day > last);
    let mut lines: Vec<StatementLine> = Vec::new();
    for it in movements.iter().filter(|it| is_after(it.booked_on) && it.booked_on <= last) {
        if scene.dice.percent(80) {
            lines.push(line(it.booked_on, it.amount_minor, &format!("E-{}", it.entry)));
        }
    }
    if scene.dice.percent(50) {
        let amount = scene.dice.between(1, 900);
        lines.push(line(last, amount, "own"));
    }
    let opening = before.map_or(0, |(_, closing)| closing);
    let closing = lines.iter().fold(opening, |sum, line| sum.saturating_add(line.amount_minor));
    let balance = |amount_minor, day| Some(AccountBalance { amount_minor, day, is_derived: false });
    Statement {
        id: None,
        account: None,
        currency: StatementCurrency::CNY,
        opening: balance(opening, None),
        closing: balance(closing, Some(last)),
        lines,
        mismatches: Vec::new(),
        warnings: Vec::new(),
    }
}

fn movement(posted: (u64, Day, i64)) -> BookMovement {
    BookMovement::plain(posted, Some(format!("E-{}", posted.0)))
}

fn line(day: Day, amount_minor: i64, reference: &str) -> StatementLine {
    let key = reference.to_owned();
    StatementLine {
        reference: Some(key.clone()),
        ..StatementLine::booked(key, LinePlace::Row(1), day, amount_minor, StatementCurrency::CNY)
    }
}
