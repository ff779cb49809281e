//! Who would have new time, or be late, by what was approved or allocated and is taken back: nobody.

use super::corrections::{allocation, approves, of_allocation};
use super::custody::bank;
use super::reversals::of_entry;
use super::*;

/// Nothing that is approved and taken back gives the payee new time: neither for a refund that is late, nor for what is too much, nor for its
/// own costs.
#[test]
fn nobody_has_new_time_by_what_was_approved_and_reversed() {
    let surplus = |run: &Run| {
        run.deposit("d-1")
            .surplus
            .map(|of| (Day::from(of.running.since.shanghai_day()).to_string(), of.overdue.is_some()))
    };
    let mut run = Run::secured("bid-tendering");
    run.accepts(1, "deposit.received", receipt("d-1", "R-2", 500, "2026-04-01"));
    assert_eq!(surplus(&run), Some(("2026-04-01".to_owned(), false)));
    run.tick("2026-04-03");
    let payload = approves(&run, "r-1", 500, "2026-04-03");
    run.accepts(1, "deposit.refund_approved", payload);
    let approved = run.index;
    assert_eq!(surplus(&run), None);
    // More is too much since, with its own time.
    run.tick("2026-04-27");
    run.accepts(1, "deposit.received", receipt("d-1", "R-3", 70, "2026-04-27"));
    assert_eq!(surplus(&run), Some(("2026-04-27".to_owned(), false)));
    run.accepts(2, "deposit.entry_reversed", of_entry(approved));
    assert_eq!(surplus(&run), Some(("2026-04-01".to_owned(), false)));
    assert_eq!(run.tick("2026-04-27"), ["deposit.surplus_overdue"]);
    // Approved and reversed once more, it is late still, and is said once.
    let payload = approves(&run, "r-1", 570, "2026-04-27");
    run.accepts(1, "deposit.refund_approved", payload);
    let approved = run.index;
    run.accepts(2, "deposit.entry_reversed", of_entry(approved));
    assert_eq!((surplus(&run), run.tick("2026-06-01")), (Some(("2026-04-01".to_owned(), true)), vec![]));
    // A refund that costs own money: its clock ends with the approval, and that of the refund never stood still.
    let mut run = Run::secured("bid-procurement");
    run.at("2026-04-20");
    let start = json!({"deposit": "d-1", "event": "award", "day": "2026-04-20", "document": paper()});
    run.accepts(1, "deposit.refund_due", start);
    run.tick("2026-06-01");
    run.accepts(1, "deposit.bank_entered", bank("charge", "C-1", 30, "2026-06-01"));
    let (clock, overdue) = (run.deposit("d-1").clock, run.deposit("d-1").overdue);
    run.tick("2026-06-03");
    let payload = approves(&run, "r-1", 10_000_000, "2026-06-03");
    assert!(payload["overdue_minor"].as_i64().unwrap() > 0);
    run.accepts(1, "deposit.refund_approved", payload);
    let approved = run.index;
    run.accepts(2, "deposit.entry_reversed", of_entry(approved));
    assert_eq!(
        (run.deposit("d-1").clock, run.deposit("d-1").overdue, run.deposit("d-1").charged_to),
        (clock, overdue, None)
    );
    assert_eq!(run.book().own_costs[&Currency::CNY].running.since, day_begins("2026-06-01".parse().unwrap()));
    assert_eq!(run.book().overdue.len(), 1);
}

/// What was asked more since an approval took what was too much would have been covered by it: that approval stands.
#[test]
fn an_approval_stands_once_its_money_would_have_covered_more() {
    let mut run = Run::secured("bid-tendering");
    let assessed =
        |fen: i64| json!({"deposit": "d-1", "base": yuan(500_000_000), "required": yuan(fen), "rule": "DP-ASSESSMENT"});
    run.accepts(1, "deposit.assessed", assessed(8_000_000));
    let payload = approves(&run, "r-1", 2_000_000, "2026-04-01");
    run.accepts(1, "deposit.refund_approved", payload);
    let approved = run.index;
    run.accepts(1, "deposit.assessed", assessed(9_000_000));
    let raised = run.index;
    let refused = run.refuses(2, "deposit.entry_reversed", of_entry(approved), "entry-in-use");
    assert!(refused.detail.zh.contains(&raised.to_string()), "{refused}");
}

/// A deposit of which nothing but its share is to go back is late by the share alone; and what comes back while it has one, counts from then.
#[test]
fn a_share_that_never_was_makes_nobody_late() {
    let shared = || {
        let mut run = Run::secured("bid-tendering");
        run.at("2026-04-08");
        run.forfeits(10_000_000);
        run.tick("2026-04-27");
        let start = json!({"deposit": "d-1", "event": "contract", "day": "2026-04-27", "document": paper()});
        run.accepts(1, "deposit.refund_due", start);
        run.accepts(1, "deposit.bank_entered", bank("pooled_interest", "I-1", 100, "2026-04-27"));
        let payload = allocation(&run, "2026-04-27");
        run.accepts(1, "deposit.interest_allocated", payload);
        run
    };
    let mut run = shared();
    let entry = run.index;
    assert_eq!(run.tick("2026-05-11"), ["deposit.refund_overdue"]);
    run.accepts(2, "deposit.entry_reversed", of_allocation(entry));
    assert_eq!((run.deposit("d-1").overdue, run.book().overdue.len()), (None, 0));
    let mut run = shared();
    run.tick("2026-05-11");
    let annulled = json!({"deposit": "d-1", "forfeiture": "f-1", "reasons": "判决撤销", "document": paper()});
    run.posts(&author(SUPERVISOR, Role::Supervisor), 6, "deposit.forfeiture_annulled", &annulled).unwrap();
    let refused = run.refuses(2, "deposit.entry_reversed", of_allocation(entry), "entry-in-use");
    assert!(refused.detail.zh.contains("d-1"), "{refused}");
}
