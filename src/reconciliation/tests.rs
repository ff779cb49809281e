use super::*;
use crate::field::Day;
use crate::statement::{
    AccountBalance, Counterparty, LinePart, LinePlace, Reversal, Statement, StatementCurrency, StatementLine,
};
use proptest::prelude::*;

fn day(number: u32) -> Day {
    format!("2026-08-{number:02}").parse().unwrap()
}

fn line(number: u32, amount_minor: i64, reference: &str) -> StatementLine {
    let (key, place) = (format!("ref:{number}/{amount_minor}/{reference}"), LinePlace::Row(number));
    StatementLine {
        reference: (!reference.is_empty()).then(|| reference.to_owned()),
        ..StatementLine::booked(key, place, day(number), amount_minor, StatementCurrency::CNY)
    }
}

fn statement(opening: i64, lines: Vec<StatementLine>) -> Statement {
    let closing = opening + lines.iter().map(|line| line.amount_minor).sum::<i64>();
    let balance = |amount_minor| Some(AccountBalance { amount_minor, day: None, is_derived: false });
    Statement {
        id: None,
        account: None,
        currency: StatementCurrency::CNY,
        opening: balance(opening),
        closing: balance(closing),
        lines,
        mismatches: Vec::new(),
        warnings: Vec::new(),
    }
}

fn posted(entry: u64, number: u32, amount_minor: i64, reference: &str) -> BookMovement {
    BookMovement::plain((entry, day(number), amount_minor), (!reference.is_empty()).then(|| reference.to_owned()))
}

fn reconciled(statement: &Statement, movements: &[BookMovement]) -> Reconciliation {
    Reconciliation::of(statement, movements).unwrap()
}

fn reasons(of: &Reconciliation) -> Vec<MatchReason> {
    of.matches.iter().map(|it| it.reason).collect()
}

fn kinds(of: &Reconciliation) -> Vec<(OpenItemKind, i64)> {
    of.items.iter().map(|item| (item.kind, item.bank_over_book_minor)).collect()
}

#[test]
fn each_reason_finds_its_pair() {
    let mut noticed = line(3, 300, "");
    noticed.text = "投标保证金 d-3，谢谢".into();
    let mut paid = line(4, 400, "");
    paid.counterparty.name = Some("某建设公司 ".into());
    let mut batch = line(5, -500, "");
    let part = |reference: &str| LinePart {
        amount_minor: None,
        client_reference: Some(reference.into()),
        counterparty: Counterparty::default(),
        text: String::new(),
        reversal: None,
    };
    batch.parts = vec![part("r-5"), part("r-6")];
    let movements = [
        posted(1, 2, 200, "b-2"),
        BookMovement { notice: Some("d-3".into()), ..posted(2, 3, 300, "x") },
        BookMovement { payer: Some("某建设公司".into()), ..posted(3, 5, 400, "y") },
        posted(4, 5, -200, "r-5"),
        posted(5, 5, -300, "r-6"),
        posted(6, 5, 70, "wrong"),
        BookMovement { takes_back: Some(6), ..posted(7, 6, -70, "") },
    ];
    let of = reconciled(&statement(0, vec![line(2, 200, "b-2"), noticed, paid, batch, line(7, 1, "z")]), &movements);
    use MatchReason::*;
    assert_eq!(reasons(&of), [BookReversal, BankReference, BatchReferences, NoticeReference, PayerAndAmount]);
    assert_eq!(kinds(&of), [(OpenItemKind::UnallocatedReceipt, 1)]);
    assert_eq!(of.first_untied(), None, "{:?}", of.days);
    // The bank had 400 a day before the book, and the book 70 for a day.
    let fourth = of.days.iter().find(|it| it.day == day(4)).unwrap();
    assert_eq!((fourth.bank_minor, fourth.book_minor, fourth.bank_alone_minor), (900, 500, 400));
    assert_eq!(of.days.iter().find(|it| it.day == day(5)).unwrap().book_alone_minor, 70);
}

#[test]
fn what_fits_twice_is_not_guessed() {
    let named = |number: u32| {
        let mut line = line(number, 100, "");
        line.counterparty.name = Some("甲".into());
        line
    };
    let movement = |entry| BookMovement { payer: Some("甲".into()), ..posted(entry, 2, 100, "") };
    let of = reconciled(&statement(0, vec![named(2)]), &[movement(1), movement(2)]);
    assert_eq!(of.matches, []);
    assert_eq!(of.items.iter().find(|item| item.line.is_some()).unwrap().candidates, [1, 2]);
    // Nor the other way round.
    let twice = |number: u32| StatementLine { key: format!("again {number}"), ..named(number) };
    let of = reconciled(&statement(0, vec![named(2), twice(2)]), &[movement(1)]);
    assert_eq!(of.matches, []);
    assert_eq!(of.items.len(), 3);
    // Nor one day before and one day after.
    let of = reconciled(&statement(0, vec![named(1), named(3)]), &[movement(1)]);
    assert_eq!(of.matches, []);
    // Nor too far apart.
    let of = reconciled(&statement(0, vec![named(2 + PAYER_DAYS_MAX as u32 + 1)]), &[movement(1)]);
    assert_eq!(of.matches, []);
}

