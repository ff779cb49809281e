//! A payer is divided, and its successors share what is free in its deposit.

use super::*;
use crate::deposit::interest::product_of_steps;
use crate::law::{Editions, Grade};
use proptest::prelude::*;

pub(super) fn division(of: &str, id: &str, fen: i64) -> Value {
    json!({"deposit": of, "id": id, "successor": HEIRS[1], "amount": yuan(fen), "document": paper()})
}

pub(super) fn divided() -> Run {
    let mut run = Run::secured("bid-tendering");
    run.divides_payer();
    run.at("2026-04-11");
    run
}

fn refund(deposit: &str, fen: i64, day: &str, interest: i64) -> Value {
    json!({
        "deposit": deposit, "id": format!("r-{deposit}"), "amount": yuan(fen), "value_date": day, "interest_minor": interest,
        "overdue_minor": 0,
    })
}

/// What interest is counted of up to a day, and has not been paid yet.
pub(super) fn product(run: &Run, id: &str, to: Day) -> i128 {
    let (deposit, scheme) = (run.deposit(id), &run.book().schemes[&"s-1".parse::<ItemId>().unwrap()]);
    let from = deposit.counted_to.or_else(|| deposit.steps.iter().map(|step| step.day).min());
    deposit.carry + from.map_or(0, |from| product_of_steps(&deposit.steps, scheme.rates(), from, to))
}

/// What is held stays; what is asked goes along with the money. 10,000,000 · 30 days at 500 come to 416 fen and a rest: 4,000,000 of them
/// to 166, the other 6,000,000 to 250.
#[test]
fn a_part_is_a_deposit_of_its_own_with_its_interest() {
    let mut run = divided();
    run.accepts(
        1,
        "deposit.held",
        json!({"deposit": "d-1", "id": "k", "amount": yuan(3_000_000), "reason": "查", "until": "2026-04-20"}),
    );
    run.refuses(1, "deposit.divided", division("d-1", "d-2", 7_000_001), "balance-insufficient");
    run.accepts(1, "deposit.divided", division("d-1", "d-2", 4_000_000));
    let standing = |run: &Run, id: &str| {
        [Heading::Required, Heading::Available, Heading::Held].map(|heading| run.standing(heading, id))
    };
    assert_eq!(standing(&run, "d-1"), [6_000_000, 3_000_000, 3_000_000]);
    assert_eq!(standing(&run, "d-2"), [4_000_000, 4_000_000, 0]);
    let part = run.deposit("d-2");
    assert_eq!((part.payer.as_ref().unwrap().as_str(), part.part.as_ref().unwrap().whole.as_str()), (HEIRS[1], "d-1"));
    assert_eq!(part.status(&run.book().book), DepositStatus::Secured);
    run.accepts(1, "deposit.succeeded", json!({"deposit": "d-1", "successor": HEIRS[0], "document": paper()}));
    // The rest is another's now, who was not divided.
    run.refuses(1, "deposit.divided", division("d-1", "d-3", 1), "inconsistent");
    // The hold that stayed lapses.
    assert_eq!(run.tick("2026-04-21"), ["deposit.hold_lapsed"]);
    for id in ["d-1", "d-2"] {
        let clock = json!({"deposit": id, "event": "contract", "day": "2026-04-21", "document": paper()});
        run.accepts(1, "deposit.refund_due", clock);
    }
    run.at("2026-05-01");
    run.refuses(1, "deposit.refund_approved", refund("d-2", 4_000_000, "2026-05-01", 167), "inconsistent");
    run.accepts(1, "deposit.refund_approved", refund("d-2", 4_000_000, "2026-05-01", 166));
    run.accepts(1, "deposit.refund_approved", refund("d-1", 6_000_000, "2026-05-01", 250));
}

/// It is late already: so are both then, since the same day, and the service does not say so again.
#[test]
fn a_clock_that_runs_goes_on_for_both() {
    let mut run = divided();
    let start = json!({"deposit": "d-1", "event": "contract", "day": "2026-04-11", "document": paper()});
    run.accepts(1, "deposit.refund_due", start);
    run.accepts(1, "deposit.divided", division("d-1", "d-2", 1_000_000));
    let (before, part) = (run.deposit("d-1").clock, run.deposit("d-2"));
    assert_eq!((part.clock, part.overdue, run.standing(Heading::Required, "d-2")), (before, None, 0));
    assert_eq!(run.tick("2026-05-08"), ["deposit.refund_overdue"; 2]);
    run.accepts(1, "deposit.divided", division("d-1", "d-3", 2_000_000));
    assert_eq!(run.deposit("d-3").overdue, run.deposit("d-1").overdue);
    assert_eq!(run.book().overdue.len(), 3);
    assert_eq!(run.tick("2026-06-08"), [""; 0]);
    // All of the rest.
    run.accepts(1, "deposit.divided", division("d-1", "d-4", 7_000_000));
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::Closed);
    assert!(!run.book().overdue.contains(&"d-1".parse::<ItemId>().unwrap()));
}

/// By law it is one deposit: the payee may lower what it asks of a part, and nobody raises it.
#[test]
fn parts_are_never_asked_for_more_than_they_took_along() {
    let mut run = divided();
    let assessed = |id: &str, fen: i64| json!({"deposit": id, "base": yuan(500_000_000), "required": yuan(fen), "rule": "DP-ASSESSMENT"});
    run.accepts(1, "deposit.divided", division("d-1", "d-2", 4_000_000));
    for (id, fen) in [("d-1", 6_000_000), ("d-2", 4_000_000)] {
        run.refuses(1, "deposit.assessed", assessed(id, fen + 1), "deposit-above-cap");
        assert_eq!(run.book().due_assessment(run.deposit(id), Some(Grade::A), run.now, run.law()), None);
        run.accepts(1, "deposit.assessed", assessed(id, fen - 1));
        assert_eq!(run.standing(Heading::Excess, id), 1);
    }
}

