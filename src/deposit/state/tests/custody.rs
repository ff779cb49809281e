//! What else moves on a custody account: strangers' money, interest, charges, differences, and what issuers and the treasury pay.

use super::*;
use crate::deposit::{ForfeiturePhase, GuaranteePhase, UnallocatedFate};

pub(super) fn bank(nature: &str, reference: &str, fen: i64, day: &str) -> Value {
    json!({"bank": "icbc", "nature": nature, "reference": reference, "amount": yuan(fen), "value_date": day})
}

fn alone(run: &Run, heading: Heading) -> i64 {
    run.book().book.standing(&heading.alone(Currency::CNY))
}

pub(super) fn lodged(id: &str, fen: i64) -> Value {
    json!({
        "deposit": "d-1", "id": id, "form": "bank_guarantee", "issuer": {"name": "某银行"}, "number": id,
        "issuer_kind": "bank", "licence": "B0001H141010001", "amount": yuan(fen), "valid_from": "2026-03-20",
        "valid_to": "2026-07-31", "claim_by": "2026-08-31", "document": paper(),
    })
}

pub(super) fn verified(id: &str) -> Value {
    json!({"deposit": "d-1", "guarantee": id, "outcome": "genuine", "statement": "电话查验", "evidence": paper()})
}

fn announced() -> Run {
    let mut run = Run::on("2026-03-20");
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    run.accepts(1, "deposit.announced", notice("d-1"));
    run
}

/// Event 4: claimed on evidence by another person, or sent back.
#[test]
fn money_of_nobody_is_claimed_or_goes_back() {
    let mut run = announced();
    run.at("2026-04-01");
    let stray = |reference: &str, fen: i64| {
        json!({
            "bank": "icbc", "reference": reference, "amount": yuan(fen), "value_date": "2026-04-01", "account": sealed(),
        })
    };
    run.accepts(1, "deposit.unallocated_received", stray("S-1", 9_000_000));
    run.accepts(1, "deposit.unallocated_received", stray("S-2", 500));
    run.refuses(1, "deposit.unallocated_received", stray("S-2", 500), "duplicate");
    assert_eq!(alone(&run, Heading::Unallocated), 9_000_500);
    let claim = json!({"deposit": "d-1", "reference": "S-1", "account_kind": "basic", "document": paper()});
    run.refuses(1, "deposit.unallocated_claimed", claim.clone(), "same-signer");
    run.accepts(2, "deposit.unallocated_claimed", claim.clone());
    run.refuses(2, "deposit.unallocated_claimed", claim.clone(), "state-forbids");
    assert_eq!((run.standing(Heading::Available, "d-1"), alone(&run, Heading::Unallocated)), (9_000_000, 500));
    // It was another's after all: it waits again, and is claimed again.
    let wrong = json!({"deposit": "d-1", "reference": "S-1", "reason": "认领有误", "document": paper()});
    run.accepts(1, "deposit.receipt_reversed", wrong.clone());
    assert_eq!((run.standing(Heading::Available, "d-1"), alone(&run, Heading::Unallocated)), (0, 9_000_500));
    run.refuses(1, "deposit.receipt_reversed", wrong, "state-forbids");
    run.accepts(2, "deposit.unallocated_claimed", claim);
    let back = |reference: &str| json!({"receipt": "S-2", "reference": reference, "value_date": "2026-04-01", "reason": "来款有误"});
    run.refuses(1, "deposit.unallocated_returned", back("S-3"), "same-signer");
    run.refuses(2, "deposit.unallocated_returned", back("S-1"), "duplicate");
    run.accepts(2, "deposit.unallocated_returned", back("S-3"));
    assert_eq!(run.book().unallocated["S-2"].fate, UnallocatedFate::Returned);
    assert_eq!((run.standing(Heading::CustodyBank, "icbc"), alone(&run, Heading::Unallocated)), (9_000_000, 0));
}

