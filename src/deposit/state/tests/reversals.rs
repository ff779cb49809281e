//! What an issuer or the treasury paid, and each step of what nobody takes back, is taken back by another person, the last first: from the edition
//! 2027-07 on.

use super::bank::{line, statement};
use super::custody::{bank, lodged, verified};
use super::unclaimed::late;
use super::*;
use crate::deposit::{ForfeiturePhase, GuaranteePhase, RefundPhase, UnclaimedPhase};

const BOTH: [&str; 2] = ["2027-06", "2027-07"];

/// Of a line of the bank.
pub(super) fn of_line(reference: &str) -> Value {
    json!({"deposit": "d-1", "reference": reference, "reason": "误记", "document": paper()})
}

/// Of what the bank has no line for.
pub(super) fn of_entry(entry: u64) -> Value {
    json!({"deposit": "d-1", "entry": entry, "reason": "误记", "document": paper()})
}

pub(super) fn paid(reference: &str, day: &str) -> Value {
    json!({"deposit": "d-1", "forfeiture": "f-1", "reference": reference, "value_date": day})
}

fn alone(run: &Run, heading: Heading) -> i64 {
    run.book().book.standing(&heading.alone(Currency::CNY))
}

fn supervisor() -> Author {
    author(SUPERVISOR, Role::Supervisor)
}

/// A guarantee of 100,000 yuan, of which so much is claimed.
pub(super) fn claimed(edition: &str, fen: i64) -> Run {
    let mut run = Run::on("2026-03-20").under(edition);
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    run.accepts(1, "deposit.announced", notice("d-1"));
    let mut lodging = lodged("g-1", 10_000_000);
    (lodging["valid_to"], lodging["claim_by"]) = ("2026-12-31".into(), "2026-12-31".into());
    run.accepts(1, "deposit.guarantee_lodged", lodging);
    run.accepts(2, "deposit.guarantee_verified", verified("g-1"));
    run.claims("f-1", fen);
    run
}

impl Run {
    fn claims(&mut self, id: &str, fen: i64) {
        self.accepts(
            1,
            "deposit.guarantee_claimed",
            json!({
                "deposit": "d-1", "id": id, "guarantee": "g-1", "amount": yuan(fen), "ground": "bid-withdrawn",
                "reasons": "撤标", "document": paper(),
            }),
        );
    }

    fn forfeiture(&self, id: &str) -> ForfeiturePhase {
        self.deposit("d-1").forfeitures[&id.parse::<ItemId>().unwrap()].phase
    }

    fn guarantee(&self) -> (GuaranteePhase, i64) {
        let of = self.deposit("d-1").guarantees.values().next().unwrap();
        (of.phase, of.amount_minor)
    }
}

/// The line was another's: the guarantee covers again, the claim waits, and its time of appeal begins with the payment that comes.
#[test]
fn a_payment_that_never_came_is_taken_back() {
    for edition in BOTH {
        let mut run = claimed(edition, 10_000_000);
        run.accepts(2, "deposit.guarantee_paid", paid("P-1", "2026-03-20"));
        let voucher = run.book().book.vouchers();
        if edition == "2027-06" {
            run.refuses(1, "deposit.entry_reversed", of_line("P-1"), "unknown-reference");
            run.refuses(1, "deposit.entry_reversed", of_entry(run.index), "law-silent");
            continue;
        }
        run.refuses(2, "deposit.entry_reversed", of_line("P-1"), "same-signer");
        run.refuses(1, "deposit.entry_reversed", of_entry(run.index), "unknown-reference");
        assert_eq!(run.guarantee(), (GuaranteePhase::Claimed, 0));
        run.accepts(1, "deposit.entry_reversed", of_line("P-1"));
        assert_eq!(run.vouchers.last().unwrap().reverses.unwrap().voucher, voucher);
        assert_eq!(
            (run.forfeiture("f-1"), run.guarantee()),
            (ForfeiturePhase::Claimed, (GuaranteePhase::Valid, 10_000_000))
        );
        assert_eq!(
            (run.standing(Heading::GuaranteeCover, "g-1"), run.standing(Heading::CustodyBank, "icbc")),
            (10_000_000, 0)
        );
        run.refuses(1, "deposit.entry_reversed", of_line("P-1"), "unknown-reference");
        // Nothing became final meanwhile; what comes in May has its ten days from then.
        assert_eq!(run.tick("2026-05-01"), [""; 0]);
        run.accepts(2, "deposit.guarantee_paid", paid("P-1", "2026-05-01"));
        assert_eq!(run.tick("2026-05-30"), ["deposit.forfeiture_final"]);
    }
}