/// Equal amounts of one payer, or of one deposit, on different days: each with its own, in whatever order they stand.
#[test]
fn equal_amounts_are_matched_by_their_days() {
    let by_payer = |number: u32| {
        let mut line = line(number, 100, "");
        line.counterparty.name = Some("甲".into());
        line
    };
    let by_notice = |number: u32| StatementLine { text: "保证金 d-1".into(), ..line(number, 100, "") };
    for is_notice in [false, true] {
        let movement = |entry, number| BookMovement {
            payer: Some("甲".into()),
            notice: is_notice.then(|| "d-1".to_owned()),
            ..posted(entry, number, 100, "")
        };
        let of_day = |number| if is_notice { by_notice(number) } else { by_payer(number) };
        let pairs = |of: &Reconciliation| -> Vec<_> {
            of.matches.iter().map(|it| (it.lines.clone(), it.movements.clone())).collect()
        };
        let lines = || vec![of_day(3), of_day(7)];
        for movements in [[movement(1, 7), movement(2, 3)], [movement(1, 6), movement(2, 4)]] {
            let of = reconciled(&statement(0, lines()), &movements);
            assert_eq!(pairs(&of), [(vec![0], vec![1]), (vec![1], vec![0])]);
        }
        // One of them is not in the book: it is the other one that is open.
        let of = reconciled(&statement(0, lines()), &[movement(1, 7)]);
        assert_eq!(pairs(&of), [(vec![1], vec![0])]);
        assert_eq!(kinds(&of), [(OpenItemKind::UnallocatedReceipt, 100)]);
    }
}

/// What the bank paid before it was told to, or long after, is another payment; a reference of the bank says more than a day.
#[test]
fn a_payment_is_not_there_before_it_was_instructed() {
    let refund = |told: u32, value: u32| BookMovement {
        notice: Some("d-1".into()),
        instructed: Some(day(told)),
        ..posted(1, value, -100, "HK-1")
    };
    let paid = |number: u32| StatementLine { text: "退保证金 d-1".into(), ..line(number, -100, "") };
    let is_matched =
        |paid, refund| !reconciled(&statement(500, vec![paid, line(28, 1, "z")]), &[refund]).matches.is_empty();
    assert!(!is_matched(paid(4), refund(5, 6)));
    assert!(is_matched(paid(5), refund(5, 6)) && is_matched(paid(25), refund(5, 6)));
    assert!(!is_matched(paid(26), refund(5, 6)));
    assert!(is_matched(line(4, -100, "HK-1"), refund(5, 6)));
    let of = reconciled(&statement(500, vec![paid(4), line(8, 1, "z")]), &[refund(5, 6)]);
    use OpenItemKind::*;
    assert_eq!(kinds(&of), [(UnbookedPayment, -100), (PaymentNotAtBank, 100), (UnallocatedReceipt, 1)]);
}

