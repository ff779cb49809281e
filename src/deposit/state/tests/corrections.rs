//! The approval of a refund, an allocation of interest, its capitalisation, and the remittance of what was annulled since are taken back by another
//! person, the last first: from the edition 2027-08 on.

use super::bank::{line, statement};
use super::custody::bank;
use super::reversals::{annulled, of_entry, of_line, paid};
use super::unclaimed::late;
use super::*;
use crate::deposit::{ForfeiturePhase, RefundPhase};

const BOTH: [&str; 2] = ["2027-07", "2027-08"];

pub(super) fn approves(run: &Run, id: &str, fen: i64, day: &str) -> Value {
    let deposit = run.deposit("d-1");
    let kind = run.book().kind_of(&deposit.id, run.law());
    let sums = refund_sums(run.book(), deposit, kind, fen, day.parse().unwrap(), run.law());
    approval(id, fen, day, sums.interest_minor, sums.overdue_minor)
}

/// What was approved goes out on a later day.
pub(super) fn reapproves(run: &Run, id: &str, day: &str) -> Value {
    let deposit = run.deposit("d-1");
    let (kind, before) = (run.book().kind_of(&deposit.id, run.law()), &deposit.refunds[&id.parse::<ItemId>().unwrap()]);
    let sums = renewed_sums(run.book(), deposit, before, kind, day.parse().unwrap(), run.law());
    approval(id, before.principal_minor, day, sums.interest_minor, sums.overdue_minor)
}

/// All that waits to be shared, up to a day.
pub(super) fn allocation(run: &Run, day: &str) -> Value {
    let icbc = "icbc".parse().unwrap();
    let left = run.book().to_allocate_minor(&icbc, Currency::CNY);
    let table = run.book().allocation(&icbc, Currency::CNY, day.parse().unwrap()).digest().to_string();
    json!({"bank": "icbc", "amount": yuan(left), "up_to": day, "table": table})
}

pub(super) fn of_allocation(entry: u64) -> Value {
    json!({"bank": "icbc", "entry": entry, "reason": "误记", "document": paper()})
}

fn instructed(id: &str) -> Value {
    json!({"deposit": "d-1", "refund": id})
}

/// Two deposits that shared 1,000 fen on 1 May: 100,000 yuan for thirty days, and 50,000 for fifteen.
pub(super) fn allocated() -> Run {
    let mut run = Run::secured("bid-tendering");
    run.accepts(1, "deposit.announced", notice("d-2"));
    run.at("2026-04-16");
    run.accepts(1, "deposit.received", receipt("d-2", "R-2", 5_000_000, "2026-04-16"));
    run.at("2026-05-01");
    run.accepts(1, "deposit.bank_entered", bank("pooled_interest", "I-1", 1_000, "2026-05-01"));
    let payload = allocation(&run, "2026-05-01");
    run.accepts(1, "deposit.interest_allocated", payload);
    run
}

/// 60,000 yuan of 100,000, and interest that was allocated to it; and makes principal of it.
pub(super) fn capitalised(is_done: bool) -> Run {
    let mut run = Run::on("2026-03-20");
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    run.accepts(1, "deposit.announced", notice("d-1"));
    run.at("2026-04-01");
    run.accepts(1, "deposit.received", receipt("d-1", "R-1", 6_000_000, "2026-04-01"));
    run.at("2026-05-01");
    run.accepts(1, "deposit.bank_entered", bank("pooled_interest", "I-1", 900, "2026-05-01"));
    let payload = allocation(&run, "2026-05-01");
    run.accepts(1, "deposit.interest_allocated", payload);
    if is_done {
        run.accepts(1, "deposit.interest_capitalised", json!({"deposit": "d-1", "amount": yuan(900)}));
    }
    run
}

fn accounts(run: &Run) -> Vec<(BookAccount, i64)> {
    let all = run.book().book.accounts().filter(|(_, balance)| *balance != 0);
    all.map(|(account, balance)| (account.clone(), balance)).collect()
}

