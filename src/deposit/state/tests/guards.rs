//! What keeps a book from saying what did not happen, and a payee from asking or keeping what it may not: under the edition that has
//! these rules, and not under those before it, whose logs stay as they are.

use super::custody::{lodged, verified};
use super::*;
use crate::deposit::SecuredLot;

/// Editions before and with the guards.
const BOTH: [&str; 2] = ["2027-03", "2027-04"];

impl Run {
    fn starts_clock(&mut self, event: &str, day: &str) {
        self.accepts(
            1,
            "deposit.refund_due",
            json!({"deposit": "d-1", "event": event, "day": day, "document": paper()}),
        );
    }
}

fn hold(id: &str, until: &str) -> Value {
    json!({"deposit": "d-1", "id": id, "amount": yuan(10_000_000), "reason": "另有安排", "until": until})
}

fn instruction(refund: &str) -> Value {
    json!({"deposit": "d-1", "refund": refund})
}

fn settled(reference: &str, outcome: &str, day: &str) -> Value {
    json!({"deposit": "d-1", "refund": "r-1", "outcome": outcome, "reference": reference, "value_date": day})
}

/// The clock ends on 6 May, whoever holds what.
#[test]
fn a_hold_stops_no_clock() {
    for held_first in [true, false] {
        for (edition, is_late) in BOTH.into_iter().zip([false, true]) {
            let mut run = Run::secured("bid-tendering").under(edition);
            run.at("2026-04-27");
            if held_first {
                run.accepts(1, "deposit.held", hold("k", "9999-12-31"));
                run.starts_clock("contract", "2026-04-27");
            } else {
                run.starts_clock("contract", "2026-04-27");
                run.accepts(1, "deposit.held", hold("k", "9999-12-31"));
            }
            assert_eq!(run.tick("2034-05-07").contains(&"deposit.refund_overdue"), is_late, "{edition} {held_first}");
            let status = if is_late { DepositStatus::Overdue } else { DepositStatus::RefundDue };
            assert_eq!(run.deposit("d-1").status(&run.book().book), status);
            assert_eq!(run.book().overdue.len(), usize::from(is_late));
        }
    }
}

/// Held after it was late: it stays on the list of those that are.
#[test]
fn what_is_late_stays_late_when_it_is_held() {
    for (edition, stays) in BOTH.into_iter().zip([false, true]) {
        let mut run = Run::secured("bid-tendering").under(edition);
        run.at("2026-04-27");
        run.starts_clock("contract", "2026-04-27");
        assert_eq!(run.tick("2026-05-07"), ["deposit.refund_overdue"]);
        run.accepts(1, "deposit.held", hold("k", "2026-06-30"));
        assert_eq!(run.book().overdue.len(), usize::from(stays), "{edition}");
        assert_eq!(run.tick("2026-07-01"), ["deposit.hold_lapsed"]);
        assert_eq!(run.book().overdue.len(), 1, "{edition}");
    }
}