/// What is too much has the time that it had.
#[test]
fn what_is_too_much_keeps_its_clock() {
    let mut run = Run::secured("bid-tendering");
    run.accepts(1, "deposit.received", receipt("d-1", "R-2", 500, "2026-04-01"));
    let before = run.deposit("d-1").surplus;
    run.divides_payer();
    run.at("2026-04-03");
    run.accepts(1, "deposit.divided", division("d-1", "d-2", 10_000_200));
    assert_eq!([run.deposit("d-1").surplus, run.deposit("d-2").surplus], [before; 2]);
    assert_eq!(run.tick("2026-04-10"), ["deposit.surplus_overdue"; 2]);
}

/// Of 101 fen that the bank paid, 40 are of four tenths.
#[test]
fn allocated_interest_goes_along() {
    let mut run = divided();
    run.accepts(1, "deposit.bank_entered", json!({
        "bank": "icbc", "nature": "pooled_interest", "reference": "LX-1", "amount": yuan(101), "value_date": "2026-04-11",
    }));
    let (bank, today) = ("icbc".parse().unwrap(), "2026-04-11".parse().unwrap());
    let table = run.book().allocation(&bank, Currency::CNY, today).digest().to_string();
    run.accepts(
        1,
        "deposit.interest_allocated",
        json!({"bank": "icbc", "amount": yuan(101), "up_to": "2026-04-11", "table": table}),
    );
    run.accepts(1, "deposit.divided", division("d-1", "d-2", 4_000_000));
    assert_eq!(["d-1", "d-2"].map(|id| run.standing(Heading::InterestPayable, id)), [61, 40]);
    run.accepts(1, "deposit.interest_capitalised", json!({"deposit": "d-2", "amount": yuan(40)}));
}

#[test]
fn only_what_a_divided_payer_had_is_split() {
    let mut run = Run::secured("bid-tendering");
    let refused = run.refuses(1, "deposit.divided", division("d-1", "d-2", 5), "inconsistent");
    assert_eq!(refused.fields[0].pointer, "/successor");
    run.heirs = vec![HEIRS[1].parse().unwrap()];
    let refused = run.refuses(1, "deposit.divided", division("d-1", "d-2", 5), "inconsistent");
    assert_eq!(refused.fields[0].pointer, "/deposit");
    assert_eq!(refused.citation.unwrap().rule, "DP-DIVISION");
    run.divides_payer();
    let refused = run.refuses(1, "deposit.divided", division("d-1", "d-1", 5), "duplicate");
    assert_eq!(refused.fields[0].pointer, "/id");
    let mut other = division("d-1", "d-2", 5);
    other["successor"] = SUPERVISOR.into();
    run.refuses(1, "deposit.divided", other, "inconsistent");
    run.refuses(1, "deposit.divided", division("d-1", "d-2", 0), "amount-out-of-range");
    run.refuses(1, "deposit.divided", division("d-1", "d-2", 1_000_000_000_000_000), "balance-insufficient");
    // Where nobody knew of it, nobody may.
    let before = Editions::shipped().into_iter().find(|edition| &*edition.name == "2027-01").unwrap();
    run.adopted = InForce { edition: before.clone(), ..InForce::newest() };
    run.refuses(1, "deposit.divided", division("d-1", "d-2", 5), "law-silent");
}

proptest! {
    /// However money came, went and was held before: whatever day is asked about, both together have the interest of the whole,
    /// to the last part of a fen, and neither ever less than nothing.
    #[test]
    fn interest_is_shared_without_rest(
        moves in prop::collection::vec((0u8..4, 1i64..3_000_000, 0u8..20), 0..12), cut in 1i64..10_000_000, days in 0u64..400,
    ) {
        let mut run = Run::secured("bid-tendering");
        run.divides_payer();
        for (n, (what, fen, back)) in moves.into_iter().enumerate() {
            run.now = run.now.plus_millis(5 * 86_400_000);
            let today = Day::from(run.now.shanghai_day());
            let day = Day::from(today.date() - chrono::Days::new(back.into()));
            let (kind, payload) = match what {
                0 | 1 => ("deposit.received", receipt("d-1", &format!("R-1{n}"), fen, &day.to_string())),
                2 => ("deposit.receipt_reversed", json!({
                    "deposit": "d-1", "reference": format!("R-1{}", n / 2), "reason": "误", "document": paper(),
                })),
                _ => {
                    let sums = refund_sums(run.book(), run.deposit("d-1"), None, fen, today, run.law());
                    let mut payload = approval(&format!("r-{n}"), fen, &today.to_string(), sums.interest_minor, 0);
                    payload["id"] = format!("r-{n}").into();
                    ("deposit.refund_approved", payload)
                }
            };
            let _ = run.posts(&payee(), 1 + what / 2, kind, &payload);
        }
        let to = Day::from(run.now.shanghai_day() + chrono::Days::new(days));
        let before = product(&run, "d-1", to);
        let free = run.standing(Heading::Available, "d-1") + run.standing(Heading::Excess, "d-1");
        let fen = 1 + cut % free;
        run.accepts(1, "deposit.divided", division("d-1", "d-2", fen));
        let (rest, part) = (product(&run, "d-1", to), product(&run, "d-2", to));
        prop_assert_eq!(rest + part, before);
        prop_assert!(rest >= 0 && part >= 0);
    }
}
