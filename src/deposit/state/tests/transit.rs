//! Payments on their way, and the payee's own money in a custody account: what the service says of them.

use super::custody::bank;
use super::*;

/// Due by 6 May, and instructed on that day.
fn instructed_on_its_last_day() -> Run {
    let mut run = Run::secured("bid-tendering");
    run.at("2026-04-27");
    let clock = json!({"deposit": "d-1", "event": "contract", "day": "2026-04-27", "document": paper()});
    run.accepts(1, "deposit.refund_due", clock);
    run.at("2026-05-06");
    // 10,000,000 · 35 days · 500 ppm: 486.1 fen.
    run.accepts(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-05-06", 486, 0));
    run.accepts(2, "deposit.refund_instructed", json!({"deposit": "d-1", "refund": "r-1"}));
    run.accepts(1, "deposit.bank_entered", bank("interest", "I-1", 486, "2026-05-06"));
    run
}

fn arrives(run: &mut Run, day: &str) {
    let settled =
        json!({"deposit": "d-1", "refund": "r-1", "outcome": "confirmed", "reference": "B-1", "value_date": day});
    run.accepts(1, "deposit.refund_settled", settled);
}

/// The law asks for money that is back, so the bank's day counts, and the payee bears its bank's: by its record of lateness, in the count,
/// and not in money, for what lateness costs ends with the day on which it went out. What the bank did in time and was entered later is in time.
#[test]
fn what_a_bank_pays_late_is_late() {
    let mut run = instructed_on_its_last_day();
    assert_eq!(run.tick("2026-05-07"), ["deposit.refund_overdue"]);
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::Overdue);
    arrives(&mut run, "2026-05-07");
    assert_eq!((run.book().refunds_in_time, run.book().refunds_late, run.book().overdue.len()), (0, 1, 0));
    assert_eq!(run.deposit("d-1").refund_timing(&run.book().book), RefundTiming::Late);

    let mut run = instructed_on_its_last_day();
    assert_eq!(run.tick("2026-05-07"), ["deposit.refund_overdue"]);
    arrives(&mut run, "2026-05-06");
    assert_eq!((run.book().refunds_in_time, run.book().refunds_late), (1, 0));
    assert_eq!(run.deposit("d-1").refund_timing(&run.book().book), RefundTiming::InTime);
}

/// The entry of own funds may be taken back as an error; where they were spent by then, the clock of own costs runs.
#[test]
fn own_funds_that_are_gone_have_a_clock() {
    let mut run = Run::secured("bid-tendering");
    run.accepts(1, "deposit.bank_entered", bank("own_funds", "O-1", 50, "2026-04-01"));
    run.accepts(1, "deposit.bank_entered", bank("charge", "C-1", 30, "2026-04-01"));
    assert!(run.book().own_costs.is_empty());
    let back = json!({"reference": "O-1", "reason": "误记", "document": paper()});
    run.refuses(1, "deposit.entry_reversed", back.clone(), "same-signer");
    run.accepts(2, "deposit.entry_reversed", back);
    assert_eq!(run.standing(Heading::CustodyBank, "icbc"), 9_999_970);
    assert_eq!(run.book().own_costs.len(), 1);
}