/// Interest and lateness are counted to the day on which it does go out: approved in time and paid later costs what later costs.
#[test]
fn a_refund_that_did_not_go_out_is_approved_again_with_what_has_come_on_top() {
    let mut run = Run::secured("bid-tendering");
    run.at("2026-04-27");
    run.starts_clock("contract", "2026-04-27");
    run.at("2026-05-11");
    run.refuses(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-05-10", 541, 0), "dates-out-of-order");
    run.refuses(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-05-19", 666, 0), "inconsistent");
    run.accepts(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-05-11", 555, 0));
    // Its day is not over.
    run.refuses(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-05-12", 569, 0), "duplicate");
    run.at("2026-05-21");
    let refusal = run.refuses(2, "deposit.refund_instructed", instruction("r-1"), "state-forbids");
    assert!(refusal.citation.is_some_and(|citation| citation.rule == "DP-PAYMENT-DAYS"));
    // Fifty days of 0.05 %, as if nothing had been approved before: 694.44….
    run.refuses(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-05-21", 555, 0), "inconsistent");
    run.refuses(1, "deposit.refund_approved", approval("r-1", 9_000_000, "2026-05-21", 694, 0), "inconsistent");
    run.accepts(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-05-21", 694, 0));
    assert_eq!(run.standing(Heading::RefundPayable, "d-1"), 10_000_694);
    run.refuses(1, "deposit.refund_instructed", instruction("r-1"), "same-signer");
    run.accepts(2, "deposit.refund_instructed", instruction("r-1"));
    let interest = json!({"bank": "icbc", "nature": "interest", "reference": "I-1", "amount": yuan(833), "value_date": "2026-05-21"});
    run.accepts(1, "deposit.bank_entered", interest);
    run.refuses(1, "deposit.refund_settled", settled("R-2", "confirmed", "2026-05-20"), "dates-out-of-order");
    // It comes back, and goes out ten days later with ten days more.
    run.accepts(1, "deposit.refund_settled", settled("R-2", "bounced", "2026-05-21"));
    run.at("2026-05-31");
    run.refuses(2, "deposit.refund_instructed", instruction("r-1"), "state-forbids");
    run.accepts(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-05-31", 833, 0));
    run.accepts(2, "deposit.refund_instructed", instruction("r-1"));
    run.accepts(1, "deposit.refund_settled", settled("R-3", "confirmed", "2026-05-31"));
    assert!(run.book().book.accounts().all(|(_, balance)| balance == 0));
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::Closed);
}

/// Ten days late when it was approved, twenty when it went out.
#[test]
fn lateness_is_charged_to_the_day_on_which_it_goes_out() {
    let mut run = Run::secured("bid-procurement");
    run.at("2026-10-10");
    run.starts_clock("award", "2026-10-09");
    run.at("2026-10-25");
    run.accepts(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-10-25", 0, 14_301));
    run.at("2026-11-04");
    // 10,000,000 · 20 · 43,500 · 1.2 / 365 / 10^6 = 28,602.73…
    run.refuses(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-11-04", 0, 14_301), "inconsistent");
    run.accepts(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-11-04", 0, 28_602));
    assert_eq!(run.book().book.standing(&Heading::OverdueCost.alone(Currency::CNY)), 28_602);
    run.refuses(2, "deposit.refund_instructed", instruction("r-1"), "balance-insufficient");
}

/// A receipt is entered, has borne interest, is taken back and entered again: whoever waits gets interest once.
#[test]
fn a_reversed_receipt_takes_its_interest_along_and_may_be_entered_again() {
    for (edition, interest) in BOTH.into_iter().zip([1000, 583]) {
        let mut run = Run::secured("bid-tendering").under(edition);
        run.accepts(1, "deposit.received", receipt("d-1", "R-2", 5_000_000, "2026-04-01"));
        run.at("2026-05-01");
        // What is too much may go back at any time: 15,000,000 · 30 · 500 / 360,000,000.
        run.accepts(1, "deposit.refund_approved", approval("r-1", 1_000_000, "2026-05-01", 625, 0));
        let reversal = json!({"deposit": "d-1", "reference": "R-1", "reason": "误记", "document": paper()});
        run.accepts(2, "deposit.receipt_reversed", reversal);
        let again = if edition == "2027-03" {
            run.refuses(1, "deposit.received", receipt("d-1", "R-1", 10_000_000, "2026-04-01"), "duplicate");
            "R-1b"
        } else {
            "R-1"
        };
        run.accepts(1, "deposit.received", receipt("d-1", again, 10_000_000, "2026-04-01"));
        run.refuses(1, "deposit.received", receipt("d-1", again, 10_000_000, "2026-04-01"), "duplicate");
        run.at("2026-05-31");
        // 14,000,000 · 30 · 500 / 360,000,000 = 583.33; before, 10,000,000 for thirty days on top of it once more.
        run.accepts(1, "deposit.refund_approved", approval("r-2", 4_000_000, "2026-05-31", interest, 0));
    }
}

/// Interest was paid on what never came: it is set off against what comes, and nobody is stuck.
#[test]
fn interest_that_was_paid_too_much_is_set_off() {
    let mut run = Run::secured("bid-tendering");
    run.accepts(1, "deposit.received", receipt("d-1", "R-2", 90_000_000, "2026-04-01"));
    run.at("2026-05-01");
    // 100,000,000 · 30 · 500 / 360,000,000 = 4166.66…
    run.accepts(1, "deposit.refund_approved", approval("r-1", 1_000_000, "2026-05-01", 4_166, 0));
    let reversal = json!({"deposit": "d-1", "reference": "R-1", "reason": "误记", "document": paper()});
    run.accepts(2, "deposit.receipt_reversed", reversal);
    // 416 too much.
    run.refuses(1, "deposit.refund_approved", approval("r-2", 1_000_000, "2026-05-01", -417, 0), "inconsistent");
    run.accepts(1, "deposit.refund_approved", approval("r-2", 1_000_000, "2026-05-01", 0, 0));
    run.at("2026-05-11");
    // 88,000,000 · 10 · 500 / 360,000,000 = 1222.22…, less those.
    run.accepts(1, "deposit.refund_approved", approval("r-3", 1_000_000, "2026-05-11", 806, 0));
}

fn asked_for(id: &str, lot: &str, payer: &str, required: i64) -> Value {
    let mut asked = notice(id);
    asked["secures"] = json!({"tender": "T-1", "lot": lot});
    asked.as_object_mut().unwrap().remove("procurement");
    (asked["payer"], asked["required"]) = (payer.into(), yuan(required));
    asked
}

/// Two in a hundred of 5,000,000 yuan are 100,000, however many notices there are.
#[test]
fn what_is_asked_of_one_payer_for_one_lot_is_capped_together() {
    for (edition, is_capped) in BOTH.into_iter().zip([false, true]) {
        let mut run = Run::on("2026-03-20").under(edition);
        run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
        run.accepts(1, "deposit.announced", asked_for("d-1", "1", PAYER, 6_000_000));
        run.accepts(1, "deposit.announced", asked_for("d-2", "1", PAYER, 4_000_000));
        for (id, lot, payer) in [("d-3", "2", PAYER), ("d-4", "1", HEIRS[0])] {
            run.accepts(1, "deposit.announced", asked_for(id, lot, payer, 10_000_000));
        }
        let more = asked_for("d-5", "1", PAYER, 1);
        if is_capped {
            run.refuses(1, "deposit.announced", more, "deposit-above-cap");
        } else {
            run.accepts(1, "deposit.announced", more);
        }
        // Nor by an assessment.
        let assessed = json!({
            "deposit": "d-1", "base": yuan(500_000_000), "required": yuan(6_000_001), "rule": "DP-ASSESSMENT",
        });
        if is_capped {
            run.refuses(1, "deposit.assessed", assessed, "deposit-above-cap");
        } else {
            run.accepts(1, "deposit.assessed", assessed);
        }
    }
}

/// Whoever has the place of a payer is asked in its place: not as much again of either; and what it bid itself is its own.
#[test]
fn what_is_asked_of_who_is_gone_and_of_who_has_its_place_is_capped_together() {
    for (edition, is_capped) in ["2027-07", "2027-08"].into_iter().zip([false, true]) {
        let mut run = Run::on("2026-03-20").under(edition);
        run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
        run.accepts(1, "deposit.announced", asked_for("d-1", "1", PAYER, 10_000_000));
        run.divides_payer();
        let heir = json!({"deposit": "d-1", "successor": HEIRS[0], "document": paper()});
        run.accepts(1, "deposit.succeeded", heir);
        let (again, own) = (asked_for("d-2", "1", PAYER, 1), asked_for("d-3", "1", HEIRS[0], 10_000_000));
        let (refused, accepted) = if is_capped { (again, own) } else { (own, again) };
        run.refuses(1, "deposit.announced", refused, "deposit-above-cap");
        run.accepts(1, "deposit.announced", accepted);
        let assessed = |fen: i64| json!({"deposit": "d-1", "base": yuan(500_000_000), "required": yuan(fen), "rule": "DP-ASSESSMENT"});
        run.accepts(1, "deposit.assessed", assessed(9_000_000));
    }
}

/// A part and what it was taken from among them.
#[test]
fn deposits_of_a_lot_are_found_by_it() {
    let mut run = Run::on("2026-03-20");
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    for (id, lot) in [("d-1", "1"), ("d-2", "2"), ("d-4", "2")] {
        run.accepts(1, "deposit.announced", asked_for(id, lot, if id == "d-4" { HEIRS[0] } else { PAYER }, 10_000_000));
    }
    run.accepts(1, "deposit.announced", notice("d-3"));
    run.accepts(1, "deposit.received", receipt("d-2", "R-2", 5_000_000, "2026-03-20"));
    run.divides_payer();
    run.accepts(1, "deposit.divided", super::division::division("d-2", "d-5", 1_000_000));
    for (lot, expected) in [("1", vec!["d-1"]), ("2", vec!["d-2", "d-4", "d-5"]), ("3", vec![])] {
        let secures: SecuredLot = serde_json::from_value(json!({"tender": "T-1", "lot": lot})).unwrap();
        let found: Vec<&str> = run.book().of_lot(&secures).map(|of| of.id.as_str()).collect();
        assert_eq!(found, expected, "{lot}");
    }
    let found: Vec<&str> = run.book().of_tender(&"T-1".parse().unwrap()).map(|of| of.id.as_str()).collect();
    assert_eq!(found, ["d-1", "d-2", "d-4", "d-5"]);
    assert_eq!(run.book().of_tender(&"T-2".parse().unwrap()).count(), 0);
}

#[test]
fn nothing_is_to_be_paid_before_it_was_asked() {
    for (edition, is_refused) in BOTH.into_iter().zip([false, true]) {
        let mut run = Run::on("2026-09-01").under(edition);
        run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
        if is_refused {
            run.refuses(1, "deposit.announced", notice("d-1"), "dates-out-of-order");
        } else {
            run.accepts(1, "deposit.announced", notice("d-1"));
        }
    }
}

#[test]
fn a_guarantee_covers_once_it_is_in_force_and_however_it_is_written_once() {
    let mut run = Run::on("2026-03-20");
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    run.accepts(1, "deposit.announced", notice("d-1"));
    let with = |id: &str, number: &str, changes: &[(&str, &str)]| {
        let mut lodging = lodged(id, 10_000_000);
        lodging["number"] = number.into();
        for (field, value) in changes {
            lodging[*field] = (*value).into();
        }
        lodging
    };
    let too_short = with("g-0", "N-0", &[("valid_to", "2026-12-31"), ("claim_by", "2026-12-30")]);
    run.refuses(1, "deposit.guarantee_lodged", too_short, "dates-out-of-order");
    run.accepts(1, "deposit.guarantee_lodged", with("g-1", "N-1", &[("valid_from", "2026-04-01")]));
    for number in ["n-1", "Ｎ－１", " N-1", "N -1"] {
        run.refuses(1, "deposit.guarantee_lodged", with("g-2", number, &[]), "duplicate");
    }
    run.refuses(2, "deposit.guarantee_verified", verified("g-1"), "state-forbids");
    run.at("2026-04-01");
    run.accepts(2, "deposit.guarantee_verified", verified("g-1"));
    assert_eq!(run.deposit("d-1").guaranteed_minor(), 10_000_000);
    // It was entered with a wrong amount: it goes, and comes again with the right one.
    run.accepts(1, "deposit.guarantee_released", json!({"deposit": "d-1", "guarantee": "g-1", "reason": "金额误记"}));
    run.accepts(1, "deposit.guarantee_lodged", with("g-3", "N-1", &[]));
    run.refuses(1, "deposit.guarantee_lodged", with("g-4", "N-1", &[]), "duplicate");
}

#[test]
fn where_interest_goes_back_there_is_some() {
    let with = |rates: Value| {
        let mut scheme = scheme("bid-tendering");
        scheme["rates"] = rates;
        scheme
    };
    for rates in [
        json!([{"from": "2020-01-01", "rate_ppm": 0}]),
        json!([{"from": "2099-01-01", "rate_ppm": 500}]),
        json!([{"from": "2020-01-01", "rate_ppm": 500}, {"from": "2026-06-01", "rate_ppm": 0}]),
    ] {
        Run::on("2026-03-20").under("2027-03").accepts(1, "deposit.scheme_published", with(rates.clone()));
        let mut run = Run::on("2026-03-20");
        let problem = "deposit-kind-without-legal-basis";
        let refusal = run.posts(&payee(), 1, "deposit.scheme_published", &with(rates)).unwrap_err();
        assert_eq!(refusal.problem.code, problem, "{refusal}");
    }
}

/// Final on 30 April at the earliest: what the bank did before was something else.
#[test]
fn nothing_is_remitted_before_it_is_final() {
    let mut run = Run::secured("bid-tendering");
    run.forfeits(3_000_000);
    let remitted = |day: &str| json!({"deposit": "d-1", "forfeiture": "f-1", "reference": "F-1", "value_date": day});
    assert!(run.tick("2026-05-20").contains(&"deposit.forfeiture_final"));
    run.refuses(1, "deposit.forfeiture_remitted", remitted("1999-01-01"), "dates-out-of-order");
    run.refuses(1, "deposit.forfeiture_remitted", remitted("2026-05-19"), "dates-out-of-order");
    run.accepts(1, "deposit.forfeiture_remitted", remitted("2026-05-20"));
}

/// What the bank did is entered as something else, and put right: each account is as before it, and the line counts once.
#[test]
fn what_was_entered_wrongly_of_the_bank_is_taken_back_by_another_person() {
    let reversal = |reference: &str, deposit: Option<&str>| {
        let mut reversal = json!({"reference": reference, "reason": "误记", "document": paper()});
        if let Some(deposit) = deposit {
            reversal["deposit"] = deposit.into();
        }
        reversal
    };
    let line = |nature: &str, reference: &str, fen: i64| json!({"bank": "icbc", "nature": nature, "reference": reference, "amount": yuan(fen), "value_date": "2026-04-01"});
    let stray = json!({
        "bank": "icbc", "reference": "B-4", "amount": yuan(700), "value_date": "2026-04-01", "account": sealed(),
    });
    let mut run = Run::secured("bid-tendering");
    let before: Vec<_> = run.book().book.accounts().map(|(account, balance)| (account.clone(), balance)).collect();
    run.accepts(1, "deposit.bank_entered", line("pooled_interest", "B-1", 999_999_999));
    run.accepts(1, "deposit.bank_entered", line("own_funds", "B-2", 5_000));
    run.accepts(1, "deposit.bank_entered", line("charge", "B-3", 3_000));
    run.accepts(1, "deposit.unallocated_received", stray.clone());
    run.refuses(1, "deposit.entry_reversed", reversal("B-1", None), "same-signer");
    run.refuses(2, "deposit.entry_reversed", reversal("R-1", None), "unknown-reference");
    run.refuses(2, "deposit.entry_reversed", reversal("B-1", Some("d-1")), "inconsistent");
    // What it paid for has gone out already, so the clock of own costs runs until that goes as well.
    run.accepts(2, "deposit.entry_reversed", reversal("B-2", None));
    assert!(run.book().own_costs.contains_key(&Currency::CNY));
    for reference in ["B-3", "B-1", "B-4"] {
        run.accepts(2, "deposit.entry_reversed", reversal(reference, None));
        run.refuses(2, "deposit.entry_reversed", reversal(reference, None), "unknown-reference");
    }
    assert!(run.book().own_costs.is_empty() && run.book().unallocated.is_empty());
    let left = run.book().book.accounts().filter(|(_, balance)| *balance != 0);
    let stood = before.iter().filter(|(_, balance)| *balance != 0).map(|(account, balance)| (account, *balance));
    assert!(left.eq(stood));
    // As what it is.
    run.accepts(1, "deposit.bank_entered", line("pooled_interest", "B-1", 100));
    run.accepts(1, "deposit.unallocated_received", stray);
    let claim = json!({"deposit": "d-1", "reference": "B-4", "account_kind": "basic", "document": paper()});
    run.accepts(2, "deposit.unallocated_claimed", claim);
    run.refuses(2, "deposit.entry_reversed", reversal("B-4", None), "state-forbids");
}

/// It was late, and entered as in time; it bounced, and was entered as arrived; it was another's money.
#[test]
fn a_settlement_is_taken_back_with_what_was_counted_of_it() {
    let mut run = Run::secured("bid-tendering");
    run.at("2026-04-27");
    run.starts_clock("contract", "2026-04-27");
    run.accepts(1, "deposit.bank_entered", json!({"bank": "icbc", "nature": "interest", "reference": "I-1", "amount": yuan(486), "value_date": "2026-04-27"}));
    run.at("2026-05-06");
    run.accepts(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-05-06", 486, 0));
    run.accepts(2, "deposit.refund_instructed", instruction("r-1"));
    run.at("2026-05-09");
    run.accepts(1, "deposit.refund_settled", settled("R-2", "confirmed", "2026-05-06"));
    assert_eq!((run.book().refunds_in_time, run.deposit("d-1").status(&run.book().book)), (1, DepositStatus::Closed));
    let reversal = json!({"deposit": "d-1", "reference": "R-2", "reason": "到账日误记", "document": paper()});
    run.accepts(2, "deposit.entry_reversed", reversal.clone());
    assert_eq!((run.book().refunds_in_time, run.book().refunds_late), (0, 0));
    // It is waited for again, and was late meanwhile.
    assert_eq!(run.tick("2026-05-09"), ["deposit.refund_overdue"]);
    run.accepts(1, "deposit.refund_settled", settled("R-2", "confirmed", "2026-05-08"));
    assert_eq!((run.book().refunds_in_time, run.book().refunds_late), (0, 1));
    assert_eq!(run.deposit("d-1").refund_timing(&run.book().book), RefundTiming::Late);
    // And that was not so either: it came back.
    run.accepts(2, "deposit.entry_reversed", reversal.clone());
    run.accepts(1, "deposit.refund_settled", settled("R-2", "bounced", "2026-05-08"));
    run.accepts(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-05-09", 527, 0));
    // What was approved anew rests on it.
    run.refuses(2, "deposit.entry_reversed", reversal, "state-forbids");
}
