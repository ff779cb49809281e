//! Reconciliations: from one period to the next, with what was open; and whatever bank and book say, they add up.

use super::*;
use crate::deposit::{CustodyJournal, CustodyState, StatementReconciliation};
use crate::reconciliation::OpenItemKind;
use crate::statement::{AccountBalance, LinePlace, Statement, StatementCurrency, StatementLine};
use proptest::prelude::*;

const ACCOUNT: &str = "4100 0000 0000 0001";

fn icbc() -> ItemId {
    "icbc".parse().unwrap()
}

pub(super) fn line(day: &str, amount_minor: i64, reference: &str) -> StatementLine {
    let (key, booked_on) = (format!("ref:{day}/{reference}"), day.parse().unwrap());
    StatementLine {
        reference: Some(reference.to_owned()),
        ..StatementLine::booked(key, LinePlace::Row(1), booked_on, amount_minor, StatementCurrency::CNY)
    }
}

/// Of a period that ends on a day.
pub(super) fn statement(opening: i64, last: &str, lines: Vec<StatementLine>) -> Statement {
    let closing = opening + lines.iter().map(|line| line.amount_minor).sum::<i64>();
    let balance = |amount_minor, day: Option<&str>| {
        Some(AccountBalance { amount_minor, day: day.map(|day| day.parse().unwrap()), is_derived: false })
    };
    Statement {
        id: None,
        account: Some(ACCOUNT.into()),
        currency: StatementCurrency::CNY,
        opening: balance(opening, None),
        closing: balance(closing, Some(last)),
        lines,
        mismatches: Vec::new(),
        warnings: Vec::new(),
    }
}

impl Run {
    fn custody(&self) -> CustodyState {
        self.book().custody(&icbc(), Currency::CNY).cloned().unwrap_or_default()
    }

    /// What can be signed of a statement.
    fn drafts(&self, statement: &Statement) -> Result<StatementReconciliation, DraftFault> {
        let mut journal = CustodyJournal::new(Heading::CustodyBank.of(&icbc(), Currency::CNY));
        for (act, place) in &self.records {
            journal.take(act, place, self.law());
        }
        let movements = journal.movements(|_| None);
        let of = self.custody().draft((&icbc(), Currency::CNY), Hash::of("file"), statement, &movements);
        of.map(|drafted| drafted.record)
    }

    #[track_caller]
    pub(super) fn reconciles(&mut self, statement: &Statement) -> StatementReconciliation {
        let record = self.drafts(statement).unwrap();
        self.accepts(1, "deposit.statement_reconciled", json!(record));
        record
    }

    fn open(&self) -> Vec<(String, OpenItemKind, i64)> {
        let custody = self.custody();
        let open = custody.items.iter().filter(|(_, item)| item.is_open());
        open.map(|(id, item)| (id.to_string(), item.kind, item.bank_over_book_minor)).collect()
    }

    /// April: one receipt on both sides, one at the bank alone (`R-2`), one in the book alone (`R-3`).
    fn april() -> Self {
        let mut run = Self::secured("bid-tendering");
        run.at("2026-04-20");
        run.accepts(1, "deposit.received", receipt("d-1", "R-3", 300, "2026-04-20"));
        run.at("2026-05-02");
        let lines = vec![line("2026-04-01", 10_000_000, "R-1"), line("2026-04-28", 200, "R-2")];
        let record = run.reconciles(&statement(0, "2026-04-30", lines));
        assert_eq!((record.lines, record.matched, record.open, record.unexplained_minor), (2, 1, 2, 0));
        run
    }
}

#[test]
fn what_is_open_is_carried_and_settled() {
    let mut run = Run::april();
    let opened = run.index;
    use OpenItemKind::*;
    let (in_book, at_bank) = (format!("{opened}.1"), format!("{opened}.2"));
    assert_eq!(run.open(), [(in_book, ReceiptNotAtBank, -300), (at_bank, UnallocatedReceipt, 200)]);
    // The book has the one in May, the bank the other.
    run.at("2026-05-10");
    run.accepts(1, "deposit.received", receipt("d-1", "R-2", 200, "2026-04-28"));
    run.at("2026-06-01");
    let record = run.reconciles(&statement(10_000_200, "2026-05-31", vec![line("2026-05-03", 300, "R-3")]));
    assert_eq!((record.first.to_string(), record.settled.len(), record.open), ("2026-05-01".into(), 2, 0));
    assert_eq!((run.open(), record.unexplained_minor), (vec![], 0));
}