/// Of a wrong amount, or to a wrong account: it is approved as it should have been, under the same id.
#[test]
fn an_approval_is_taken_back_until_the_bank_is_told() {
    for edition in BOTH {
        let mut run = late().under(edition);
        run.accepts(1, "deposit.refund_approved", approval("r-2", 1_000_000, "2026-05-11", 0, 0));
        let (voucher, entry) = (run.book().book.vouchers(), run.index);
        if edition == "2027-07" {
            run.refuses(2, "deposit.entry_reversed", of_entry(entry), "unknown-reference");
            continue;
        }
        run.refuses(1, "deposit.entry_reversed", of_entry(entry), "same-signer");
        // The first one is counted up to where the second begins.
        let refused = run.refuses(2, "deposit.entry_reversed", of_entry(entry - 1), "entry-in-use");
        assert!(refused.detail.zh.contains("r-2") && refused.detail.en.contains("r-2"), "{refused}");
        assert!(refused.citation.is_some());
        run.accepts(2, "deposit.entry_reversed", of_entry(entry));
        assert_eq!(run.vouchers.last().unwrap().reverses.unwrap().voucher, voucher);
        run.refuses(2, "deposit.entry_reversed", of_entry(entry), "unknown-reference");
        run.refuses(2, "deposit.refund_instructed", instructed("r-2"), "unknown-reference");
        run.accepts(2, "deposit.entry_reversed", of_entry(entry - 1));
        let of = run.deposit("d-1");
        assert_eq!((of.refunds.len(), of.counted_to, of.carry, of.charged_to), (0, None, 0, None));
        assert_eq!((run.book().overdue.len(), of.overdue.is_some()), (1, true));
        assert_eq!(
            (run.standing(Heading::Available, "d-1"), run.standing(Heading::RefundPayable, "d-1")),
            (10_000_000, 0)
        );
        // All of it, as it should have been, with all its interest.
        let payload = approves(&run, "r-1", 10_000_000, "2026-05-11");
        assert_eq!(payload["interest_minor"], 555);
        run.accepts(1, "deposit.refund_approved", payload);
        let entry = run.index;
        run.accepts(2, "deposit.refund_instructed", instructed("r-1"));
        let refused = run.refuses(2, "deposit.entry_reversed", of_entry(entry), "entry-stands");
        assert!(refused.detail.zh.contains("已付款"), "{refused}");
        // It has come back: the instruction stands all the same.
        let bounced = json!({
            "deposit": "d-1", "refund": "r-1", "outcome": "bounced", "reference": "B-1", "value_date": "2026-05-11",
        });
        run.accepts(1, "deposit.refund_settled", bounced);
        run.refuses(2, "deposit.entry_reversed", of_entry(entry), "entry-stands");
        // But what was approved again for a later day was not told to the bank.
        run.at("2026-05-12");
        let again = reapproves(&run, "r-1", "2026-05-14");
        run.accepts(1, "deposit.refund_approved", again);
        let renewed = run.index;
        run.accepts(2, "deposit.entry_reversed", of_entry(renewed));
        let of = run.deposit("d-1").refunds.values().next().unwrap();
        assert_eq!((of.phase, of.interest_minor, of.settled_by.as_deref()), (RefundPhase::Approved, 555, Some("B-1")));
        run.accepts(2, "deposit.entry_reversed", of_line("B-1"));
    }
}