/// What has come to cover what it left missing was a surplus all along: that goes first, or, where it can't, is too much then.
#[test]
fn what_covers_what_is_missing_rests_on_a_payment() {
    let mut run = claimed("2027-07", 4_000_000);
    run.accepts(2, "deposit.guarantee_paid", paid("P-1", "2026-03-20"));
    run.accepts(1, "deposit.received", receipt("d-1", "R-1", 3_000_000, "2026-03-20"));
    let refused = run.refuses(1, "deposit.entry_reversed", of_line("P-1"), "entry-in-use");
    assert!(refused.detail.zh.contains("R-1") && refused.detail.en.contains("R-1"), "{refused}");
    run.accepts(2, "deposit.receipt_reversed", of_line("R-1"));
    run.accepts(1, "deposit.entry_reversed", of_line("P-1"));
    run.accepts(1, "deposit.received", receipt("d-1", "R-1", 3_000_000, "2026-03-20"));
    assert_eq!((run.standing(Heading::Available, "d-1"), run.standing(Heading::Excess, "d-1")), (0, 3_000_000));
    // Less is asked meanwhile: what the guarantee covers again nothing else need cover.
    let mut run = claimed("2027-07", 4_000_000);
    run.accepts(1, "deposit.received", receipt("d-1", "R-1", 3_000_000, "2026-03-20"));
    let assessed =
        |fen: i64| json!({"deposit": "d-1", "base": yuan(500_000_000), "required": yuan(fen), "rule": "DP-ASSESSMENT"});
    run.accepts(2, "deposit.guarantee_paid", paid("P-1", "2026-03-20"));
    run.accepts(1, "deposit.assessed", assessed(9_000_000));
    assert_eq!((run.standing(Heading::Available, "d-1"), run.standing(Heading::Excess, "d-1")), (3_000_000, 0));
    run.accepts(1, "deposit.entry_reversed", of_line("P-1"));
    assert_eq!((run.standing(Heading::Available, "d-1"), run.standing(Heading::Excess, "d-1")), (0, 3_000_000));
}

/// The bank's line that the wrong entry was matched with is open again, and is matched with the right one.
#[test]
fn a_line_of_the_bank_is_open_again() {
    for is_entered_again in [false, true] {
        let mut run = claimed("2027-07", 4_000_000);
        run.accepts(2, "deposit.guarantee_paid", paid("P-1", "2026-03-20"));
        run.accepts(1, "deposit.entry_reversed", of_line("P-1"));
        if is_entered_again {
            run.accepts(1, "deposit.bank_entered", bank("own_funds", "P-1", 4_000_000, "2026-03-20"));
        }
        run.at("2026-05-02");
        let record = run.reconciles(&statement(0, "2026-04-30", vec![line("2026-03-20", 4_000_000, "P-1")]));
        let matched = u32::from(is_entered_again);
        assert_eq!((record.lines, record.matched, record.open, record.unexplained_minor), (1, matched, 1 - matched, 0));
    }
}