#[test]
fn a_file_again_says_nothing_new_and_an_overlap_only_the_rest() {
    let mut run = Run::april();
    let april = || vec![line("2026-04-01", 10_000_000, "R-1"), line("2026-04-28", 200, "R-2")];
    let again = run.drafts(&statement(0, "2026-04-30", april())).unwrap_err();
    assert!(again.to_string().contains("2026-04-30"), "{again}");
    run.at("2026-06-01");
    let both = [april(), vec![line("2026-05-03", 300, "R-3")]].concat();
    let record = run.reconciles(&statement(0, "2026-05-31", both.clone()));
    assert_eq!((record.lines, record.opening_minor, record.open), (1, 10_000_200, 1));
    // What says another balance at the end of April is another account's, or the bank changed its mind.
    let mut run = Run::april();
    run.at("2026-06-01");
    assert!(run.drafts(&statement(1, "2026-05-31", both)).unwrap_err().to_string().contains("10000201"));
}

#[test]
fn postings_are_named_for_what_is_open() {
    let mut run = Run::april();
    let opened = run.index;
    run.at("2026-05-10");
    // Under another reference than the bank's, and in two parts.
    for (reference, fen) in [("X-1", 150), ("X-2", 50)] {
        run.accepts(1, "deposit.received", receipt("d-1", reference, fen, "2026-05-10"));
    }
    let (first, second) = (run.index - 1, run.index);
    let resolves = |entries: Value| json!({"bank": "icbc", "item": format!("{opened}.2"), "entries": entries, "reason": "同一笔来款，分两笔入账"});
    let kind = "deposit.open_item_resolved";
    let wrong = run.refuses(1, kind, resolves(json!([first])), "inconsistent");
    assert!(wrong.to_string().contains("150"), "{wrong}");
    run.refuses(1, kind, resolves(json!([first, 999])), "unknown-reference");
    run.accepts(1, kind, resolves(json!([first, second])));
    run.refuses(1, kind, resolves(json!([first, second])), "state-forbids");
    run.at("2026-06-01");
    // At the end of April it was open all the same; at that of May it is not.
    let record = run.reconciles(&statement(10_000_200, "2026-05-31", vec![]));
    assert_eq!((record.open, record.settled.len(), record.unexplained_minor), (1, 0, 0));
}

#[test]
fn one_open_item_may_be_another() {
    let mut run = Run::on("2026-03-20");
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    run.accepts(1, "deposit.announced", notice("d-1"));
    run.at("2026-04-01");
    run.accepts(1, "deposit.received", receipt("d-1", "mistyped", 500, "2026-04-01"));
    let posted = run.index;
    run.at("2026-05-02");
    run.reconciles(&statement(0, "2026-04-30", vec![line("2026-04-01", 500, "R-1")]));
    assert_eq!(run.open().len(), 2);
    let item = run.open().into_iter().find(|(_, kind, _)| *kind == OpenItemKind::UnallocatedReceipt).unwrap().0;
    let resolved = json!({"bank": "icbc", "item": item, "entries": [posted], "reason": "流水号录入有误"});
    run.accepts(1, "deposit.open_item_resolved", resolved);
    assert_eq!(run.open(), []);
    run.at("2026-06-01");
    assert_eq!(run.reconciles(&statement(500, "2026-05-31", vec![])).open, 0);
}

#[test]
fn a_reconciliation_is_withdrawn_by_another_person_with_all_that_rests_on_it() {
    let mut run = Run::april();
    let april = run.index;
    run.at("2026-06-01");
    run.reconciles(&statement(10_000_200, "2026-05-31", vec![line("2026-05-03", 300, "R-3")]));
    let kind = "deposit.reconciliation_withdrawn";
    let withdrawn = |entry: u64| json!({"bank": "icbc", "reconciliation": entry, "reason": "银行重出对账单"});
    run.refuses(1, kind, withdrawn(april + 1), "same-signer");
    run.refuses(2, kind, withdrawn(3), "unknown-reference");
    run.accepts(2, kind, withdrawn(april + 1));
    run.refuses(2, kind, withdrawn(april + 1), "state-forbids");
    assert_eq!(run.open().len(), 2);
    run.reconciles(&statement(10_000_200, "2026-05-30", vec![line("2026-05-03", 300, "R-3")]));
    run.accepts(2, kind, withdrawn(april));
    assert_eq!((run.open(), run.custody().last().map(|(entry, _)| entry)), (vec![], None));
}

