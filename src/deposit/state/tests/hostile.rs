//! What somebody with two keys, or nobody's fault, would make of reversals and of own funds that go back.

use super::bank::{line, statement};
use super::custody::{bank, lodged, verified};
use super::division::{divided, division};
use super::reversals::{claimed, of_entry, of_line, paid};
use super::unclaimed::late;
use super::*;
use crate::deposit::{ForfeiturePhase, GuaranteePhase, RefundPhase};

fn supervisor() -> Author {
    author(SUPERVISOR, Role::Supervisor)
}

fn of_bank(reference: &str) -> Value {
    json!({"reference": reference, "reason": "误记", "document": paper()})
}

fn free_in(run: &Run, bank: &str) -> i64 {
    run.book().free_own_minor(&bank.parse().unwrap(), Currency::CNY)
}

fn at_boc(nature: &str, reference: &str, fen: i64) -> Value {
    let mut entry = bank(nature, reference, fen, "2026-04-01");
    entry["bank"] = "boc".into();
    entry
}

fn differs(id: &str, bank: &str, side: &str, fen: i64) -> Value {
    json!({
        "id": id, "bank": bank, "side": side, "amount": yuan(fen), "value_date": "2026-04-01", "statement": "对账不符",
    })
}

/// 50 yuan of the payee's own in one account, and nothing in another.
fn two_accounts() -> Run {
    let mut run = Run::secured("bid-tendering");
    run.accepts(1, "deposit.bank_entered", bank("own_funds", "O-1", 5_000, "2026-04-01"));
    let mut elsewhere = notice("d-2");
    elsewhere["bank"] = "boc".into();
    run.accepts(1, "deposit.announced", elsewhere);
    run
}

impl Run {
    fn adopts(&mut self, edition: &str) {
        self.adopted.edition = Editions::shipped().into_iter().find(|shipped| shipped.name == edition).unwrap();
    }

    fn own_since(&self) -> Option<(String, bool)> {
        let of = self.book().own_costs.get(&Currency::CNY)?;
        Some((Day::from(of.running.since.shanghai_day()).to_string(), of.overdue.is_some()))
    }
}

/// Own funds are counted in all accounts together, so what lies in one of them for others stays in that one: what the bank paid ahead, and what
/// nobody can explain.
#[test]
fn own_funds_do_not_leave_in_place_of_what_lies_there_for_others() {
    let mut run = two_accounts();
    run.accepts(1, "deposit.bank_entered", at_boc("interest", "I-1", 5_000));
    assert_eq!((free_in(&run, "icbc"), free_in(&run, "boc")), (5_000, 0));
    let mut run = two_accounts();
    run.accepts(1, "deposit.difference_opened", differs("x-1", "boc", "over", 700));
    assert_eq!((free_in(&run, "icbc"), free_in(&run, "boc")), (5_000, 0));
    // What is too much in one account explains nothing that is missing in the other.
    run.accepts(1, "deposit.difference_opened", differs("x-2", "icbc", "short", 700));
    assert_eq!((free_in(&run, "icbc"), free_in(&run, "boc")), (4_300, 0));
    let cleared = json!({"difference": "x-1", "explanation": "银行更正", "document": paper()});
    run.accepts(2, "deposit.difference_cleared", cleared);
    assert_eq!((free_in(&run, "icbc"), free_in(&run, "boc")), (4_300, 0));
}

