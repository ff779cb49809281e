//! What happens to one deposit or another.

use super::*;
use crate::law::Editions;

/// Contract on Monday, 27 April 2026: five days end on 2 May, a holiday, and roll to 6 May. It goes back on 11 May: five days late.
#[test]
fn a_bid_bond_of_tendering_goes_back_with_interest_and_is_late() {
    let mut run = Run::secured("bid-tendering");
    run.refuses(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-04-08", 97, 0), "state-forbids");
    run.at("2026-04-27");
    let clock = json!({"deposit": "d-1", "event": "contract", "day": "2026-04-27", "document": paper()});
    run.accepts(1, "deposit.refund_due", clock);
    let end = run.law().end(run.deposit("d-1").clock.unwrap().running).at;
    assert_eq!(end.to_string(), "2026-05-06T16:00:00.000Z");
    assert_eq!(run.tick("2026-05-06"), [""; 0]);
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::RefundDue);
    assert_eq!(run.tick("2026-05-07"), ["deposit.refund_overdue"]);
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::Overdue);
    run.at("2026-05-11");
    // Forty days of 0.05 %: 10,000,000 · 40 · 500 = 555 · 360,000,000 + 200,000,000.
    run.refuses(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-05-11", 556, 0), "inconsistent");
    run.accepts(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-05-11", 555, 0));
    assert_eq!(run.deposit("d-1").carry, 200_000_000);
    assert_eq!(run.standing(Heading::RefundPayable, "d-1"), 10_000_555);
    let instruction = json!({"deposit": "d-1", "refund": "r-1"});
    run.refuses(1, "deposit.refund_instructed", instruction.clone(), "same-signer");
    run.accepts(2, "deposit.refund_instructed", instruction.clone());
    let settled = |outcome: &str, reference: &str| {
        json!({
            "deposit": "d-1", "refund": "r-1", "outcome": outcome, "reference": reference, "value_date": "2026-05-11",
        })
    };
    // The bank's interest has not come in yet.
    run.refuses(1, "deposit.refund_settled", settled("confirmed", "R-2"), "balance-insufficient");
    let interest = json!({"bank": "icbc", "nature": "interest", "reference": "I-1", "amount": yuan(555), "value_date": "2026-05-11"});
    run.accepts(1, "deposit.bank_entered", interest);
    run.accepts(1, "deposit.refund_settled", settled("bounced", "R-2"));
    run.refuses(1, "deposit.refund_settled", settled("confirmed", "R-3"), "state-forbids");
    run.accepts(2, "deposit.refund_instructed", instruction);
    run.refuses(1, "deposit.refund_settled", settled("confirmed", "R-2"), "duplicate");
    run.accepts(1, "deposit.refund_settled", settled("confirmed", "R-3"));
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::Closed);
    assert!(run.book().book.accounts().all(|(_, balance)| balance == 0));
    assert_eq!(run.book().next_due(run.law()), None);
}