/// Events 16 to 19. Three deposits, 90 days to 30 June by the bank's count; the bank pays 100 fen.
#[test]
fn bank_interest_is_shared_by_daily_products_to_the_fen() {
    let mut run = announced();
    for id in ["d-2", "d-3"] {
        run.accepts(1, "deposit.announced", notice(id));
    }
    for (id, fen, day) in
        [("d-1", 10_000_000, "2026-04-01"), ("d-2", 10_000_000, "2026-05-01"), ("d-3", 5_000_000, "2026-05-01")]
    {
        run.at(day);
        run.accepts(1, "deposit.received", receipt(id, &format!("R-{id}"), fen, day));
    }
    run.at("2026-06-30");
    run.accepts(1, "deposit.bank_entered", bank("pooled_interest", "I-1", 100, "2026-06-30"));
    assert_eq!(run.standing(Heading::InterestToAllocate, "icbc"), 100);
    // Days to 30 June: 90 of 10, 60 of 10 and 60 of 5 millions: 900, 600 and 300 of 1,800: 50, 33.3 and 16.7 fen.
    let table = run.book().allocation(&"icbc".parse().unwrap(), Currency::CNY, "2026-06-30".parse().unwrap());
    let shares: Vec<_> = table.0.iter().map(|share| (share.product, share.share_minor)).collect();
    assert_eq!(shares, [(900_000_000, 50), (600_000_000, 33), (300_000_000, 17)]);
    let allocation =
        |fen: i64, day: &str, table: &str| json!({"bank": "icbc", "amount": yuan(fen), "up_to": day, "table": table});
    let hash = table.digest().to_string();
    assert_eq!(hash, Hash::of("d-1\t900000000\t50\nd-2\t600000000\t33\nd-3\t300000000\t17\n").to_string());
    run.refuses(1, "deposit.interest_allocated", allocation(99, "2026-06-30", &hash), "inconsistent");
    run.refuses(1, "deposit.interest_allocated", allocation(100, "2026-06-29", &hash), "inconsistent");
    run.accepts(1, "deposit.interest_allocated", allocation(100, "2026-06-30", &hash));
    run.refuses(1, "deposit.interest_allocated", allocation(100, "2026-06-30", &hash), "dates-out-of-order");
    assert_eq!(run.standing(Heading::InterestToAllocate, "icbc"), 0);
    // One is capitalised: it is more than is asked, and bears interest.
    let capital = |fen: i64| json!({"deposit": "d-2", "amount": yuan(fen)});
    run.refuses(1, "deposit.interest_capitalised", capital(32), "inconsistent");
    run.accepts(1, "deposit.interest_capitalised", capital(33));
    assert_eq!((run.standing(Heading::InterestPayable, "d-2"), run.standing(Heading::Excess, "d-2")), (0, 33));
    // The other is paid with its principal: what was allocated, and by the rate from then on. 10,000,000 · 36 · 500 = 500 · 360,000,000.
    run.at("2026-08-05");
    run.accepts(
        1,
        "deposit.refund_due",
        json!({"deposit": "d-1", "event": "contract", "day": "2026-08-05", "document": paper()}),
    );
    run.refuses(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-08-05", 500, 0), "inconsistent");
    run.accepts(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-08-05", 550, 0));
    assert_eq!(run.standing(Heading::RefundPayable, "d-1"), 10_000_550);
    assert_eq!(run.standing(Heading::InterestReceivable, "icbc"), 500);
    // The next payment of the bank settles that first, and only the rest is shared.
    run.at("2026-09-30");
    run.accepts(1, "deposit.bank_entered", bank("pooled_interest", "I-2", 620, "2026-09-30"));
    assert_eq!(run.standing(Heading::InterestReceivable, "icbc"), 0);
    assert_eq!(run.standing(Heading::InterestToAllocate, "icbc"), 120);
}

/// Interest on what is held is owed by itself, where a hold stops the clock: what was late is late again, and what nobody waited for is
/// waited for.
#[test]
fn interest_on_what_is_held_goes_back_in_time_too() {
    let held_from = |held: &str| {
        let mut run = Run::secured("bid-tendering").under("2027-03");
        run.at("2026-04-27");
        let clock = json!({"deposit": "d-1", "event": "contract", "day": "2026-04-27", "document": paper()});
        run.accepts(1, "deposit.refund_due", clock);
        let told = run.tick(held);
        let hold =
            json!({"deposit": "d-1", "id": "k", "amount": yuan(10_000_000), "reason": "查", "until": "2026-09-01"});
        run.accepts(1, "deposit.held", hold);
        assert!(run.book().overdue.is_empty());
        run.accepts(1, "deposit.bank_entered", bank("pooled_interest", "I-1", 100, held));
        let table = run.book().allocation(&"icbc".parse().unwrap(), Currency::CNY, held.parse().unwrap());
        let all = json!({"bank": "icbc", "amount": yuan(100), "up_to": held, "table": table.digest().to_string()});
        run.accepts(1, "deposit.interest_allocated", all);
        (run, told)
    };
    let (late, told) = held_from("2026-05-08");
    assert_eq!((told, late.book().overdue.len()), (vec!["deposit.refund_overdue"], 1));
    let (mut early, told) = held_from("2026-04-28");
    assert_eq!((told, early.tick("2026-05-06"), early.book().overdue.len()), (vec![], vec![], 0));
    assert_eq!((early.tick("2026-05-07"), early.book().overdue.len()), (vec!["deposit.refund_overdue"], 1));
}

/// Event 23: a charge is entered as the bank took it; its replacement has a time, and the service says when that is over.
#[test]
fn a_charge_is_replaced_in_time_or_told() {
    let mut run = Run::secured("bid-tendering");
    run.accepts(1, "deposit.bank_entered", bank("charge", "C-1", 30, "2026-04-01"));
    assert_eq!(run.standing(Heading::CustodyBank, "icbc"), 9_999_970);
    // Working days from Wednesday, 1 April: 2, 3, 7 (behind 清明节), 8, 9.
    assert_eq!(run.tick("2026-04-09"), [""; 0]);
    assert_eq!(run.tick("2026-04-10"), ["deposit.own_costs_overdue"]);
    assert!(run.book().own_costs[&Currency::CNY].overdue.is_some());
    run.accepts(1, "deposit.bank_entered", bank("own_funds", "O-1", 30, "2026-04-10"));
    assert!(run.book().own_costs.is_empty());
    assert_eq!(run.standing(Heading::CustodyBank, "icbc"), 10_000_000);
    // Where own funds are there already no clock runs.
    run.accepts(1, "deposit.bank_entered", bank("own_funds", "O-2", 30, "2026-04-10"));
    run.accepts(1, "deposit.bank_entered", bank("charge", "C-2", 30, "2026-04-10"));
    assert_eq!(run.tick("2026-06-10"), [""; 0]);
}

/// An edition that has no time for that lets no charge be paid out of deposits.
#[test]
fn under_the_edition_before_own_funds_come_first() {
    let mut run = Run::secured("bid-tendering");
    run.adopted.edition = std::sync::Arc::clone(&crate::law::Editions::shipped()[1]);
    run.refuses(1, "deposit.bank_entered", bank("charge", "C-1", 30, "2026-04-01"), "balance-insufficient");
}

/// Event 28.
#[test]
fn a_difference_is_opened_and_cleared_by_another() {
    let mut run = Run::secured("bid-tendering");
    let opened = |id: &str, side: &str| {
        json!({
            "id": id, "bank": "icbc", "side": side, "amount": yuan(70), "value_date": "2026-04-01", "statement": "对账不符",
        })
    };
    run.accepts(1, "deposit.difference_opened", opened("x-1", "short"));
    run.refuses(1, "deposit.difference_opened", opened("x-1", "over"), "duplicate");
    run.accepts(1, "deposit.difference_opened", opened("x-2", "over"));
    assert_eq!(alone(&run, Heading::Difference), 0);
    let cleared = json!({"difference": "x-1", "explanation": "银行更正", "document": paper()});
    run.refuses(1, "deposit.difference_cleared", cleared.clone(), "same-signer");
    run.accepts(2, "deposit.difference_cleared", cleared.clone());
    run.refuses(2, "deposit.difference_cleared", cleared, "state-forbids");
    assert_eq!((alone(&run, Heading::Difference), run.standing(Heading::CustodyBank, "icbc")), (-70, 10_000_070));
}

/// Event 6: a guarantee is claimed on a ground, its issuer pays, and the payer appeals as against any forfeiture.
#[test]
fn a_guarantee_that_is_claimed_becomes_money_in_dispute() {
    let mut run = announced();
    run.accepts(1, "deposit.guarantee_lodged", lodged("g-1", 10_000_000));
    let claim = |id: &str, fen: i64, ground: &str| {
        json!({
            "deposit": "d-1", "id": id, "guarantee": "g-1", "amount": yuan(fen), "ground": ground, "reasons": "撤标",
            "document": paper(),
        })
    };
    run.refuses(1, "deposit.guarantee_claimed", claim("f-1", 4_000_000, "bid-withdrawn"), "state-forbids");
    run.accepts(2, "deposit.guarantee_verified", verified("g-1"));
    run.refuses(1, "deposit.guarantee_claimed", claim("f-1", 4_000_000, "late"), "forfeiture-without-ground");
    run.refuses(1, "deposit.guarantee_claimed", claim("f-1", 10_000_001, "bid-withdrawn"), "amount-out-of-range");
    run.accepts(1, "deposit.guarantee_claimed", claim("f-1", 4_000_000, "bid-withdrawn"));
    run.refuses(1, "deposit.guarantee_claimed", claim("f-2", 6_000_001, "bid-withdrawn"), "amount-out-of-range");
    run.refuses(
        1,
        "deposit.guarantee_released",
        json!({"deposit": "d-1", "guarantee": "g-1", "reason": "退"}),
        "state-forbids",
    );
    let paid = json!({"deposit": "d-1", "forfeiture": "f-1", "reference": "P-1", "value_date": "2026-03-20"});
    run.refuses(1, "deposit.guarantee_paid", paid.clone(), "same-signer");
    run.accepts(2, "deposit.guarantee_paid", paid);
    assert_eq!(run.standing(Heading::GuaranteeCover, "g-1"), 6_000_000);
    assert_eq!(run.standing(Heading::ForfeitedPending, "d-1"), 4_000_000);
    let appealed = json!({"deposit": "d-1", "forfeiture": "f-1", "grounds": "不服"});
    run.posts(&payer(), 5, "deposit.forfeiture_appealed", &appealed).unwrap();
    let ruled = json!({"deposit": "d-1", "forfeiture": "f-1", "outcome": "overturned", "reasons": "理由"});
    run.posts(&author(SUPERVISOR, Role::Supervisor), 6, "deposit.forfeiture_ruled", &ruled).unwrap();
    assert_eq!(run.standing(Heading::Available, "d-1"), 4_000_000);
    // The rest of it: nothing is left to cover.
    run.accepts(1, "deposit.guarantee_claimed", claim("f-2", 6_000_000, "bid-withdrawn"));
    run.accepts(
        2,
        "deposit.guarantee_paid",
        json!({"deposit": "d-1", "forfeiture": "f-2", "reference": "P-2", "value_date": "2026-03-20"}),
    );
    assert_eq!(run.deposit("d-1").guarantees.values().next().unwrap().phase, GuaranteePhase::Claimed);
    run.accepts(1, "deposit.guarantee_lodged", lodged("g-2", 10));
    run.at("2026-09-01");
    run.tick("2026-09-01");
    let late = json!({
        "deposit": "d-1", "id": "f-3", "guarantee": "g-2", "amount": yuan(10), "ground": "bid-withdrawn", "reasons": "撤标",
        "document": paper(),
    });
    run.refuses(1, "deposit.guarantee_claimed", late, "window-closed");
}

/// Event 13: what was final and paid out is taken back, comes back, and goes back, with a clock of its own.
#[test]
fn what_was_final_is_annulled_and_the_treasury_pays_back() {
    let mut run = Run::secured("bid-procurement");
    run.forfeits(10_000_000);
    let day = "2026-04-20";
    assert!(run.tick(day).contains(&"deposit.forfeiture_final"));
    run.accepts(
        1,
        "deposit.forfeiture_remitted",
        json!({"deposit": "d-1", "forfeiture": "f-1", "reference": "T-1", "value_date": day}),
    );
    run.accepts(1, "deposit.refund_due", json!({"deposit": "d-1", "event": "award", "day": day, "document": paper()}));
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::Closed);
    run.at("2026-06-01");
    let annulled = json!({"deposit": "d-1", "forfeiture": "f-1", "reasons": "判决撤销", "document": paper()});
    run.refuses(1, "deposit.forfeiture_annulled", annulled.clone(), "role-not-entitled");
    run.posts(&author(SUPERVISOR, Role::Supervisor), 6, "deposit.forfeiture_annulled", &annulled).unwrap();
    assert_eq!(alone(&run, Heading::TreasuryRecoverable), 10_000_000);
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::RefundDue);
    // Five working days from Monday, 1 June, not from the award in April.
    assert_eq!(run.tick("2026-06-08"), [""; 0]);
    assert_eq!(run.tick("2026-06-09"), ["deposit.refund_overdue"]);
    run.accepts(
        1,
        "deposit.forfeiture_recovered",
        json!({"deposit": "d-1", "forfeiture": "f-1", "reference": "T-2", "value_date": "2026-06-09"}),
    );
    assert_eq!(
        (alone(&run, Heading::TreasuryRecoverable), run.standing(Heading::CustodyBank, "icbc")),
        (0, 10_000_000)
    );
    assert_eq!(run.deposit("d-1").forfeitures.values().next().unwrap().phase, ForfeiturePhase::Overturned);
}