/// A refund that came back and was set aside since is none any more: that it came back is not taken back before that is.
#[test]
fn a_refund_that_was_set_aside_is_not_on_its_way() {
    let reclaimed = || {
        let mut run = late();
        run.accepts(2, "deposit.refund_instructed", json!({"deposit": "d-1", "refund": "r-1"}));
        let bounced = json!({
            "deposit": "d-1", "refund": "r-1", "outcome": "bounced", "reference": "B-1", "value_date": "2026-05-11",
        });
        run.accepts(1, "deposit.refund_settled", bounced);
        let noticed = json!({"deposit": "d-1", "published": "2026-05-11", "document": paper()});
        run.accepts(1, "deposit.unclaimed_noticed", noticed);
        run.at("2026-07-11");
        run.accepts(2, "deposit.unclaimed_set_aside", json!({"deposit": "d-1"}));
        let aside = run.index;
        run.at("2026-08-01");
        run.accepts(1, "deposit.unclaimed_reclaimed", json!({"deposit": "d-1", "document": paper()}));
        (run, aside)
    };
    // With the money of another refund it would be paid a second time.
    let (mut run, _) = reclaimed();
    let day = "2026-08-01";
    let sums = refund_sums(run.book(), run.deposit("d-1"), None, 10_000_555, day.parse().unwrap(), run.law());
    run.accepts(1, "deposit.refund_approved", approval("r-2", 10_000_555, day, sums.interest_minor, 0));
    run.refuses(2, "deposit.entry_reversed", of_line("B-1"), "state-forbids");
    // The last first.
    let (mut run, aside) = reclaimed();
    let reclaim = run.index;
    run.accepts(2, "deposit.entry_reversed", of_entry(reclaim));
    run.refuses(2, "deposit.entry_reversed", of_line("B-1"), "state-forbids");
    run.accepts(1, "deposit.entry_reversed", of_entry(aside));
    run.accepts(2, "deposit.entry_reversed", of_line("B-1"));
    assert_eq!(run.deposit("d-1").refunds.values().next().unwrap().phase, RefundPhase::Instructed);
}

/// What covered what a payment left missing, and is too much since less is asked, is no receipt any more that could be reversed first.
#[test]
fn a_payment_does_not_wait_for_a_receipt_that_nobody_can_reverse() {
    for (asked, left) in [(6_000_000, 0), (7_000_000, 1_000_000)] {
        let mut run = claimed("2027-07", 4_000_000);
        run.accepts(2, "deposit.guarantee_paid", paid("P-1", "2026-03-20"));
        run.accepts(1, "deposit.received", receipt("d-1", "R-1", 4_000_000, "2026-03-20"));
        run.refuses(1, "deposit.entry_reversed", of_line("P-1"), "entry-in-use");
        let assessed =
            json!({"deposit": "d-1", "base": yuan(500_000_000), "required": yuan(asked), "rule": "DP-ASSESSMENT"});
        run.accepts(1, "deposit.assessed", assessed);
        assert_eq!(run.standing(Heading::Available, "d-1"), left);
        run.refuses(2, "deposit.receipt_reversed", of_line("R-1"), "balance-insufficient");
        run.accepts(1, "deposit.entry_reversed", of_line("P-1"));
        assert_eq!((run.standing(Heading::Available, "d-1"), run.standing(Heading::Excess, "d-1")), (0, 4_000_000));
    }
}

/// A guarantee that has expired covers nothing, and what is missing is late; its issuer's payment, or a receipt, which never came gives no new time for it.
#[test]
fn what_is_missing_has_no_new_time() {
    for is_late in [false, true] {
        let mut run = Run::on("2026-03-20");
        run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
        run.accepts(1, "deposit.announced", notice("d-1"));
        run.accepts(1, "deposit.guarantee_lodged", lodged("g-1", 10_000_000));
        run.accepts(2, "deposit.guarantee_verified", verified("g-1"));
        let due = run.tick("2026-08-03");
        assert!(due.ends_with(&["deposit.guarantee_expired", "deposit.topup_demanded"]), "{due:?}");
        if is_late {
            assert_eq!(run.tick("2026-08-28"), ["deposit.topup_overdue"]);
        }
        let before = run.deposit("d-1").topup;
        let claim = json!({
            "deposit": "d-1", "id": "f-1", "guarantee": "g-1", "amount": yuan(10_000_000), "ground": "bid-withdrawn",
            "reasons": "撤标", "document": paper(),
        });
        run.accepts(1, "deposit.guarantee_claimed", claim);
        let today = Day::from(run.now.shanghai_day()).to_string();
        run.accepts(2, "deposit.guarantee_paid", paid("P-1", &today));
        assert_eq!(run.deposit("d-1").topup, None);
        run.accepts(1, "deposit.entry_reversed", of_line("P-1"));
        assert_eq!((run.deposit("d-1").topup, before.is_some()), (before, true));
        run.accepts(1, "deposit.received", receipt("d-1", "R-1", 10_000_000, "2026-08-03"));
        assert_eq!(run.deposit("d-1").topup, None);
        run.accepts(2, "deposit.receipt_reversed", of_line("R-1"));
        assert_eq!(run.deposit("d-1").topup, before);
        let late = if is_late { vec![] } else { vec!["deposit.topup_overdue"] };
        assert_eq!(run.tick("2026-08-28"), late);
    }
}