/// A bank that has no word for it: the pair is proposed and open, and matched once it is named.
#[test]
fn a_payment_that_came_back_without_a_mark_is_proposed() {
    let of_account = |account: &str, number, amount| {
        let counterparty = Counterparty { account: Some(account.into()), ..Counterparty::default() };
        StatementLine { counterparty, ..line(number, amount, &format!("{account}/{number}")) }
    };
    let of_name = |number, amount| {
        let counterparty = Counterparty { name: Some("甲公司".into()), ..Counterparty::default() };
        StatementLine { counterparty, ..line(number, amount, &format!("name/{number}")) }
    };
    let lines = vec![
        of_account("6222", 2, -90),
        of_name(2, -70),
        line(2, -50, "bare"),
        of_account("62 22", 4, 90),
        of_account("9999", 4, 90),
        of_name(5, 70),
        line(12, 50, "back"),
    ];
    let proposed = |lines: Vec<StatementLine>| -> Vec<(String, ReturnReason)> {
        let of = reconciled(&statement(500, lines), &[]);
        of.returns.iter().map(|it| (it.pair.to_string(), it.reason)).collect()
    };
    use ReturnReason::*;
    let [account, name, alone] =
        [("1-4".to_owned(), SameAccount), ("2-6".to_owned(), SameName), ("3-7".to_owned(), AmountAlone)];
    assert_eq!(proposed(lines.clone()), [account, name, alone]);
    let of = reconciled(&statement(500, lines.clone()), &[]);
    assert_eq!((of.matches, of.items.len()), (vec![], 7));
    // Named, they are matched, and the rest is open.
    let named: Vec<ReturnedPair> = ["1-4", "3-7"].iter().map(|pair| pair.parse().unwrap()).collect();
    let of = Reconciliation::naming(&named, None, &statement(0, lines.clone()), &[]).unwrap();
    assert_eq!(reasons(&of), [MatchReason::NamedReturn; 2]);
    assert_eq!((of.items.len(), of.first_untied(), of.returns.len()), (3, None, 1));
    // Not what comes too late, what comes first, what two may be, or what the book may have.
    assert_eq!(proposed(vec![of_name(2, -70), of_name(13, 70)]), []);
    assert_eq!(proposed(vec![of_name(2, 70), of_name(3, -70)]), []);
    assert_eq!(proposed(vec![of_name(2, -70), of_name(3, 70), of_name(4, 70)]), []);
    assert_eq!(proposed(vec![of_name(2, -70), of_name(3, -70), of_name(4, 70)]), []);
    let other = StatementLine {
        counterparty: Counterparty { account: Some("1".into()), ..of_name(2, -70).counterparty },
        ..of_name(2, -70)
    };
    let mut back = of_name(3, 70);
    back.counterparty.account = Some("2".into());
    assert_eq!(proposed(vec![other, back]), []);
    let movement = |entry| BookMovement { payer: Some("甲公司".into()), ..posted(entry, 3, 70, "") };
    let of = reconciled(&statement(500, vec![of_name(2, -70), of_name(3, 70)]), &[movement(1), movement(2)]);
    assert_eq!(of.returns, []);
    // Nor is anything else named.
    for wrong in ["4-1", "1-5", "1-1", "1-9", "2-4", "9.1-4"] {
        let Ok(pair) = wrong.parse::<ReturnedPair>() else {
            assert_eq!(wrong, "1-1");
            continue;
        };
        let refused = Reconciliation::naming(&[pair], None, &statement(500, lines.clone()), &[]);
        let is_refused = matches!(refused, Err(ReconciliationFault::NotReturned { .. }));
        assert_eq!(is_refused, wrong != "1-5", "{wrong}");
    }
    let twice: Vec<ReturnedPair> = ["1-4", "1-5"].iter().map(|pair| pair.parse().unwrap()).collect();
    assert!(Reconciliation::naming(&twice, None, &statement(500, lines), &[]).is_err());
}

/// Out at the end of a month, back at the beginning of the next: the open item names nobody.
#[test]
fn what_came_back_in_the_next_period_is_proposed_by_its_item() {
    let item = CarriedItem {
        id: "77.1".into(),
        kind: OpenItemKind::UnbookedPayment,
        day: "2026-07-30".parse().unwrap(),
        bank_over_book_minor: -90,
        reference: Some("HK-1".into()),
        entry: None,
        settled_by: Vec::new(),
    };
    let carried = CarriedForward { last: "2026-07-31".parse().unwrap(), closing_minor: 410, items: vec![item] };
    let mut back = line(3, 90, "back");
    back.counterparty.name = Some("甲公司".into());
    let next = statement(410, vec![back]);
    let of = Reconciliation::after(&carried, &next, &[]).unwrap();
    assert_eq!(of.returns.iter().map(|it| it.pair.to_string()).collect::<Vec<_>>(), ["77.1-1"]);
    assert_eq!((of.settled.len(), of.items.len()), (0, 2));
    let named: ReturnedPair = "77.1-1".parse().unwrap();
    let of = Reconciliation::naming(&[named], Some(&carried), &next, &[]).unwrap();
    assert_eq!((of.settled, of.items, of.returns), (vec![("77.1".to_owned(), vec![])], vec![], vec![]));
}