/// Where the payee had it, it owes it of its own, within the time of own costs.
#[test]
fn what_the_payee_took_it_owes_of_its_own() {
    let mut run = Run::secured("bid-tendering");
    run.forfeits(600);
    run.tick("2026-04-20");
    run.accepts(
        1,
        "deposit.forfeiture_remitted",
        json!({"deposit": "d-1", "forfeiture": "f-1", "reference": "T-1", "value_date": "2026-04-20"}),
    );
    let annulled = json!({"deposit": "d-1", "forfeiture": "f-1", "reasons": "判决撤销", "document": paper()});
    run.posts(&author(SUPERVISOR, Role::Supervisor), 6, "deposit.forfeiture_annulled", &annulled).unwrap();
    assert_eq!(
        (run.standing(Heading::Available, "d-1"), run.standing(Heading::CustodyBank, "icbc")),
        (10_000_000, 9_999_400)
    );
    assert!(run.book().own_costs.contains_key(&Currency::CNY));
    run.accepts(1, "deposit.bank_entered", bank("own_funds", "O-1", 600, "2026-04-20"));
    assert!(run.book().own_costs.is_empty());
}

/// Event 26: the deposit is never short between.
#[test]
fn money_and_a_guarantee_change_places() {
    let mut run = Run::secured("bid-tendering");
    run.accepts(1, "deposit.guarantee_lodged", lodged("g-1", 8_000_000));
    let swap = |direction: &str| json!({"deposit": "d-1", "guarantee": "g-1", "direction": direction, "statement": "已查验", "evidence": paper()});
    run.refuses(1, "deposit.swapped", swap("to_guarantee"), "same-signer");
    run.refuses(2, "deposit.swapped", swap("to_money"), "state-forbids");
    run.accepts(2, "deposit.swapped", swap("to_guarantee"));
    assert_eq!((run.standing(Heading::Available, "d-1"), run.standing(Heading::Excess, "d-1")), (2_000_000, 8_000_000));
    assert_eq!(run.deposit("d-1").shortfall_minor(&run.book().book), 0);
    run.accepts(2, "deposit.swapped", swap("to_money"));
    assert_eq!(
        (run.standing(Heading::Available, "d-1"), run.standing(Heading::GuaranteeCover, "g-1")),
        (10_000_000, 0)
    );
    // Once the money is gone, the guarantee can't go.
    run.accepts(1, "deposit.guarantee_lodged", lodged("g-2", 8_000_000));
    let swap = |direction: &str| json!({"deposit": "d-1", "guarantee": "g-2", "direction": direction, "statement": "已查验", "evidence": paper()});
    run.accepts(2, "deposit.swapped", swap("to_guarantee"));
    run.accepts(1, "deposit.refund_approved", approval("r-1", 8_000_000, "2026-04-01", 0, 0));
    run.refuses(2, "deposit.swapped", swap("to_money"), "balance-insufficient");
}