/// Another's money that was entered on a deposit makes nobody late who never paid.
#[test]
fn what_was_whole_by_a_wrong_receipt_alone_never_was() {
    for edition in ["2027-06", "2027-07"] {
        let mut run = Run::secured("bid-tendering").under(edition);
        run.accepts(2, "deposit.receipt_reversed", of_line("R-1"));
        let is_demanded = run.tick("2026-06-01").contains(&"deposit.topup_demanded");
        assert_eq!(is_demanded, edition == "2027-06");
        // Once it is whole, it was.
        run.accepts(1, "deposit.received", receipt("d-1", "R-1", 10_000_000, "2026-04-01"));
        run.accepts(1, "deposit.received", receipt("d-1", "R-2", 10_000_000, "2026-06-01"));
        run.accepts(2, "deposit.receipt_reversed", of_line("R-1"));
        assert_eq!(run.tick("2026-06-02"), ["deposit.topup_demanded"]);
    }
}

/// What an annulment gave back has its whole time, whoever was said to have reclaimed the rest before.
#[test]
fn a_reclaim_that_never_was_shortens_no_time() {
    let mut came = Vec::new();
    for is_reclaimed in [false, true] {
        let mut run = Run::secured("bid-tendering");
        run.forfeits(2_000_000);
        run.tick("2026-04-27");
        let start = json!({"deposit": "d-1", "event": "contract", "day": "2026-04-27", "document": paper()});
        run.accepts(1, "deposit.refund_due", start);
        run.tick("2026-06-01");
        let noticed = json!({"deposit": "d-1", "published": "2026-06-01", "document": paper()});
        run.accepts(1, "deposit.unclaimed_noticed", noticed);
        run.tick("2026-08-03");
        run.accepts(2, "deposit.unclaimed_set_aside", json!({"deposit": "d-1"}));
        if is_reclaimed {
            run.accepts(1, "deposit.unclaimed_reclaimed", json!({"deposit": "d-1", "document": paper()}));
        }
        let reclaim = run.index;
        run.tick("2026-08-12");
        let annulled = json!({"deposit": "d-1", "forfeiture": "f-1", "reasons": "判决撤销", "document": paper()});
        run.posts(&supervisor(), 6, "deposit.forfeiture_annulled", &annulled).unwrap();
        run.tick("2026-08-13");
        if is_reclaimed {
            run.accepts(2, "deposit.entry_reversed", of_entry(reclaim));
        }
        let clock = run.deposit("d-1").clock.unwrap().running;
        assert_eq!(Day::from(clock.since.shanghai_day()).to_string(), "2026-08-12");
        assert_eq!((run.deposit("d-1").overdue, run.book().overdue.len()), (None, 0));
        came.push((clock, run.tick("2026-08-31")));
        assert_eq!(run.standing(Heading::Available, "d-1"), 2_000_000);
    }
    assert_eq!(came[0], came[1]);
    assert_eq!(came[0].1, ["deposit.refund_overdue"]);
}

/// Own funds that were entered and never came give no new time for own costs, and take back no lateness; a charge that was another's has none.
#[test]
fn the_clock_of_own_costs_is_what_it_would_be() {
    for edition in ["2027-06", "2027-07"] {
        let mut run = Run::secured("bid-tendering").under(edition);
        let enters = |run: &mut Run, nature: &str, reference: &str, fen: i64, day: &str| {
            run.tick(day);
            run.accepts(1, "deposit.bank_entered", bank(nature, reference, fen, day));
        };
        enters(&mut run, "charge", "C-1", 30, "2026-04-01");
        enters(&mut run, "own_funds", "O-1", 50, "2026-04-02");
        assert_eq!(run.own_since(), None);
        run.tick("2026-04-03");
        run.accepts(2, "deposit.entry_reversed", of_bank("O-1"));
        let since = if edition == "2027-06" { "2026-04-03" } else { "2026-04-01" };
        assert_eq!(run.own_since(), Some((since.to_owned(), false)));
        if edition == "2027-06" {
            continue;
        }
        // What is late stays late, and is said once.
        assert_eq!(run.tick("2026-05-10"), ["deposit.own_costs_overdue"]);
        enters(&mut run, "own_funds", "O-1", 50, "2026-05-10");
        assert_eq!(run.own_since(), None);
        run.accepts(2, "deposit.entry_reversed", of_bank("O-1"));
        assert_eq!((run.own_since(), run.tick("2026-07-01")), (Some(("2026-04-01".to_owned(), true)), vec![]));
        // What came meanwhile ends it all the same, and what is spent of it since has its own time.
        enters(&mut run, "own_funds", "O-2", 50, "2026-07-01");
        enters(&mut run, "own_funds", "O-3", 30, "2026-07-02");
        enters(&mut run, "charge", "C-2", 60, "2026-07-03");
        run.accepts(2, "deposit.entry_reversed", of_bank("O-2"));
        assert_eq!(run.own_since(), Some(("2026-07-03".to_owned(), false)));
        enters(&mut run, "charge", "C-3", 5, "2026-07-06");
        run.accepts(2, "deposit.entry_reversed", of_bank("C-2"));
        assert_eq!(run.own_since(), Some(("2026-07-06".to_owned(), false)));
        run.accepts(2, "deposit.entry_reversed", of_bank("C-3"));
        assert_eq!(run.own_since(), None);
    }
}