/// Due on Thursday, 15 October 2026, paid on the 25th: ten days at 4.35 % and a fifth more, out of own funds.
#[test]
fn a_late_refund_of_procurement_costs_the_payee() {
    let mut run = Run::secured("bid-procurement");
    run.at("2026-10-10");
    // Working days from 8 October: 9, 10 (a working Saturday), 12, 13, 14.
    let clock = |day: &str| json!({"deposit": "d-1", "event": "award", "day": day, "document": paper()});
    run.accepts(1, "deposit.refund_due", clock("2026-10-09"));
    let end = run.law().end(run.deposit("d-1").clock.unwrap().running).at;
    assert_eq!(end.to_string(), "2026-10-15T16:00:00.000Z");
    assert_eq!(run.tick("2026-10-16"), ["deposit.refund_overdue"]);
    run.at("2026-10-25");
    // 10,000,000 · 10 · 43,500 · 1.2 / 365 / 10^6 = 14,301.36…
    run.accepts(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-10-25", 0, 14_301));
    run.refuses(2, "deposit.refund_instructed", json!({"deposit": "d-1", "refund": "r-1"}), "balance-insufficient");
    let own = json!({
        "bank": "icbc", "nature": "own_funds", "reference": "O-1", "amount": yuan(14_301), "value_date": "2026-10-25",
    });
    run.accepts(1, "deposit.bank_entered", own);
    run.accepts(2, "deposit.refund_instructed", json!({"deposit": "d-1", "refund": "r-1"}));
    let settled = json!({
        "deposit": "d-1", "refund": "r-1", "outcome": "confirmed", "reference": "R-9", "value_date": "2026-10-25",
    });
    run.accepts(1, "deposit.refund_settled", settled);
    assert_eq!(run.standing(Heading::CustodyBank, "icbc"), 0);
    assert_eq!(run.book().book.standing(&Heading::OverdueCost.alone(Currency::CNY)), 14_301);
}

/// The same in two parts, the second ten days later: each was late from the first day on, so the second costs twenty days. Editions up
/// to 2027-02 asked for the ten days since the first alone.
#[test]
fn each_of_two_late_refunds_is_charged_from_the_first_day_on() {
    for (edition, second) in [("2027-02", 8_580), ("2027-03", 17_161)] {
        let mut run = Run::secured("bid-procurement");
        run.adopted.edition = Editions::shipped().into_iter().find(|shipped| shipped.name == edition).unwrap();
        run.at("2026-10-10");
        let clock = json!({"deposit": "d-1", "event": "award", "day": "2026-10-09", "document": paper()});
        run.accepts(1, "deposit.refund_due", clock);
        run.at("2026-10-25");
        // 4,000,000 · 10 · 43,500 · 1.2 / 365 / 10^6 = 5,720.54…
        run.accepts(1, "deposit.refund_approved", approval("r-1", 4_000_000, "2026-10-25", 0, 5_720));
        run.at("2026-11-04");
        // 6,000,000 · 20 · 43,500 · 1.2 / 365 / 10^6 = 17,161.64…
        run.refuses(
            1,
            "deposit.refund_approved",
            approval("r-2", 6_000_000, "2026-11-04", 0, second + 1),
            "inconsistent",
        );
        run.accepts(1, "deposit.refund_approved", approval("r-2", 6_000_000, "2026-11-04", 0, second));
    }
}

#[test]
fn what_the_law_does_not_know_is_refused_with_the_citation() {
    let mut run = Run::on("2026-03-20");
    for kind in ["integrity-construction", "integrity-deposit", "low-price", "employee-deposit", "whatever"] {
        let refusal = run.refuses(1, "deposit.scheme_published", scheme(kind), "deposit-kind-without-legal-basis");
        assert!(refusal.citation.is_some_and(|citation| citation.law.contains("优化营商环境条例第二十五条")));
    }
    let change = |pointer: &str, value: Value| {
        let mut scheme = scheme("bid-tendering");
        scheme[pointer] = value;
        scheme
    };
    for (pointer, value) in [
        ("ratio_ppm", json!(20_001)),
        ("forms", json!(["transfer"])),
        ("rates", json!([])),
        ("article", json!("招标投标法实施条例第五十八条")),
        ("refund_days", json!(10)),
    ] {
        let refusal =
            run.refuses(1, "deposit.scheme_published", change(pointer, value), "deposit-kind-without-legal-basis");
        assert!(refusal.fields[0].pointer.starts_with(&format!("/{pointer}")), "{refusal}");
    }
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    // Only rates are added, behind the others.
    let more = json!([{"from": "2020-01-01", "rate_ppm": 500}, {"from": "2026-04-01", "rate_ppm": 400}]);
    run.refuses(1, "deposit.scheme_published", change("name", json!("改名")), "inconsistent");
    run.accepts(1, "deposit.scheme_published", change("rates", more.clone()));
    let late = [more.as_array().unwrap().clone(), vec![json!({"from": "2026-06-01", "rate_ppm": 1})]].concat();
    run.at("2026-06-02");
    run.refuses(1, "deposit.scheme_published", change("rates", late.into()), "dates-out-of-order");
}

/// 5,000,000 yuan: at most 100,000; with 85 points half of that, with 95 nothing.
#[test]
fn results_reduce_what_is_asked_and_never_raise_it() {
    let mut run = Run::on("2026-03-20");
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    let asked = |id: &str, fen: i64, score: Option<u8>| {
        let mut notice = notice(id);
        notice["required"] = yuan(fen);
        if let Some(score) = score {
            notice["score"] = score.into();
        }
        notice
    };
    for (fen, score) in [(10_000_001, None), (10_000_001, Some(0)), (5_000_001, Some(85)), (1, Some(95))] {
        run.refuses(1, "deposit.announced", asked("d-1", fen, score), "deposit-above-cap");
    }
    for (n, fen, score) in [(1, 10_000_000, Some(60)), (2, 5_000_000, Some(85)), (3, 0, Some(95))] {
        run.accepts(1, "deposit.announced", asked(&format!("d-{n}"), fen, score));
    }
    assert_eq!(run.deposit("d-3").status(&run.book().book), DepositStatus::Secured);
}

#[test]
fn the_five_lawful_shapes_work_and_no_further() {
    let mut run = Run::on("2026-03-20");
    let of = |id: &str, kind: &str, article: &str, forms: Value| {
        json!({
            "id": id, "kind": kind, "name": "方案", "article": article, "currency": "CNY", "ratio_ppm": 1_000_000,
            "forms": forms, "refund_days": 30, "day_count": "actual_365", "document": paper(),
        })
    };
    // S3: of persons, by their employer.
    run.accepts(1, "deposit.scheme_published", of("bonus", "deferred-bonus", "劳动合同法第九条", json!(["transfer"])));
    let mut bonus = notice("b-1");
    bonus["scheme"] = "bonus".into();
    run.refuses(1, "deposit.announced", bonus.clone(), "inconsistent");
    bonus.as_object_mut().unwrap().remove("payer");
    bonus["person"] = sealed();
    run.accepts(1, "deposit.announced", bonus);
    // S4: no money.
    run.accepts(1, "deposit.scheme_published", of("damages", "contractual-damages", "民法典第五百八十五条", json!([])));
    let mut damages = notice("w-1");
    damages["scheme"] = "damages".into();
    run.accepts(1, "deposit.announced", damages);
    run.at("2026-04-01");
    let problem = "deposit-kind-without-legal-basis";
    run.refuses(1, "deposit.received", receipt("w-1", "R-1", 5, "2026-04-01"), problem);
    // S5: what was taken before goes back.
    run.accepts(1, "deposit.scheme_published", of("old", "historic", "国办发〔2016〕49号", json!(["transfer"])));
    let mut old = notice("h-1");
    old["scheme"] = "old".into();
    run.accepts(1, "deposit.announced", old);
    run.refuses(1, "deposit.received", receipt("h-1", "R-1", 10_000_000, "2026-04-01"), problem);
    run.accepts(1, "deposit.received", receipt("h-1", "R-1", 10_000_000, "2015-06-01"));
    let hold = json!({"deposit": "h-1", "id": "k-1", "amount": yuan(5), "reason": "调查", "until": "2026-05-01"});
    run.refuses(1, "deposit.held", hold, "state-forbids");
}

#[test]
fn holds_keep_what_they_keep_and_lapse_by_themselves() {
    let mut run = Run::secured("bid-tendering");
    let hold = |id: &str, fen: i64| json!({"deposit": "d-1", "id": id, "amount": yuan(fen), "reason": "调查", "until": "2026-04-20"});
    run.accepts(1, "deposit.held", hold("k-1", 6_000_000));
    run.refuses(1, "deposit.held", hold("k-2", 4_000_001), "balance-insufficient");
    run.accepts(1, "deposit.held", hold("k-2", 4_000_000));
    let release = |fen: i64| json!({"deposit": "d-1", "hold": "k-1", "amount": yuan(fen), "reason": "查清"});
    run.refuses(1, "deposit.released", release(6_000_001), "amount-out-of-range");
    run.accepts(1, "deposit.released", release(2_000_000));
    assert_eq!(run.tick("2026-04-20"), [""; 0]);
    assert_eq!(run.tick("2026-04-21"), ["deposit.hold_lapsed", "deposit.hold_lapsed"]);
    assert_eq!(run.standing(Heading::Available, "d-1"), 10_000_000);
    // Anybody else can't say so before.
    let lapse = json!({"deposit": "d-1", "hold": "k-1"});
    assert!(run.posts(&service(), 9, "deposit.hold_lapsed", &lapse).is_err());
}

#[test]
fn a_forfeiture_takes_a_ground_two_people_and_its_time() {
    let mut run = Run::secured("bid-tendering");
    let hold =
        json!({"deposit": "d-1", "id": "k-1", "amount": yuan(10_000_000), "reason": "撤标", "until": "2026-06-30"});
    run.accepts(1, "deposit.held", hold);
    let decision = |id: &str, ground: &str, fen: i64| {
        json!({
            "deposit": "d-1", "id": id, "hold": "k-1", "amount": yuan(fen), "ground": ground, "reasons": "理由",
            "document": paper(),
        })
    };
    let refusal = run.refuses(1, "deposit.forfeited", decision("f-1", "late", 5), "forfeiture-without-ground");
    assert!(refusal.citation.is_some());
    run.accepts(1, "deposit.forfeited", decision("f-1", "bid-withdrawn", 6_000_000));
    run.refuses(1, "deposit.forfeited", decision("f-2", "bid-withdrawn", 4_000_001), "amount-out-of-range");
    run.accepts(1, "deposit.forfeited", decision("f-2", "contract-refused", 4_000_000));
    let of = |id: &str| json!({"deposit": "d-1", "forfeiture": id});
    run.refuses(1, "deposit.forfeiture_confirmed", of("f-1"), "same-signer");
    run.accepts(2, "deposit.forfeiture_confirmed", of("f-1"));
    run.accepts(2, "deposit.forfeiture_confirmed", of("f-2"));
    assert_eq!(run.standing(Heading::ForfeitedPending, "d-1"), 10_000_000);
    let remitted = |id: &str, reference: &str, day: &str| json!({"deposit": "d-1", "forfeiture": id, "reference": reference, "value_date": day});
    run.refuses(1, "deposit.forfeiture_remitted", remitted("f-1", "T-1", "2026-04-01"), "state-forbids");
    run.at("2026-04-10");
    let appeal = json!({"deposit": "d-1", "forfeiture": "f-2", "grounds": "不服"});
    run.posts(&payer(), 3, "deposit.forfeiture_appealed", &appeal).unwrap();
    // Fifteen days from 1 April.
    assert_eq!(run.tick("2026-04-16"), [""; 0]);
    assert_eq!(run.tick("2026-04-17"), ["deposit.forfeiture_final"]);
    // It is the payee's by law.
    assert_eq!(run.book().book.standing(&Heading::OwnPayable.alone(Currency::CNY)), 6_000_000);
    run.at("2026-05-01");
    run.accepts(1, "deposit.forfeiture_remitted", remitted("f-1", "T-1", "2026-05-01"));
    let ruling = json!({"deposit": "d-1", "forfeiture": "f-2", "outcome": "overturned", "reasons": "理由"});
    let supervisor = author(SUPERVISOR, Role::Supervisor);
    assert_eq!(
        run.posts(&payee(), 2, "deposit.forfeiture_ruled", &ruling).unwrap_err().problem.code,
        "role-not-entitled"
    );
    run.posts(&supervisor, 4, "deposit.forfeiture_ruled", &ruling).unwrap();
    assert_eq!(run.standing(Heading::Available, "d-1"), 4_000_000);
    // Thirty days of 4,000,000, as if they had never been set aside; nothing for what was forfeited.
    let (interest, _) = run.deposit("d-1").interest(run.book(), "2026-05-01".parse().unwrap(), true);
    assert_eq!(interest, 4_000_000 * 30 * 500 / 360_000_000);
}

#[test]
fn a_guarantee_covers_once_it_is_verified_and_until_it_expires() {
    let mut run = Run::on("2026-03-20");
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    run.accepts(1, "deposit.announced", notice("d-1"));
    run.accepts(1, "deposit.announced", notice("d-2"));
    let lodging = |deposit: &str, id: &str, number: &str| {
        json!({
            "deposit": deposit, "id": id, "form": "bank_guarantee", "issuer": {"name": "某银行"}, "issuer_kind": "bank", "licence": "B0001H141010001", "number": number,
            "amount": yuan(10_000_000), "valid_from": "2026-03-20", "valid_to": "2026-07-31", "claim_by": "2026-08-31",
            "document": paper(),
        })
    };
    run.accepts(1, "deposit.guarantee_lodged", lodging("d-1", "g-1", "B-1"));
    run.refuses(1, "deposit.guarantee_lodged", lodging("d-2", "g-2", "B-1"), "duplicate");
    run.refuses(1, "deposit.guarantee_lodged", lodging("d-2", "g-1", "B-2"), "duplicate");
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::Announced);
    let verified = json!({"deposit": "d-1", "guarantee": "g-1", "outcome": "genuine", "statement": "电话查验", "evidence": paper()});
    run.refuses(1, "deposit.guarantee_verified", verified.clone(), "same-signer");
    run.accepts(2, "deposit.guarantee_verified", verified);
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::Secured);
    // Money on top of it is too much, and may go back at once.
    run.at("2026-04-01");
    run.accepts(1, "deposit.received", receipt("d-1", "R-1", 300, "2026-04-01"));
    assert_eq!(run.standing(Heading::Excess, "d-1"), 300);
    let due = [
        "deposit.surplus_overdue",
        "deposit.guarantee_expiring",
        "deposit.guarantee_expired",
        "deposit.topup_demanded",
    ];
    assert_eq!(run.tick("2026-08-01"), due);
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::Short);
    assert_eq!(run.standing(Heading::GuaranteeCover, "g-1"), 0);
}

