//! What nobody takes back, and who takes the place of a payer.

use super::*;
use crate::deposit::{RefundPhase, UnclaimedPhase};

/// Late since 7 May, with a refund that came back: 100,000 yuan and 5.55 of interest.
pub(super) fn late() -> Run {
    let mut run = Run::secured("bid-tendering");
    run.at("2026-04-27");
    run.accepts(
        1,
        "deposit.refund_due",
        json!({"deposit": "d-1", "event": "contract", "day": "2026-04-27", "document": paper()}),
    );
    let noticed = json!({"deposit": "d-1", "published": "2026-04-27", "document": paper()});
    run.refuses(1, "deposit.unclaimed_noticed", noticed, "state-forbids");
    assert_eq!(run.tick("2026-05-11"), ["deposit.refund_overdue"]);
    run.accepts(1, "deposit.refund_approved", approval("r-1", 6_000_000, "2026-05-11", 555, 0));
    run
}

fn phase(run: &Run) -> UnclaimedPhase {
    run.deposit("d-1").unclaimed.as_ref().unwrap().phase
}

fn treasury(run: &Run) -> i64 {
    run.book().book.standing(&Heading::TreasuryRecoverable.alone(Currency::CNY))
}

/// Event 24: after notice and its time, by two people, to the treasury; claimed later, with a clock of its own.
#[test]
fn what_nobody_claims_goes_to_the_treasury_and_comes_back_when_it_is_claimed() {
    let mut run = late();
    let noticed = |day: &str| json!({"deposit": "d-1", "published": day, "document": paper()});
    run.refuses(1, "deposit.unclaimed_noticed", noticed("2026-05-06"), "dates-out-of-order");
    run.accepts(1, "deposit.unclaimed_noticed", noticed("2026-05-11"));
    let aside = json!({"deposit": "d-1"});
    // 60 days from 11 May end on Friday, 10 July.
    run.at("2026-07-10");
    run.refuses(2, "deposit.unclaimed_set_aside", aside.clone(), "window-open");
    run.at("2026-07-11");
    run.refuses(1, "deposit.unclaimed_set_aside", aside.clone(), "same-signer");
    run.accepts(2, "deposit.unclaimed_set_aside", aside.clone());
    run.refuses(2, "deposit.unclaimed_set_aside", aside, "state-forbids");
    assert_eq!(run.standing(Heading::Unclaimed, "d-1"), 10_000_555);
    assert_eq!(run.deposit("d-1").refunds.values().next().unwrap().phase, RefundPhase::SetAside);
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::Unclaimed);
    assert!(run.book().overdue.is_empty());
    // The bank's interest has to be there before all of it can go out.
    let remitted = |reference: &str| json!({"deposit": "d-1", "reference": reference, "value_date": "2026-07-11"});
    run.refuses(1, "deposit.unclaimed_remitted", remitted("T-1"), "balance-insufficient");
    run.accepts(
        1,
        "deposit.bank_entered",
        json!({
            "bank": "icbc", "nature": "interest", "reference": "I-1", "amount": yuan(555), "value_date": "2026-07-11",
        }),
    );
    run.accepts(1, "deposit.unclaimed_remitted", remitted("T-1"));
    assert_eq!((phase(&run), run.standing(Heading::CustodyBank, "icbc")), (UnclaimedPhase::Remitted, 0));
    run.at("2026-12-01");
    run.accepts(1, "deposit.unclaimed_reclaimed", json!({"deposit": "d-1", "document": paper()}));
    assert_eq!((treasury(&run), run.standing(Heading::Available, "d-1")), (10_000_555, 10_000_555));
    assert_eq!(run.deposit("d-1").status(&run.book().book), DepositStatus::RefundDue);
    // Five days from 1 December end on Sunday, the 6th, and roll to Monday.
    assert_eq!(run.tick("2026-12-07"), [""; 0]);
    assert_eq!(run.tick("2026-12-08"), ["deposit.refund_overdue"]);
    run.accepts(
        1,
        "deposit.unclaimed_recovered",
        json!({"deposit": "d-1", "reference": "T-2", "value_date": "2026-12-08"}),
    );
    assert_eq!((phase(&run), treasury(&run)), (UnclaimedPhase::Reclaimed, 0));
    // What stood from 11 May to 11 July, and all of it for seven days in December: 4,000,000 · 61 and 10,000,555 · 7, at 500, with the
    // carry of 200,000,000: 436 · 360,000,000 and something.
    run.accepts(1, "deposit.refund_approved", approval("r-2", 10_000_555, "2026-12-08", 436, 0));
}

/// Who comes before the treasury has it is paid out of the account.
#[test]
fn what_is_set_aside_is_claimed_from_the_account() {
    let mut run = late();
    run.accepts(
        1,
        "deposit.unclaimed_noticed",
        json!({"deposit": "d-1", "published": "2026-05-11", "document": paper()}),
    );
    run.at("2026-08-01");
    run.accepts(2, "deposit.unclaimed_set_aside", json!({"deposit": "d-1"}));
    run.accepts(1, "deposit.unclaimed_reclaimed", json!({"deposit": "d-1", "document": paper()}));
    assert_eq!((phase(&run), run.standing(Heading::Unclaimed, "d-1")), (UnclaimedPhase::Reclaimed, 0));
    assert_eq!((treasury(&run), run.standing(Heading::Available, "d-1")), (0, 10_000_555));
}

/// What lateness costs is the payee's own to pay, to the treasury as to the payer: other depositors' money lies in the same account.
#[test]
fn lateness_is_not_remitted_out_of_others_money() {
    for (edition, is_guarded) in [("2027-03", false), ("2027-04", true)] {
        let mut run = Run::secured("bid-procurement").under(edition);
        run.accepts(1, "deposit.announced", notice("d-2"));
        run.accepts(1, "deposit.received", receipt("d-2", "R-2", 10_000_000, "2026-04-01"));
        run.at("2026-10-10");
        let start = json!({"deposit": "d-1", "event": "award", "day": "2026-10-09", "document": paper()});
        run.accepts(1, "deposit.refund_due", start);
        assert_eq!(run.tick("2026-10-25"), ["deposit.refund_overdue"]);
        run.accepts(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-10-25", 0, 14_301));
        let noticed = json!({"deposit": "d-1", "published": "2026-10-25", "document": paper()});
        run.accepts(1, "deposit.unclaimed_noticed", noticed);
        run.at("2026-12-28");
        run.accepts(2, "deposit.unclaimed_set_aside", json!({"deposit": "d-1"}));
        let remitted = json!({"deposit": "d-1", "reference": "T-1", "value_date": "2026-12-28"});
        if is_guarded {
            run.refuses(1, "deposit.unclaimed_remitted", remitted.clone(), "balance-insufficient");
            let own = json!({"bank": "icbc", "nature": "own_funds", "reference": "O-1", "amount": yuan(14_301), "value_date": "2026-12-28"});
            run.accepts(1, "deposit.bank_entered", own);
        }
        run.accepts(1, "deposit.unclaimed_remitted", remitted);
        // What is left of the account is d-2's, or less than that.
        let short = if is_guarded { 0 } else { 14_301 };
        assert_eq!(run.standing(Heading::CustodyBank, "icbc"), 10_000_000 - short, "{edition}");
    }
}

/// Event 25: without records of the payer's end nobody takes its place.
#[test]
fn nobody_succeeds_a_payer_that_goes_on() {
    let mut run = Run::secured("bid-tendering");
    let succeeded = json!({"deposit": "d-1", "successor": "91410100MA9DEM116H", "document": paper()});
    run.refuses(1, "deposit.succeeded", succeeded, "inconsistent");
}