/// Nothing is recorded on a part that was put back, so nothing is taken back on it that could not be entered again.
#[test]
fn nothing_is_reversed_on_a_part_that_was_put_back() {
    let mut run = Run::secured("bid-procurement");
    run.divides_payer();
    run.accepts(1, "deposit.divided", division("d-1", "d-2", 4_000_000));
    let of_part = |mut payload: Value| {
        payload["deposit"] = "d-2".into();
        payload
    };
    let hold = json!({"deposit": "d-2", "id": "k", "amount": yuan(1_000_000), "reason": "查", "until": "2026-09-01"});
    run.accepts(1, "deposit.held", hold);
    let forfeited = json!({
        "deposit": "d-2", "id": "f-1", "hold": "k", "amount": yuan(1_000_000), "ground": "bid-withdrawn", "reasons": "撤标",
        "document": paper(),
    });
    run.accepts(1, "deposit.forfeited", forfeited);
    run.accepts(2, "deposit.forfeiture_confirmed", json!({"deposit": "d-2", "forfeiture": "f-1"}));
    run.tick("2026-05-20");
    run.accepts(1, "deposit.forfeiture_remitted", of_part(paid("T-1", "2026-05-20")));
    let annulled = json!({"deposit": "d-2", "forfeiture": "f-1", "reasons": "判决撤销", "document": paper()});
    run.posts(&supervisor(), 6, "deposit.forfeiture_annulled", &annulled).unwrap();
    run.accepts(1, "deposit.forfeiture_recovered", of_part(paid("T-2", "2026-05-20")));
    let back = json!({"deposit": "d-1", "part": "d-2", "reason": "拆分有误", "document": paper()});
    run.accepts(2, "deposit.division_reversed", back);
    assert_eq!(run.standing(Heading::Available, "d-1"), 10_000_000);
    run.refuses(2, "deposit.entry_reversed", of_part(of_line("T-2")), "state-forbids");
}

/// Money that an issuer paid on a part is in the deposit that has it again: it is neither gone nor there twice.
#[test]
fn what_an_issuer_paid_on_a_part_goes_back_with_it() {
    let mut run = divided();
    run.accepts(1, "deposit.divided", division("d-1", "d-2", 4_000_000));
    let of_part = |mut payload: Value| {
        payload["deposit"] = "d-2".into();
        payload
    };
    let mut lodging = of_part(lodged("g-1", 1_000_000));
    lodging["valid_from"] = "2026-04-11".into();
    run.accepts(1, "deposit.guarantee_lodged", lodging);
    run.accepts(2, "deposit.guarantee_verified", of_part(verified("g-1")));
    let claim = json!({
        "deposit": "d-2", "id": "f-1", "guarantee": "g-1", "amount": yuan(400_000), "ground": "bid-withdrawn",
        "reasons": "撤标", "document": paper(),
    });
    run.accepts(1, "deposit.guarantee_claimed", claim);
    run.accepts(2, "deposit.guarantee_paid", of_part(paid("P-1", "2026-04-11")));
    let heir = author(HEIRS[1], Role::Enterprise);
    let appealed = json!({"deposit": "d-2", "forfeiture": "f-1", "grounds": "不服"});
    run.posts(&heir, 5, "deposit.forfeiture_appealed", &appealed).unwrap();
    let ruled = json!({"deposit": "d-2", "forfeiture": "f-1", "outcome": "overturned", "reasons": "理由"});
    run.posts(&supervisor(), 6, "deposit.forfeiture_ruled", &ruled).unwrap();
    run.accepts(1, "deposit.guarantee_released", json!({"deposit": "d-2", "guarantee": "g-1", "reason": "退还"}));
    let back = json!({"deposit": "d-1", "part": "d-2", "reason": "拆分有误", "document": paper()});
    run.accepts(2, "deposit.division_reversed", back);
    assert_eq!(run.standing(Heading::Available, "d-1"), 10_400_000);
    run.refuses(1, "deposit.entry_reversed", of_part(of_line("P-1")), "state-forbids");
}