/// Wherever its money is by then: appealed it waits for the ruling, final it comes back out of what is owed to the treasury or the payee, remitted
/// the remittance goes first, overturned the payer never had it.
#[test]
fn a_payment_is_taken_back_from_where_its_money_is() {
    let appealed = json!({"deposit": "d-1", "forfeiture": "f-1", "grounds": "不服"});
    let ruled = |outcome: &str| json!({"deposit": "d-1", "forfeiture": "f-1", "outcome": outcome, "reasons": "理由"});
    let mut run = claimed("2027-07", 4_000_000);
    run.accepts(2, "deposit.guarantee_paid", paid("P-1", "2026-03-20"));
    run.posts(&payer(), 5, "deposit.forfeiture_appealed", &appealed).unwrap();
    let refused = run.refuses(1, "deposit.entry_reversed", of_line("P-1"), "entry-in-use");
    assert!(refused.detail.zh.contains("申诉") && refused.citation.is_some(), "{refused}");
    run.posts(&supervisor(), 6, "deposit.forfeiture_ruled", &ruled("upheld")).unwrap();
    run.accepts(1, "deposit.forfeiture_remitted", paid("T-1", "2026-03-20"));
    let refused = run.refuses(1, "deposit.entry_reversed", of_line("P-1"), "entry-in-use");
    assert!(refused.detail.zh.contains("T-1") && refused.detail.en.contains("T-1"), "{refused}");
    run.accepts(2, "deposit.entry_reversed", of_line("T-1"));
    run.accepts(1, "deposit.entry_reversed", of_line("P-1"));
    assert_eq!(
        (run.forfeiture("f-1"), run.guarantee()),
        (ForfeiturePhase::Claimed, (GuaranteePhase::Valid, 10_000_000))
    );
    for heading in [Heading::TreasuryPayable, Heading::OwnPayable] {
        assert_eq!(alone(&run, heading), 0);
    }
    // It comes after all, and the payer appeals with success; then it turns out that it did not come.
    run.accepts(2, "deposit.guarantee_paid", paid("P-2", "2026-03-20"));
    run.posts(&payer(), 5, "deposit.forfeiture_appealed", &appealed).unwrap();
    run.posts(&supervisor(), 6, "deposit.forfeiture_ruled", &ruled("overturned")).unwrap();
    assert_eq!(run.standing(Heading::Available, "d-1"), 4_000_000);
    run.at("2026-06-20");
    run.accepts(1, "deposit.entry_reversed", of_line("P-2"));
    assert_eq!(
        (run.forfeiture("f-1"), run.guarantee()),
        (ForfeiturePhase::Overturned, (GuaranteePhase::Valid, 10_000_000))
    );
    assert_eq!(
        (
            run.standing(Heading::Available, "d-1"),
            run.deposit("d-1").interest(run.book(), "2027-03-20".parse().unwrap(), true)
        ),
        (0, (0, 0))
    );
}

/// What became of the guarantee by itself meanwhile stays; of what two claims took, each comes back by itself.
#[test]
fn a_guarantee_is_what_it_would_be() {
    // A part was paid, and its last day has passed since.
    let mut run = claimed("2027-07", 4_000_000);
    run.accepts(2, "deposit.guarantee_paid", paid("P-1", "2026-03-20"));
    run.tick("2027-01-04");
    assert_eq!(run.guarantee(), (GuaranteePhase::Expired, 6_000_000));
    run.accepts(1, "deposit.entry_reversed", of_line("P-1"));
    assert_eq!(
        (run.guarantee(), run.standing(Heading::GuaranteeCover, "g-1")),
        ((GuaranteePhase::Expired, 10_000_000), 0)
    );
    // All of it was paid, and it would have expired: it does at once.
    let mut run = claimed("2027-07", 10_000_000);
    run.accepts(2, "deposit.guarantee_paid", paid("P-1", "2026-03-20"));
    assert_eq!(run.tick("2027-01-04"), ["deposit.forfeiture_final"]);
    run.accepts(1, "deposit.entry_reversed", of_line("P-1"));
    assert!(run.tick("2027-01-04").contains(&"deposit.guarantee_expired"));
    assert_eq!(
        (run.guarantee(), run.standing(Heading::GuaranteeCover, "g-1")),
        ((GuaranteePhase::Expired, 10_000_000), 0)
    );
    // Two claims, the first one is taken back, then the second.
    let mut run = claimed("2027-07", 4_000_000);
    run.accepts(2, "deposit.guarantee_paid", paid("P-1", "2026-03-20"));
    run.claims("f-2", 6_000_000);
    let second = json!({"deposit": "d-1", "forfeiture": "f-2", "reference": "P-2", "value_date": "2026-03-20"});
    run.accepts(2, "deposit.guarantee_paid", second);
    assert_eq!(run.guarantee(), (GuaranteePhase::Claimed, 0));
    for (reference, left) in [("P-1", 4_000_000), ("P-2", 10_000_000)] {
        run.accepts(1, "deposit.entry_reversed", of_line(reference));
        assert_eq!(
            (run.guarantee(), run.standing(Heading::GuaranteeCover, "g-1")),
            ((GuaranteePhase::Valid, left), left)
        );
    }
}

