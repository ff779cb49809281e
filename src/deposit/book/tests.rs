use super::*;
use crate::field::ItemId;
use proptest::prelude::*;
use strum::IntoEnumIterator;

fn id(text: &str) -> ItemId {
    text.parse().unwrap()
}

fn bank() -> BookAccount {
    Heading::CustodyBank.of(&id("icbc"), Currency::CNY)
}

fn of(heading: Heading, deposit: &str) -> BookAccount {
    heading.of(&id(deposit), Currency::CNY)
}

#[test]
fn a_voucher_is_taken_whole_or_not_at_all() {
    let mut book = AccountBook::default();
    let receipt = JournalLine::transfer(bank(), of(Heading::Available, "d-1"), 500);
    assert_eq!(book.post(&receipt).unwrap(), [500, -500]);
    let before = book.clone();
    let too_much = JournalLine::transfer(of(Heading::Available, "d-1"), of(Heading::Held, "d-1"), 501);
    assert!(matches!(book.post(&too_much), Err(PostingError::Limit { balance: 1, .. })));
    let mut half = receipt.clone();
    half.extend(too_much);
    // Linked movements: the first two would hold by themselves, and don't, for the last ones don't.
    half[2].amount_minor = 1_001;
    half[3].amount_minor = 1_001;
    assert!(book.post(&half).is_err());
    assert_eq!(book, before);
    assert_eq!(book.standing(&of(Heading::Available, "d-1")), 500);
}

#[test]
fn lines_balance_in_each_currency_and_of_money_by_itself() {
    let book = AccountBook::default();
    let debit = JournalLine::debit(bank(), 5);
    let other = Heading::Available.of(&id("d-1"), Currency::USD);
    for credit in [other, Heading::RequirementControl.alone(Currency::CNY)] {
        let lines = [debit.clone(), JournalLine::credit(credit, 5)];
        assert!(matches!(book.try_lines(&lines), Err(PostingError::Unbalanced { .. })));
    }
    let zero = [JournalLine::debit(bank(), 0), JournalLine::credit(of(Heading::Available, "d-1"), 0)];
    assert!(matches!(book.try_lines(&zero), Err(PostingError::Amount { .. })));
    assert_eq!(book.try_lines(&[debit]), Err(PostingError::Lines));
}

#[test]
fn nothing_overflows() {
    let mut book = AccountBook::default();
    let most = JournalLine::transfer(bank(), of(Heading::Available, "d-1"), i64::MAX);
    book.post(&most).unwrap();
    assert!(matches!(book.post(&most), Err(PostingError::Overflow { .. })));
    assert_eq!(book.check(), []);
}

#[test]
fn a_reversed_voucher_leaves_what_was_there_before() {
    let mut book = AccountBook::default();
    book.post(&JournalLine::transfer(bank(), of(Heading::Available, "d-1"), 700)).unwrap();
    let before: Vec<_> = book.accounts().map(|(account, balance)| (account.clone(), balance)).collect();
    let both = [
        JournalLine::transfer(bank(), of(Heading::Available, "d-2"), 300),
        JournalLine::transfer(of(Heading::Available, "d-2"), of(Heading::Held, "d-2"), 300),
    ]
    .concat();
    book.post(&both).unwrap();
    book.post(&JournalLine::reversed(&both)).unwrap();
    let after: Vec<_> = book.accounts().filter(|(_, balance)| *balance != 0).collect();
    assert_eq!(after, before.iter().map(|(account, balance)| (account, *balance)).collect::<Vec<_>>());
    assert_eq!(book.vouchers(), 3);
}

#[test]
fn codes_of_the_chart_are_its_own() {
    let codes: std::collections::BTreeSet<_> = Heading::iter().map(Heading::code).collect();
    assert_eq!(codes.len(), Heading::iter().count());
    assert_eq!(of(Heading::Available, "d-1").to_string(), "2010.d-1.CNY");
}

#[test]
fn a_book_that_somebody_changed_is_named() {
    let mut book = AccountBook::default();
    book.post(&JournalLine::transfer(bank(), of(Heading::Available, "d-1"), 500)).unwrap();
    book.balances.insert(bank(), 499);
    book.balances.insert(of(Heading::Held, "d-1"), 3);
    book.balances.insert(Heading::Held.alone(Currency::CNY), -2);
    let found = book.check();
    assert!(matches!(found[0], Imbalance::Unknown { .. }), "{found:?}");
    assert!(matches!(found[1], Imbalance::Limit { balance: 3, .. }), "{found:?}");
    assert_eq!(found.len(), 2);
    book.balances.insert(bank(), 490);
    assert!(matches!(book.check().last(), Some(Imbalance::Trial { sum: -9, .. })));
}

proptest! {
    /// Whatever is tried: debits are credits at every voucher, no account passes its limit, numbers have no gap, and who folds the
    /// vouchers again has the same balances.
    #[test]
    fn books_balance_at_every_voucher(moves in prop::collection::vec((0usize..24, 0usize..24, 0u8..3, -3i64..400), 1..60)) {
        let headings: Vec<Heading> = Heading::iter().collect();
        let account = |heading: usize, sub: u8| {
            let heading = headings[heading % headings.len()];
            match heading.sub_ledger() {
                SubLedger::None => heading.alone(Currency::CNY),
                _ => heading.of(&id(&format!("s-{sub}")), Currency::CNY),
            }
        };
        let (mut book, mut posted) = (AccountBook::default(), Vec::new());
        for (debit, credit, sub, amount) in moves {
            let lines = [
                JournalLine::debit(account(debit, sub), amount),
                JournalLine::credit(account(credit, sub), amount),
            ];
            let before = book.clone();
            match book.post(&lines) {
                Ok(_) => posted.push(lines),
                Err(_) => prop_assert_eq!(&book, &before),
            }
            prop_assert_eq!(book.check(), []);
            prop_assert_eq!(book.vouchers(), posted.len() as u64);
        }
        let mut again = AccountBook::default();
        for lines in &posted {
            again.post(lines).unwrap();
        }
        prop_assert_eq!(&again, &book);
        // All of them taken back, the last one first, leave nothing.
        for lines in posted.iter().rev() {
            prop_assert!(book.post(&JournalLine::reversed(lines)).is_ok());
        }
        prop_assert!(book.accounts().all(|(_, balance)| balance == 0));
    }
}