/// A log that adopts the edition later: what was entered under one of those before it is taken back under this one, the last first.
#[test]
fn what_was_entered_under_an_earlier_edition_is_taken_back_under_this_one() {
    for earlier in ["2027-03", "2027-06"] {
        let mut run = claimed(earlier, 10_000_000);
        run.accepts(2, "deposit.guarantee_paid", paid("P-1", "2026-03-20"));
        run.adopts("2027-07");
        run.accepts(1, "deposit.entry_reversed", of_line("P-1"));
        let of = run.deposit("d-1");
        assert_eq!(of.forfeitures.values().next().unwrap().phase, ForfeiturePhase::Claimed, "{earlier}");
        let of = of.guarantees.values().next().unwrap();
        assert_eq!((of.phase, of.amount_minor), (GuaranteePhase::Valid, 10_000_000), "{earlier}");
        let mut run = late().under(earlier);
        let noticed = json!({"deposit": "d-1", "published": "2026-05-11", "document": paper()});
        run.accepts(1, "deposit.unclaimed_noticed", noticed);
        let notice = run.index;
        run.at("2026-07-11");
        run.accepts(2, "deposit.unclaimed_set_aside", json!({"deposit": "d-1"}));
        let aside = run.index;
        run.accepts(1, "deposit.bank_entered", bank("interest", "I-1", 555, "2026-07-11"));
        let line = |reference: &str| json!({"deposit": "d-1", "reference": reference, "value_date": "2026-07-11"});
        run.accepts(1, "deposit.unclaimed_remitted", line("U-1"));
        run.accepts(2, "deposit.unclaimed_reclaimed", json!({"deposit": "d-1", "document": paper()}));
        let reclaim = run.index;
        run.accepts(1, "deposit.unclaimed_recovered", line("U-2"));
        run.adopts("2027-07");
        run.at("2026-09-11");
        for (hand, step) in [
            (2, of_line("U-2")),
            (1, of_entry(reclaim)),
            (2, of_line("U-1")),
            (1, of_entry(aside)),
            (2, of_entry(notice)),
        ] {
            run.accepts(hand, "deposit.entry_reversed", step);
        }
        assert_eq!(run.deposit("d-1").refunds.values().next().unwrap().phase, RefundPhase::Approved);
        assert_eq!((run.deposit("d-1").unclaimed.is_none(), run.book().overdue.len()), (true, 1));
        // And back under the one before it stands as it is.
        run.adopts(earlier);
        run.refuses(2, "deposit.entry_reversed", of_entry(notice), "law-silent");
    }
}

/// The month in which the wrong entry was matched is signed: the next one has the reversal beside the right entry, and ties.
#[test]
fn a_reversal_after_the_month_was_reconciled_ties() {
    let mut run = claimed("2027-07", 4_000_000);
    run.accepts(2, "deposit.guarantee_paid", paid("P-1", "2026-03-20"));
    run.at("2026-04-02");
    let march = run.reconciles(&statement(0, "2026-03-31", vec![line("2026-03-20", 4_000_000, "P-1")]));
    assert_eq!((march.matched, march.open, march.unexplained_minor), (1, 0, 0));
    run.accepts(1, "deposit.entry_reversed", of_line("P-1"));
    run.accepts(1, "deposit.bank_entered", bank("own_funds", "P-1", 4_000_000, "2026-03-20"));
    run.at("2026-05-02");
    let april = run.reconciles(&statement(4_000_000, "2026-04-30", vec![]));
    assert_eq!((april.book_minor, april.unexplained_minor), (4_000_000, 0));
    // It is withdrawn, by another person, and signed again.
    let entry = run.index;
    let withdrawn = json!({"bank": "icbc", "reconciliation": entry, "reason": "重做"});
    run.accepts(2, "deposit.reconciliation_withdrawn", withdrawn);
    run.reconciles(&statement(4_000_000, "2026-04-30", vec![]));
}