/// What was final and remitted is annulled, and the treasury is waited for.
pub(super) fn annulled() -> Run {
    let mut run = Run::secured("bid-procurement");
    run.forfeits(10_000_000);
    run.tick("2026-04-20");
    run.accepts(1, "deposit.forfeiture_remitted", paid("T-1", "2026-04-20"));
    run.accepts(
        1,
        "deposit.refund_due",
        json!({"deposit": "d-1", "event": "award", "day": "2026-04-20", "document": paper()}),
    );
    run.at("2026-06-01");
    let annulled = json!({"deposit": "d-1", "forfeiture": "f-1", "reasons": "判决撤销", "document": paper()});
    run.posts(&supervisor(), 6, "deposit.forfeiture_annulled", &annulled).unwrap();
    run
}

#[test]
fn what_the_treasury_paid_back_is_taken_back() {
    let mut run = annulled();
    run.accepts(1, "deposit.forfeiture_recovered", paid("T-2", "2026-06-01"));
    run.refuses(1, "deposit.entry_reversed", of_line("T-2"), "same-signer");
    run.accepts(2, "deposit.entry_reversed", of_line("T-2"));
    assert_eq!(
        (run.forfeiture("f-1"), alone(&run, Heading::TreasuryRecoverable)),
        (ForfeiturePhase::Annulled, 10_000_000)
    );
    run.accepts(1, "deposit.forfeiture_recovered", paid("T-2", "2026-06-01"));
    // It has gone to the payer: the account has it no more.
    run.accepts(1, "deposit.refund_approved", approval("r-1", 10_000_000, "2026-06-01", 0, 0));
    run.accepts(2, "deposit.refund_instructed", json!({"deposit": "d-1", "refund": "r-1"}));
    run.accepts(
        1,
        "deposit.refund_settled",
        json!({
            "deposit": "d-1", "refund": "r-1", "outcome": "confirmed", "reference": "T-3", "value_date": "2026-06-01",
        }),
    );
    run.refuses(2, "deposit.entry_reversed", of_line("T-2"), "balance-insufficient");
}

/// Noticed, set aside, remitted, reclaimed and recovered: 100,005.55 yuan.
#[test]
fn steps_are_taken_back_one_after_the_other() {
    for edition in BOTH {
        let mut run = late().under(edition);
        let before: Vec<_> = run.book().book.accounts().map(|(account, balance)| (account.clone(), balance)).collect();
        let mut steps = Vec::new();
        run.accepts(
            1,
            "deposit.unclaimed_noticed",
            json!({"deposit": "d-1", "published": "2026-05-11", "document": paper()}),
        );
        steps.push((1, of_entry(run.index)));
        run.at("2026-07-11");
        run.accepts(2, "deposit.unclaimed_set_aside", json!({"deposit": "d-1"}));
        steps.push((2, of_entry(run.index)));
        run.accepts(1, "deposit.bank_entered", bank("interest", "I-1", 555, "2026-07-11"));
        run.accepts(
            1,
            "deposit.unclaimed_remitted",
            json!({"deposit": "d-1", "reference": "U-1", "value_date": "2026-07-11"}),
        );
        steps.push((1, of_line("U-1")));
        run.accepts(2, "deposit.unclaimed_reclaimed", json!({"deposit": "d-1", "document": paper()}));
        steps.push((2, of_entry(run.index)));
        run.accepts(
            1,
            "deposit.unclaimed_recovered",
            json!({"deposit": "d-1", "reference": "U-2", "value_date": "2026-07-11"}),
        );
        steps.push((1, of_line("U-2")));
        if edition == "2027-06" {
            for (hand, step) in steps {
                let problem = if step["entry"].is_null() { "unknown-reference" } else { "law-silent" };
                run.refuses(3 - hand, "deposit.entry_reversed", step, problem);
            }
            continue;
        }
        let phases = [
            Some(UnclaimedPhase::Recoverable),
            Some(UnclaimedPhase::Remitted),
            Some(UnclaimedPhase::SetAside),
            Some(UnclaimedPhase::Noticed),
            None,
        ];
        while let Some((hand, step)) = steps.pop() {
            // Each of those before it waits for this one, and says so.
            for (hand, earlier) in &steps {
                let refused = run.refuses(3 - hand, "deposit.entry_reversed", earlier.clone(), "entry-in-use");
                let named = step["reference"].as_str().map_or_else(|| step["entry"].to_string(), str::to_owned);
                assert!(refused.detail.zh.contains(&named) && refused.detail.en.contains(&named), "{refused}");
            }
            run.refuses(hand, "deposit.entry_reversed", step.clone(), "same-signer");
            run.accepts(3 - hand, "deposit.entry_reversed", step.clone());
            run.refuses(3 - hand, "deposit.entry_reversed", step, "unknown-reference");
            assert_eq!(run.deposit("d-1").unclaimed.as_ref().map(|of| of.phase), phases[4 - steps.len()]);
        }
        run.accepts(2, "deposit.entry_reversed", json!({"reference": "I-1", "reason": "误记", "document": paper()}));
        let left: Vec<_> = run
            .book()
            .book
            .accounts()
            .filter(|(_, balance)| *balance != 0)
            .map(|(account, balance)| (account.clone(), balance))
            .collect();
        assert_eq!(left, before.into_iter().filter(|(_, balance)| *balance != 0).collect::<Vec<_>>());
        assert_eq!(run.deposit("d-1").refunds.values().next().unwrap().phase, RefundPhase::Approved);
        assert_eq!(run.book().overdue.len(), 1);
        // It is noticed again, as it should have been.
        run.accepts(
            1,
            "deposit.unclaimed_noticed",
            json!({"deposit": "d-1", "published": "2026-07-11", "document": paper()}),
        );
    }
}