/// Everything that rests on an approval is named, and gone it is taken back.
#[test]
fn what_rests_on_an_approval_goes_first() {
    // Divided.
    let mut run = late();
    let (approved, before) = (run.index, accounts(&late()));
    run.divides_payer();
    run.accepts(1, "deposit.divided", super::division::division("d-1", "d-2", 1_000_000));
    let refused = run.refuses(2, "deposit.entry_reversed", of_entry(approved), "entry-in-use");
    assert!(refused.detail.en.contains("d-2"), "{refused}");
    let back = json!({"deposit": "d-1", "part": "d-2", "reason": "误", "document": paper()});
    run.accepts(2, "deposit.division_reversed", back);
    assert_eq!(accounts(&run), before);
    run.accepts(2, "deposit.entry_reversed", of_entry(approved));
    assert_eq!(run.deposit("d-1").counted_to, None);
    // Set aside, with the refund.
    let mut run = late();
    let noticed = json!({"deposit": "d-1", "published": "2026-05-11", "document": paper()});
    run.accepts(1, "deposit.unclaimed_noticed", noticed);
    run.at("2026-07-11");
    run.accepts(2, "deposit.unclaimed_set_aside", json!({"deposit": "d-1"}));
    let aside = run.index;
    let refused = run.refuses(2, "deposit.entry_reversed", of_entry(approved), "entry-in-use");
    assert!(refused.detail.zh.contains(&aside.to_string()), "{refused}");
    run.accepts(1, "deposit.entry_reversed", of_entry(aside));
    run.accepts(2, "deposit.entry_reversed", of_entry(approved));
    assert_eq!(run.standing(Heading::Available, "d-1"), 10_000_000);
    // The bank's interest has settled what it owed.
    let mut run = late();
    run.accepts(1, "deposit.bank_entered", bank("pooled_interest", "I-1", 1_000, "2026-05-11"));
    let refused = run.refuses(2, "deposit.entry_reversed", of_entry(approved), "entry-in-use");
    assert!(refused.detail.zh.contains("I-1") && refused.detail.en.contains("I-1"), "{refused}");
    let wrong = json!({"reference": "I-1", "reason": "误", "document": paper()});
    run.accepts(2, "deposit.entry_reversed", wrong);
    run.accepts(2, "deposit.entry_reversed", of_entry(approved));
    run.accepts(1, "deposit.bank_entered", bank("pooled_interest", "I-1", 1_000, "2026-05-11"));
    assert_eq!(run.standing(Heading::InterestToAllocate, "icbc"), 1_000);
    // And was shared, after which the whole deposit is counted.
    let mut run = late();
    run.accepts(1, "deposit.bank_entered", bank("pooled_interest", "I-1", 1_000, "2026-05-11"));
    run.at("2026-05-20");
    let payload = allocation(&run, "2026-05-20");
    run.accepts(1, "deposit.interest_allocated", payload);
    let shared = run.index;
    let refused = run.refuses(2, "deposit.entry_reversed", of_entry(approved), "entry-in-use");
    assert!(refused.detail.zh.contains(&shared.to_string()), "{refused}");
    run.accepts(2, "deposit.entry_reversed", of_allocation(shared));
    run.refuses(2, "deposit.entry_reversed", of_entry(approved), "entry-in-use");
}

#[test]
fn an_allocation_is_taken_back_while_nobody_has_used_it() {
    for edition in BOTH {
        let mut run = allocated().under(edition);
        let (shared, voucher) = (run.index, run.book().book.vouchers());
        let silent = if edition == "2027-07" { "law-silent" } else { "unknown-reference" };
        run.refuses(2, "deposit.entry_reversed", of_allocation(shared - 1), silent);
        if edition == "2027-07" {
            run.refuses(2, "deposit.entry_reversed", of_allocation(shared), "law-silent");
            continue;
        }
        run.refuses(1, "deposit.entry_reversed", of_allocation(shared), "same-signer");
        let unnamed = json!({"entry": shared, "reason": "误", "document": paper()});
        run.refuses(2, "deposit.entry_reversed", unnamed, "unknown-reference");
        run.accepts(1, "deposit.interest_capitalised", json!({"deposit": "d-2", "amount": yuan(200)}));
        let capital = run.index;
        let refused = run.refuses(2, "deposit.entry_reversed", of_allocation(shared), "entry-in-use");
        assert!(refused.detail.zh.contains("d-2") && refused.detail.zh.contains(&capital.to_string()), "{refused}");
        assert!(!refused.detail.zh.contains("d-1"), "{refused}");
        let mut of_capital = of_entry(capital);
        of_capital["deposit"] = "d-2".into();
        run.accepts(2, "deposit.entry_reversed", of_capital);
        // And once more, for what has come since.
        run.tick("2026-05-20");
        run.accepts(1, "deposit.bank_entered", bank("pooled_interest", "I-2", 500, "2026-05-20"));
        let payload = allocation(&run, "2026-05-20");
        run.accepts(1, "deposit.interest_allocated", payload);
        let again = run.index;
        let refused = run.refuses(2, "deposit.entry_reversed", of_allocation(shared), "entry-in-use");
        assert!(refused.detail.en.contains(&again.to_string()), "{refused}");
        run.accepts(2, "deposit.entry_reversed", of_allocation(again));
        run.accepts(2, "deposit.entry_reversed", of_allocation(shared));
        assert_eq!(run.vouchers.last().unwrap().reverses.unwrap().voucher, voucher);
        assert_eq!(run.standing(Heading::InterestToAllocate, "icbc"), 1_500);
        let pool = &run.book().pools[&("icbc".parse().unwrap(), Currency::CNY)];
        assert_eq!((pool.received_minor, pool.allocated_minor, pool.up_to), (1_500, 0, None));
        for id in ["d-1", "d-2"] {
            let of = run.deposit(id);
            assert_eq!((of.counted_to, of.allocated_minor, run.standing(Heading::InterestPayable, id)), (None, 0, 0));
        }
        // All days from the first one count again: 490 of 10 and 170 of 5 millions.
        let table = run.book().allocation(&"icbc".parse().unwrap(), Currency::CNY, "2026-05-20".parse().unwrap());
        let products: Vec<_> = table.0.iter().map(|share| share.product).collect();
        assert_eq!(products, [490_000_000, 170_000_000]);
    }
}