#[test]
fn what_the_log_can_tell_is_told() {
    let mut run = Run::april();
    run.at("2026-06-01");
    let right = json!(run.drafts(&statement(10_000_200, "2026-05-31", vec![line("2026-05-03", 9, "R-9")])).unwrap());
    let kind = "deposit.statement_reconciled";
    for (member, value, problem) in [
        ("follows", json!(2), "inconsistent"),
        ("first", json!("2026-05-02"), "inconsistent"),
        ("opening_minor", json!(1), "inconsistent"),
        ("closing_minor", json!(1), "inconsistent"),
        ("book_minor", json!(1), "inconsistent"),
        ("open", json!(1), "inconsistent"),
        ("open_sha256", json!(Hash::of("else").to_string()), "inconsistent"),
        ("account", json!("00000000"), "inconsistent"),
        ("last", json!("2026-06-01"), "dates-out-of-order"),
        ("unexplained_minor", json!(1), "inconsistent"),
        ("bank", json!("ccb"), "unknown-reference"),
        ("settled", json!([{"item": "4.1", "entries": []}]), "unknown-reference"),
    ] {
        let mut wrong = right.clone();
        wrong[member] = value;
        if member == "unexplained_minor" {
            wrong["first_untied"] = json!("2026-05-31");
        }
        run.refuses(1, kind, wrong, problem);
    }
    run.accepts(1, kind, right);
}

/// I13 can fail.
#[test]
fn a_balance_that_nobody_explains_is_said() {
    let mut run = Run::secured("bid-tendering");
    run.at("2026-05-02");
    let record = run.reconciles(&statement(7, "2026-04-30", vec![line("2026-04-01", 10_000_000, "R-1")]));
    assert_eq!((record.unexplained_minor, record.first_untied), (7, Some("2026-04-01".parse().unwrap())));
    let mut book = run.book().clone();
    book.note_custody(
        &crate::deposit::book::JournalLine::transfer(
            Heading::CustodyBank.of(&icbc(), Currency::CNY),
            Heading::OwnFunds.alone(Currency::CNY),
            1,
        ),
        &run.records[0].1,
    );
    assert_eq!(book.check().iter().map(|broken| broken.id).collect::<Vec<_>>(), ["I13"]);
}

proptest! {
    /// Whatever bank and book say in three months: what is drafted is accepted, and adds up (I13, asked after each act); what is
    /// unexplained in the first month stays so, and nothing is added to it.
    #[test]
    fn drafts_are_accepted_and_add_up(
        months in prop::collection::vec((
            prop::collection::vec((1u32..28, 1i64..6, 0usize..5), 0..8),
            prop::collection::vec((1u32..28, 0u32..40, 1i64..6, 0usize..5), 0..8),
        ), 3),
        opening in 0i64..2,
    ) {
        let mut run = Run::on("2026-03-20");
        run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
        run.accepts(1, "deposit.announced", notice("d-1"));
        let day = |month: usize, day: u32| format!("2026-{:02}-{day:02}", month + 4);
        let name = |month: usize, reference: usize| format!("M{month}-{reference}");
        let (mut balance, mut unexplained) = (opening, None);
        for (month, (at_bank, in_book)) in months.into_iter().enumerate() {
            let mut booked: Vec<_> = in_book.into_iter().enumerate().map(|(nth, (value, late, fen, reference))| {
                (value, late, fen, if reference == 0 { format!("B{month}-{nth}") } else { name(month, reference) })
            }).collect();
            booked.sort();
            for (value, _, fen, reference) in &booked {
                run.at(&day(month, *value));
                let _ = run.posts(&payee(), 1, "deposit.received", &receipt("d-1", reference, *fen, &day(month, *value)));
            }
            let mut lines: Vec<_> = at_bank.into_iter().enumerate().map(|(nth, (number, fen, reference))| {
                // Some of them are those of the month before.
                let of = if nth % 3 == 0 { month.saturating_sub(1) } else { month };
                StatementLine { key: format!("{month}-{nth}"), ..line(&day(month, number), fen, &name(of, reference)) }
            }).collect();
            lines.sort_by_key(|line| line.booked_on);
            run.at(&day(month + 1, 5));
            let of = statement(balance, &day(month, 28), lines);
            balance = of.closing.unwrap().amount_minor;
            let record = run.reconciles(&of);
            // What the book has from before the first statement is in its opening balance, or nobody can explain it.
            prop_assert_eq!(record.unexplained_minor, *unexplained.get_or_insert(record.unexplained_minor));
        }
    }
}