/// What is done with what was reclaimed rests on it.
#[test]
fn a_reclaim_is_taken_back_while_its_money_is_free() {
    let reclaimed = || {
        let mut run = late();
        run.accepts(
            1,
            "deposit.unclaimed_noticed",
            json!({"deposit": "d-1", "published": "2026-05-11", "document": paper()}),
        );
        run.at("2026-07-11");
        run.accepts(2, "deposit.unclaimed_set_aside", json!({"deposit": "d-1"}));
        let clock = run.deposit("d-1").clock;
        run.at("2026-08-01");
        run.accepts(1, "deposit.unclaimed_reclaimed", json!({"deposit": "d-1", "document": paper()}));
        let entry = run.index;
        (run, of_entry(entry), clock)
    };
    let (mut run, reversal, clock) = reclaimed();
    assert_ne!(run.deposit("d-1").clock, clock);
    let hold = json!({"deposit": "d-1", "id": "k", "amount": yuan(5), "reason": "查", "until": "2026-09-01"});
    run.accepts(1, "deposit.held", hold);
    let refused = run.refuses(2, "deposit.entry_reversed", reversal.clone(), "entry-in-use");
    assert!(refused.detail.zh.contains("冻结款（k）"), "{refused}");
    run.accepts(1, "deposit.released", json!({"deposit": "d-1", "hold": "k", "amount": yuan(5), "reason": "查"}));
    // Its own clock has passed meanwhile; the one that counts is the old one.
    assert_eq!(run.tick("2026-08-20"), ["deposit.refund_overdue"]);
    run.accepts(2, "deposit.entry_reversed", reversal);
    assert_eq!((run.deposit("d-1").clock, run.book().overdue.len()), (clock, 0));
    assert_eq!((run.standing(Heading::Unclaimed, "d-1"), run.tick("2027-08-01")), (10_000_555, vec![]));
    let (mut run, reversal, _) = reclaimed();
    run.divides_payer();
    run.accepts(
        1,
        "deposit.divided",
        json!({"deposit": "d-1", "id": "d-2", "successor": HEIRS[0], "amount": yuan(5), "document": paper()}),
    );
    let refused = run.refuses(2, "deposit.entry_reversed", reversal, "entry-in-use");
    assert!(refused.detail.en.contains("d-2"), "{refused}");
    let (mut run, reversal, _) = reclaimed();
    run.accepts(1, "deposit.refund_approved", approval("r-2", 500, "2026-08-01", 339, 0));
    let refused = run.refuses(2, "deposit.entry_reversed", reversal, "entry-in-use");
    assert!(refused.detail.zh.contains("r-2"), "{refused}");
}