/// What was missing is missing again, and is late as it was; what came in to cover it goes first.
#[test]
fn a_capitalisation_is_taken_back_while_its_money_is_there() {
    let mut run = capitalised(true);
    let capital = run.index;
    assert_eq!((run.standing(Heading::Available, "d-1"), run.standing(Heading::Excess, "d-1")), (6_000_900, 0));
    let more = receipt("d-1", "R-2", 4_000_000, "2026-05-01");
    names_what_came(|run| run.accepts(1, "deposit.received", more.clone()), "R-2");
    let hold = json!({"deposit": "d-1", "id": "k", "amount": yuan(6_000_500), "reason": "查", "until": "2026-09-01"});
    names_what_came(|run| run.accepts(1, "deposit.held", hold.clone()), "冻结");
    run.refuses(1, "deposit.entry_reversed", of_entry(capital), "same-signer");
    run.accepts(2, "deposit.entry_reversed", of_entry(capital));
    let of = run.deposit("d-1");
    assert_eq!((of.allocated_minor, of.capitalised_minor), (900, 0));
    assert_eq!(
        (run.standing(Heading::Available, "d-1"), run.standing(Heading::InterestPayable, "d-1")),
        (6_000_000, 900)
    );
}

/// That something which came since is named.
fn names_what_came(then: impl Fn(&mut Run), named: &str) {
    let mut run = capitalised(true);
    let entry = run.index;
    then(&mut run);
    let refused = run.refuses(2, "deposit.entry_reversed", of_entry(entry), "entry-in-use");
    assert!(refused.detail.zh.contains(named), "{refused}");
}

/// What was missing, demanded and covered by it alone is demanded as it was.
#[test]
fn what_interest_covered_is_missing_again_for_as_long_as_it_was() {
    let mut run = Run::on("2026-03-20");
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    run.accepts(1, "deposit.announced", notice("d-1"));
    run.accepts(1, "deposit.guarantee_lodged", super::custody::lodged("g-1", 10_000_000));
    run.accepts(2, "deposit.guarantee_verified", super::custody::verified("g-1"));
    run.accepts(1, "deposit.received", receipt("d-1", "R-1", 9_999_500, "2026-03-20"));
    let due = run.tick("2026-08-03");
    assert!(due.contains(&"deposit.topup_demanded"), "{due:?}");
    let assessed =
        json!({"deposit": "d-1", "base": yuan(500_000_000), "required": yuan(10_000_000), "rule": "DP-ASSESSMENT"});
    run.accepts(1, "deposit.assessed", assessed);
    assert_eq!(run.deposit("d-1").missing_minor(run.book()), 500);
    let (demanded, was_due) = (run.deposit("d-1").topup, run.deposit("d-1").topup_running().is_some());
    run.accepts(1, "deposit.bank_entered", bank("pooled_interest", "I-1", 900, "2026-08-03"));
    let payload = allocation(&run, "2026-08-03");
    run.accepts(1, "deposit.interest_allocated", payload);
    run.accepts(1, "deposit.interest_capitalised", json!({"deposit": "d-1", "amount": yuan(900)}));
    let capital = run.index;
    assert_eq!((run.deposit("d-1").topup, run.standing(Heading::Excess, "d-1")), (None, 400));
    run.accepts(2, "deposit.entry_reversed", of_entry(capital));
    assert_eq!((run.deposit("d-1").topup, was_due), (demanded, true));
    assert_eq!(run.tick("2026-08-28"), ["deposit.topup_overdue"]);
    // Once its refund is due nothing is asked, and it is taken back all the same.
    run.accepts(1, "deposit.interest_capitalised", json!({"deposit": "d-1", "amount": yuan(900)}));
    let capital = run.index;
    let start = json!({"deposit": "d-1", "event": "contract", "day": "2026-08-28", "document": paper()});
    run.accepts(1, "deposit.refund_due", start);
    run.accepts(2, "deposit.entry_reversed", of_entry(capital));
    assert_eq!((run.standing(Heading::Available, "d-1"), run.deposit("d-1").topup), (9_999_500, None));
}

