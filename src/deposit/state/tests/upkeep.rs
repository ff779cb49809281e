//! What is asked as things change, what is missing or too much then, and guarantees that end.

use super::*;
use crate::deposit::TopUpState;
use crate::law::Grade;

fn assessed(fen: i64, score: Option<u8>) -> Value {
    let mut assessed =
        json!({"deposit": "d-1", "base": yuan(500_000_000), "required": yuan(fen), "rule": "DP-ASSESSMENT"});
    if let Some(score) = score {
        assessed["score"] = score.into();
    }
    assessed
}

/// Base 5,000,000 yuan, 2 %: 100,000; with 85 points half of it. What is too much has five working days: 2, 3, 7, 8, 9 April.
#[test]
fn a_better_result_frees_what_is_too_much_and_that_has_a_clock() {
    let mut run = Run::secured("bid-tendering");
    run.refuses(1, "deposit.assessed", assessed(5_000_001, Some(85)), "deposit-above-cap");
    run.refuses(1, "deposit.assessed", assessed(10_000_001, None), "deposit-above-cap");
    let mut wrong = assessed(5_000_000, Some(85));
    wrong["rule"] = "DP-01".into();
    run.refuses(1, "deposit.assessed", wrong, "inconsistent");
    let mut graded = assessed(5_000_000, Some(85));
    graded["grade"] = "A".into();
    run.refuses(1, "deposit.assessed", graded, "inconsistent");
    run.accepts(1, "deposit.assessed", assessed(5_000_000, Some(85)));
    assert_eq!((run.standing(Heading::Required, "d-1"), run.standing(Heading::Excess, "d-1")), (5_000_000, 5_000_000));
    assert_eq!(run.tick("2026-04-09"), [""; 0]);
    assert_eq!(run.tick("2026-04-10"), ["deposit.surplus_overdue"]);
    assert!(run.deposit("d-1").surplus.unwrap().overdue.is_some());
    run.accepts(1, "deposit.refund_approved", approval("r-1", 5_000_000, "2026-04-10", 125, 0));
    assert_eq!(run.deposit("d-1").surplus, None);
    // Worse again: what is missing is demanded at once, and its time runs; then it stands against the payer.
    run.accepts(1, "deposit.assessed", assessed(10_000_000, Some(60)));
    assert_eq!(run.tick("2026-04-10"), ["deposit.topup_demanded"]);
    assert!(matches!(run.deposit("d-1").topup, Some(TopUpState::Demanded { .. })));
    // From Friday, 10 April: 13 to 17.
    assert_eq!(run.tick("2026-04-17"), [""; 0]);
    assert_eq!(run.tick("2026-04-18"), ["deposit.topup_overdue"]);
    run.accepts(1, "deposit.received", receipt("d-1", "R-2", 5_000_000, "2026-04-18"));
    assert_eq!((run.deposit("d-1").topup, run.deposit("d-1").shortfall_minor(&run.book().book)), (None, 0));
}

/// By the service: a year later, or when the payer's grade makes another sum of it; never above what the payee asked.
#[test]
fn the_service_assesses_each_year_and_when_the_grade_changes() {
    let mut run = Run::secured("bid-tendering");
    let due = |run: &Run, grade| run.book().due_assessment(run.deposit("d-1"), grade, run.now, run.law());
    assert_eq!(due(&run, None), None);
    assert_eq!(due(&run, Some(Grade::B)), None);
    assert_eq!(due(&run, Some(Grade::A)).unwrap().required.amount_minor, 5_000_000);
    run.at("2027-03-20");
    assert_eq!(due(&run, None), None);
    run.at("2027-03-23");
    let yearly = due(&run, None).unwrap();
    assert_eq!((yearly.required.amount_minor, yearly.rule.as_str()), (10_000_000, "DP-ASSESSMENT"));
    // Nobody was graded here: another sum, or another hand, is refused.
    let act = Act::from(due(&run, Some(Grade::A)).unwrap());
    assert!(run.act(&service(), 9, &act).is_err());
    run.act(&service(), 9, &Act::from(yearly)).unwrap();
    assert_eq!(due(&run, None), None);
}

/// A year is not asked of an edition that has no such rule, nor is anything demanded.
#[test]
fn an_edition_that_is_silent_demands_nothing() {
    let mut run = Run::on("2026-03-20");
    run.adopted.edition = std::sync::Arc::clone(&crate::law::Editions::shipped()[1]);
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    run.accepts(1, "deposit.announced", notice("d-1"));
    run.at("2026-04-01");
    run.accepts(1, "deposit.received", receipt("d-1", "R-1", 10_000_100, "2026-04-01"));
    run.refuses(1, "deposit.assessed", assessed(5_000_000, Some(85)), "law-silent");
    assert_eq!(run.tick("2027-06-01"), [""; 0]);
}

/// Warned of 30 days before its end; when it ends, what is missing is demanded.
#[test]
fn a_guarantee_is_warned_of_and_what_it_leaves_is_demanded() {
    let mut run = Run::on("2026-03-20");
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    run.accepts(1, "deposit.announced", notice("d-1"));
    let lodged = json!({
        "deposit": "d-1", "id": "g-1", "form": "bank_guarantee", "issuer": {"name": "某银行"}, "issuer_kind": "bank",
        "licence": "B0001H141010001", "number": "B-1", "amount": yuan(10_000_000), "valid_from": "2026-03-20",
        "valid_to": "2026-07-31", "claim_by": "2026-07-31", "document": paper(),
    });
    let without = |field: &str| {
        let mut lodged = lodged.clone();
        lodged.as_object_mut().unwrap().remove(field);
        lodged
    };
    for field in ["issuer_kind", "licence"] {
        let refusal = run.refuses(1, "deposit.guarantee_lodged", without(field), "missing-field");
        assert!(refusal.citation.is_some() && refusal.fields[0].pointer == format!("/{field}"), "{refusal}");
    }
    let mut insurer = lodged.clone();
    insurer["issuer_kind"] = "insurer".into();
    run.refuses(1, "deposit.guarantee_lodged", insurer, "inconsistent");
    run.accepts(1, "deposit.guarantee_lodged", lodged);
    let mut verified = json!({"deposit": "d-1", "guarantee": "g-1", "outcome": "genuine", "statement": "电话查验"});
    run.refuses(2, "deposit.guarantee_verified", verified.clone(), "missing-field");
    verified["evidence"] = paper();
    run.accepts(2, "deposit.guarantee_verified", verified);
    assert_eq!(run.tick("2026-06-30"), [""; 0]);
    assert_eq!(run.tick("2026-07-01"), ["deposit.guarantee_expiring"]);
    assert_eq!(run.tick("2026-07-31"), [""; 0]);
    assert_eq!(run.tick("2026-08-01"), ["deposit.guarantee_expired", "deposit.topup_demanded"]);
    // Once its refund is due, nothing is missing.
    run.accepts(
        1,
        "deposit.refund_due",
        json!({"deposit": "d-1", "event": "agreed", "day": "2026-08-01", "document": paper()}),
    );
    assert_eq!(run.deposit("d-1").topup, None);
    assert_eq!(run.tick("2026-12-01"), [""; 0]);
}

/// What was forfeited is not asked for again.
#[test]
fn a_forfeiture_demands_nothing() {
    let mut run = Run::secured("bid-tendering");
    run.forfeits(600);
    assert_eq!(run.tick("2026-04-30"), ["deposit.forfeiture_final"]);
    assert_eq!(run.deposit("d-1").missing_minor(run.book()), 0);
}