#[test]
fn a_wrong_receipt_is_taken_back_once_by_another_person() {
    let mut run = Run::secured("bid-tendering");
    run.refuses(1, "deposit.received", receipt("d-1", "R-1", 5, "2026-04-01"), "duplicate");
    let reversal = json!({"deposit": "d-1", "reference": "R-1", "reason": "误记", "document": paper()});
    run.refuses(1, "deposit.receipt_reversed", reversal.clone(), "same-signer");
    run.accepts(2, "deposit.receipt_reversed", reversal.clone());
    assert_eq!(run.standing(Heading::CustodyBank, "icbc"), 0);
    run.refuses(2, "deposit.receipt_reversed", reversal, "state-forbids");
    let last = run.vouchers.last().unwrap();
    assert_eq!((last.number, last.reverses.unwrap().voucher, last.lines.len()), (3, 2, 2));
    assert_eq!(run.deposit("d-1").interest(run.book(), "2026-06-01".parse().unwrap(), true), (0, 0));
}

/// It is there all the same, and goes back at once.
#[test]
fn what_comes_too_late_covers_nothing() {
    let mut run = Run::on("2026-03-20");
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    run.accepts(1, "deposit.announced", notice("d-1"));
    run.at("2026-09-01");
    run.accepts(1, "deposit.received", receipt("d-1", "R-1", 10_000_000, "2026-09-01"));
    assert_eq!(run.standing(Heading::Excess, "d-1"), 10_000_000);
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::Short);
    run.at("2026-09-02");
    run.accepts(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-09-02", 13, 0));
}
