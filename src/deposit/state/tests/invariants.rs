//! The list of invariants: whole, and each of its functions can fail.

use super::super::INVARIANTS;
use super::*;
use crate::deposit::HoldState;
use crate::deposit::book::JournalLine;

/// Holds that meet on one deposit (issue 21).
const HOLDS: usize = 100_000;

fn broken(change: impl FnOnce(&mut DepositBook)) -> Vec<&'static str> {
    let mut book = Run::secured("bid-tendering").state.unwrap();
    assert_eq!(book.check(), []);
    change(&mut book);
    let mut found: Vec<_> = book.check().iter().map(|broken| broken.id).collect();
    found.dedup();
    found
}

fn first(book: &mut DepositBook) -> &mut DepositState {
    book.deposits.values_mut().next().unwrap()
}

/// Posts what no record would.
pub(super) fn post(book: &mut DepositBook, debit: Heading, credit: Heading) {
    let account = |heading: Heading| match heading.sub_ledger() {
        crate::deposit::book::SubLedger::None => heading.alone(Currency::CNY),
        crate::deposit::book::SubLedger::Bank => heading.of(&"icbc".parse().unwrap(), Currency::CNY),
        _ => heading.of(&"d-1".parse().unwrap(), Currency::CNY),
    };
    book.book.post(&JournalLine::transfer(account(debit), account(credit), 7)).unwrap();
}

#[test]
fn the_list_is_whole() {
    let ids: Vec<_> = INVARIANTS.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(ids, (1..=22).map(|n| format!("I{n}")).collect::<Vec<_>>());
}

#[test]
fn each_says_what_breaks_it() {
    assert_eq!(broken(|book| post(book, Heading::Available, Heading::Held)), ["I11"]);
    assert_eq!(broken(|book| post(book, Heading::Available, Heading::RefundPayable)), ["I12", "I18"]);
    assert_eq!(broken(|book| post(book, Heading::BankCharges, Heading::CustodyBank)), ["I14"]);
    assert_eq!(broken(|book| post(book, Heading::Available, Heading::TreasuryPayable)), ["I15", "I18"]);
    assert_eq!(broken(|book| first(book).base_minor -= 1_000), ["I16"]);
    assert_eq!(broken(|book| post(book, Heading::InterestReceivable, Heading::InterestPayable)), ["I17"]);
    assert_eq!(broken(|book| first(book).receipts[0].is_reversed = true), ["I18"]);
    assert_eq!(broken(|book| post(book, Heading::Difference, Heading::CustodyBank)), ["I14"]);
    assert_eq!(broken(|book| post(book, Heading::CustodyBank, Heading::Unallocated)), ["I18"]);
    assert_eq!(broken(|book| post(book, Heading::TreasuryRecoverable, Heading::CustodyBank)), ["I15"]);
    assert_eq!(broken(|book| first(book).capitalised_minor = 1), ["I18"]);
    assert_eq!(broken(|book| first(book).overdue = Some(3)), ["I20"]);
    let odd = HoldState { left_minor: 0, claimed_minor: 1, until: "2026-09-01".parse().unwrap(), entry: 3 };
    assert_eq!(broken(|book| first(book).holds.extend([("k".parse().unwrap(), odd)])), ["I11"]);
}

#[test]
fn a_voucher_that_does_not_balance_is_named() {
    let run = Run::secured("bid-tendering");
    let mut voucher = run.vouchers.last().unwrap().clone();
    assert_eq!(check_voucher(&voucher), []);
    voucher.lines[0].amount_minor += 1;
    assert_eq!(check_voucher(&voucher)[0].id, "I1");
}

/// I22: nothing is closed while a guarantee still stands.
#[test]
fn a_deposit_with_a_guarantee_is_not_closed() {
    let mut run = Run::on("2026-03-20");
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    run.accepts(1, "deposit.announced", notice("d-1"));
    let lodged = json!({
        "deposit": "d-1", "id": "g-1", "form": "bank_guarantee", "issuer": {"name": "某银行"}, "issuer_kind": "bank", "licence": "B0001H141010001", "number": "B-1",
        "amount": yuan(10_000_000), "valid_from": "2026-03-20", "valid_to": "2026-07-31", "claim_by": "2026-07-31",
        "document": paper(),
    });
    run.accepts(1, "deposit.guarantee_lodged", lodged);
    let verified = json!({"deposit": "d-1", "guarantee": "g-1", "outcome": "genuine", "statement": "电话查验", "evidence": paper()});
    run.accepts(2, "deposit.guarantee_verified", verified);
    let due = json!({"deposit": "d-1", "event": "agreed", "day": "2026-03-20", "document": paper()});
    run.accepts(1, "deposit.refund_due", due);
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::RefundDue);
    let back = json!({"deposit": "d-1", "guarantee": "g-1", "reason": "退还保函"});
    run.accepts(1, "deposit.guarantee_released", back);
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::Closed);
}

/// As many holds as want to be: never more is kept than is there, whoever comes when.
#[test]
fn a_hundred_thousand_holds_never_overspend() {
    let mut run = Run::secured("bid-tendering");
    let asked = json!({"deposit": "d-1", "id": "k", "amount": yuan(1), "reason": "查", "until": "2026-09-01"});
    let Act::Held(asked) = Run::parsed("deposit.held", &asked) else { panic!("a hold") };
    let (mut held, mut refused) = (0, 0);
    for n in 0..HOLDS {
        let mut hold = asked.clone();
        // Between 1 and 997 fen, in no order: 100,000 of them want five times what is there.
        hold.amount.amount_minor = i64::try_from(n * 7_919 % 997).unwrap() + 1;
        hold.id = format!("k-{n}").parse().unwrap();
        let amount = hold.amount.amount_minor;
        let fits = held + amount <= 10_000_000;
        let is_taken = run.record(&payee(), 1, &Act::Held(hold)).is_ok();
        assert_eq!(is_taken, fits, "{n}");
        if is_taken {
            held += amount;
        } else {
            refused += 1;
        }
    }
    assert!(held > 9_999_000 && refused > HOLDS / 2);
    assert_eq!(run.standing(Heading::Held, "d-1"), held);
    assert_eq!(run.book().check(), []);
}