#[test]
fn what_is_open_is_called_what_it_is() {
    let mut charge = line(3, -15, "c");
    charge.text = "账户管理费".into();
    let mut interest = line(4, 21, "i");
    interest.text = "结息".into();
    let out = |number, amount, reference: &str| StatementLine {
        counterparty: Counterparty { account: Some("6222".into()), ..Counterparty::default() },
        ..line(number, amount, reference)
    };
    let back = StatementLine { reversal: Some(Reversal::Returned { reason: None }), ..out(6, 90, "back") };
    let lines = vec![charge, interest, out(5, -90, "out"), back, line(7, 55, "same")];
    let movements = [posted(1, 7, 54, "same"), posted(2, 7, -8, "transit")];
    let of = reconciled(&statement(10, lines), &[&movements[..], &[posted(3, 1, 10, "early")]].concat());
    assert_eq!(reasons(&of), [MatchReason::BankReversal]);
    use OpenItemKind::*;
    assert_eq!(kinds(&of), [(UnbookedCharge, -15), (UnbookedInterest, 21), (PaymentNotAtBank, 8), (AmountDiffers, 1)]);
    assert_eq!(of.first_untied(), None, "{:?}", of.days);
    assert_eq!(of.items[0].age_days, 4);
}

#[test]
fn a_day_that_does_not_tie_is_named_first() {
    let lines = || vec![line(2, 5, "a"), line(4, 6, "b")];
    let movements = [posted(1, 2, 5, "a"), posted(2, 4, 6, "b")];
    assert_eq!(reconciled(&statement(0, lines()), &movements).first_untied(), None);
    // The bank states another balance at the end.
    let mut wrong = statement(0, lines());
    wrong.closing.as_mut().unwrap().amount_minor = 12;
    let untied = *reconciled(&wrong, &movements).first_untied().unwrap();
    assert_eq!((untied.day, untied.unexplained_minor), (day(4), 1));
    // And another one at the beginning than the book had.
    let untied = *reconciled(&statement(3, lines()), &movements).first_untied().unwrap();
    assert_eq!((untied.day, untied.unexplained_minor), (day(2), 3));
}

#[test]
fn what_says_too_little_is_refused() {
    let with = |change: &dyn Fn(&mut Statement)| {
        let mut statement = statement(0, vec![line(2, 5, "a")]);
        change(&mut statement);
        Reconciliation::of(&statement, &[]).unwrap_err()
    };
    assert_eq!(with(&|it| it.opening = None), ReconciliationFault::OpeningUnknown);
    assert_eq!(with(&|it| it.lines.clear()), ReconciliationFault::PeriodUnknown);
    assert!(matches!(with(&|it| it.lines[0].booked_on = None), ReconciliationFault::DayUnknown { .. }));
    assert!(matches!(with(&|it| it.lines.push(it.lines[0].clone())), ReconciliationFault::LineTwice { .. }));
    let long = |it: &mut Statement| {
        it.lines.push(StatementLine { booked_on: Some("2099-01-01".parse().unwrap()), ..line(3, 5, "b") });
    };
    assert_eq!(with(&long), ReconciliationFault::PeriodTooLong);
}

proptest! {
    /// Whatever is on either side: each day ties where the opening balance is what the book had, the open items are what the last day
    /// differs by, and nothing is matched twice.
    #[test]
    fn bank_is_book_and_the_open_items(
        at_bank in prop::collection::vec((1u32..28, -50i64..50, 0usize..6), 1..25),
        in_book in prop::collection::vec((1u32..28, 0u32..28, -50i64..50, 0usize..6), 0..25),
    ) {
        let mut lines = Vec::new();
        for (nth, (number, amount, reference)) in at_bank.into_iter().enumerate() {
            lines.push(StatementLine { key: nth.to_string(), ..line(number, amount, ["", "a", "b", "c", "d", "e"][reference]) });
        }
        lines.sort_by_key(|line| line.booked_on);
        let movements: Vec<_> = in_book.into_iter().zip(1..).map(|((value, late, amount, reference), entry)| BookMovement {
            value_date: day(value),
            ..posted(entry, (value + late).min(28), amount, ["", "a", "b", "c", "d", "e"][reference])
        }).collect();
        let of = reconciled(&statement(0, lines.clone()), &movements);
        let all_lines: Vec<_> = of.matches.iter().flat_map(|it| it.lines.clone()).collect();
        prop_assert_eq!(all_lines.iter().collect::<std::collections::BTreeSet<_>>().len(), all_lines.len());
        let last = of.days.last().unwrap();
        let open: i64 = of.items.iter().map(|item| item.bank_over_book_minor).sum();
        prop_assert_eq!(open, last.bank_alone_minor - last.book_alone_minor);
        // What the book says was at the bank before, and no line of this statement takes: the opening balance, or it does not tie.
        let residue = of.days[0].unexplained_minor;
        prop_assert!(of.days.iter().all(|it| it.unexplained_minor == residue));
        let again = reconciled(&statement(-residue, lines), &movements);
        prop_assert_eq!(again.first_untied(), None);
        prop_assert_eq!(again.items_digest(), of.items_digest());
    }
}