impl Run {
    fn forfeiture_of(&self, id: &str) -> ForfeiturePhase {
        self.deposit("d-1").forfeitures[&id.parse::<ItemId>().unwrap()].phase
    }
}

/// What was said to be remitted was not, and is annulled: nothing is to come back from the treasury, and the payer has it all the same.
#[test]
fn a_remittance_of_what_was_annulled_since_is_taken_back() {
    let mut run = annulled().under("2027-07");
    run.refuses(2, "deposit.entry_reversed", of_line("T-1"), "state-forbids");
    let mut run = annulled();
    let of_treasury = |run: &Run| run.book().book.standing(&Heading::TreasuryRecoverable.alone(Currency::CNY));
    run.accepts(1, "deposit.forfeiture_recovered", paid("T-2", "2026-06-01"));
    let refused = run.refuses(2, "deposit.entry_reversed", of_line("T-1"), "entry-in-use");
    assert!(refused.detail.zh.contains("T-2") && refused.detail.en.contains("T-2"), "{refused}");
    run.accepts(2, "deposit.entry_reversed", of_line("T-2"));
    let clock = run.deposit("d-1").clock;
    run.refuses(1, "deposit.entry_reversed", of_line("T-1"), "same-signer");
    run.accepts(2, "deposit.entry_reversed", of_line("T-1"));
    assert_eq!((run.forfeiture_of("f-1"), of_treasury(&run)), (ForfeiturePhase::Overturned, 0));
    assert_eq!(
        (run.standing(Heading::CustodyBank, "icbc"), run.standing(Heading::Available, "d-1")),
        (10_000_000, 10_000_000)
    );
    assert_eq!(run.deposit("d-1").clock, clock);
    run.refuses(2, "deposit.entry_reversed", of_line("T-1"), "unknown-reference");
    run.refuses(1, "deposit.forfeiture_recovered", paid("T-2", "2026-06-01"), "state-forbids");
    // The bank's line is nobody's again, and ties as what it is.
    run.at("2026-07-01");
    let lines = vec![line("2026-04-01", 10_000_000, "R-1"), line("2026-04-20", -10_000_000, "T-1")];
    let record = run.reconciles(&statement(0, "2026-06-30", lines));
    assert_eq!((record.lines, record.matched, record.open, record.unexplained_minor), (2, 1, 1, 0));
}

/// Where the payee keeps what is forfeited, it owes it of its own once it is annulled: unless it never went out.
#[test]
fn a_remittance_to_the_payee_that_was_annulled_gives_its_own_funds_back() {
    let mut run = Run::secured("bid-tendering");
    run.forfeits(4_000_000);
    run.tick("2026-04-20");
    run.accepts(1, "deposit.forfeiture_remitted", paid("T-1", "2026-04-20"));
    run.at("2026-06-01");
    let annulled = json!({"deposit": "d-1", "forfeiture": "f-1", "reasons": "判决撤销", "document": paper()});
    run.posts(&author(SUPERVISOR, Role::Supervisor), 6, "deposit.forfeiture_annulled", &annulled).unwrap();
    assert_eq!(run.book().own_minor(Currency::CNY), -4_000_000);
    assert!(run.book().own_costs.contains_key(&Currency::CNY));
    run.accepts(2, "deposit.entry_reversed", of_line("T-1"));
    assert_eq!((run.book().own_minor(Currency::CNY), run.book().own_costs.len()), (0, 0));
    assert_eq!(
        (run.standing(Heading::CustodyBank, "icbc"), run.standing(Heading::Available, "d-1")),
        (10_000_000, 10_000_000)
    );
    assert_eq!(run.book().free_own_minor(&"icbc".parse().unwrap(), Currency::CNY), 0);
}
