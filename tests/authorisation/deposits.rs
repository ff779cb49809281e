//! Deposits of the centre: who enters what, who checks it, and who may say no.

use super::acts::{base, deposits, paper};
use super::cast::Who;
use super::deposit_acts::of_deposit;
use super::stage::{DAY, Stage, about, possession};
use super::states::Subject;
use serde_json::json;

const DAY_MILLIS: i64 = 86_400_000;

/// The first half of each step was signed by another key of the centre, so that the centre may sign the second.
pub const DEPOSIT: Subject = Subject {
    about: "the deposits of the centre; the bidder pays, and has no guarantee but where it says so",
    kinds: "deposit.scheme_published deposit.announced deposit.received deposit.receipt_reversed deposit.bank_entered
            deposit.held deposit.released deposit.hold_lapsed deposit.refund_due deposit.refund_due#law
            deposit.refund_overdue deposit.refund_approved deposit.refund_instructed deposit.refund_settled
            deposit.forfeited deposit.forfeiture_confirmed deposit.forfeiture_appealed deposit.forfeiture_ruled
            deposit.forfeiture_final deposit.forfeiture_remitted deposit.guarantee_lodged deposit.guarantee_verified
            deposit.guarantee_released deposit.guarantee_expired deposit.unallocated_received
            deposit.unallocated_claimed deposit.unallocated_returned deposit.interest_allocated
            deposit.interest_capitalised deposit.difference_opened deposit.difference_cleared deposit.own_costs_overdue
            deposit.guarantee_claimed deposit.guarantee_paid deposit.swapped deposit.forfeiture_annulled
            deposit.forfeiture_recovered deposit.assessed deposit.topup_demanded deposit.topup_overdue
            deposit.surplus_overdue deposit.guarantee_expiring deposit.unclaimed_noticed deposit.unclaimed_set_aside
            deposit.unclaimed_remitted deposit.unclaimed_reclaimed deposit.unclaimed_recovered deposit.succeeded
            deposit.divided deposit.division_reversed deposit.statement_reconciled deposit.open_item_resolved
            deposit.reconciliation_withdrawn deposit.entry_reversed deposit.entry_reversed#step
            deposit.own_funds_approved deposit.bank_entered#returned",
    states: &[
        ('n', "none", "nothing yet"),
        ('s', "scheme", "a scheme is published"),
        ('a', "announced", "a deposit is asked for"),
        ('g', "guarantee", "and a guarantee was lodged"),
        ('p', "paid", "paid in"),
        ('h', "held", "and held in part"),
        ('d', "decided", "a part of that is not given back: decided"),
        ('c', "confirmed", "and confirmed: it may be appealed"),
        ('o', "objected", "and appealed"),
        ('f', "final", "nobody appealed: final"),
        ('r', "refund", "its refund is due"),
        ('v', "approved", "the refund is approved"),
        ('i', "instructed", "the bank is told to pay"),
        ('u', "unallocated", "money of nobody came in"),
        ('b', "interest", "paid in a day ago, and the bank paid interest to allocate"),
        ('l', "allocated", "and it is allocated"),
        ('x', "difference", "bank and book differ"),
        ('w', "charged", "the bank took a charge, and its replacement is late"),
        ('q', "claimed", "a guarantee is claimed"),
        ('e', "expiring", "a guarantee covers, and its end is near"),
        ('j', "short", "more is asked than was paid in"),
        ('k', "demanded", "and demanded, a month ago"),
        ('m', "surplus", "less is asked than was paid in, since a month"),
        ('A', "late", "its refund is late"),
        ('N', "noticed", "and nobody came in the time of a notice"),
        ('S', "aside", "it is set aside"),
        ('T', "treasury", "and paid to the treasury"),
        ('B', "reclaimed", "and claimed after all"),
        ('M', "divided", "paid in, and the bidder is divided into its rival and another"),
        ('P', "shared", "and a part of it is the rival's"),
        ('y', "both", "paid in, and a guarantee was lodged besides"),
        ('t', "remitted", "what is final is paid to the treasury"),
        ('z', "annulled", "and annulled"),
        ('R', "reconciled", "paid in, and held against the bank's statement: one of its lines is open"),
        ('O', "own", "paid in, and own funds that nothing needs besides"),
        ('W', "apart", "and their return is approved"),
    ],
    enter: entered,
};

fn entered(state: &str) -> Stage {
    let mut stage = Stage::with_everybody();
    let another = Who::Centre.another_key();
    let addition =
        json!({"key": another.public().to_jwk(), "possession": possession(&another, &about(Who::Centre), stage.now)});
    stage.act(Who::Centre, "key.added", &about(Who::Centre), &addition);
    // By then it is known for long enough to be another person's.
    stage.now = stage.now.plus_millis(7 * 86_400_000);
    for step in steps_to(state) {
        let kind = format!("deposit.{step}");
        let payload = of_deposit(&stage, &kind);
        // The second half by the first key, the first half by the other one.
        let second = ["forfeiture_confirmed", "refund_instructed", "guarantee_verified"].contains(step);
        let key = if second { Who::Centre.key() } else { another.clone() };
        stage.act_by(&key, base(&kind), &deposits(), &payload);
    }
    goes_on(&mut stage, state, &another);
    stage
}

/// The records that lead to a state, but for what time and others do.
fn steps_to(state: &str) -> &'static [&'static str] {
    match state {
        "none" => &[],
        "scheme" => &["scheme_published"],
        "announced" => &["scheme_published", "announced"],
        "guarantee" => &["scheme_published", "announced", "guarantee_lodged"],
        "paid" | "reconciled" => &["scheme_published", "announced", "received"],
        "held" => &["scheme_published", "announced", "received", "held"],
        "decided" => &["scheme_published", "announced", "received", "held", "forfeited"],
        "confirmed" | "objected" | "final" => {
            &["scheme_published", "announced", "received", "held", "forfeited", "forfeiture_confirmed"]
        }
        "divided" | "shared" => &["scheme_published", "announced", "received"],
        "late" | "noticed" | "aside" | "treasury" | "reclaimed" => {
            &["scheme_published", "announced", "received", "refund_due"]
        }
        "refund" => &["scheme_published", "announced", "received", "refund_due"],
        "approved" => &["scheme_published", "announced", "received", "refund_due", "refund_approved"],
        "instructed" => {
            &["scheme_published", "announced", "received", "refund_due", "refund_approved", "refund_instructed"]
        }
        "unallocated" => &["scheme_published", "announced", "unallocated_received"],
        "interest" | "allocated" => &["scheme_published", "announced", "received"],
        "own" => &["scheme_published", "announced", "received", "bank_entered#own"],
        "apart" => &["scheme_published", "announced", "received", "bank_entered#own", "own_funds_approved"],
        "difference" => &["scheme_published", "announced", "received", "difference_opened"],
        "charged" => &["scheme_published", "announced", "received", "bank_entered#charge"],
        "expiring" => &["scheme_published", "announced", "guarantee_lodged", "guarantee_verified"],
        "short" | "demanded" => &["scheme_published", "announced#half", "received#half", "assessed"],
        "surplus" => &["scheme_published", "announced", "received", "assessed#less"],
        "both" => &["scheme_published", "announced", "received", "guarantee_lodged"],
        "claimed" => &["scheme_published", "announced", "guarantee_lodged", "guarantee_verified", "guarantee_claimed"],
        "remitted" | "annulled" => {
            &["scheme_published", "announced", "received", "held", "forfeited", "forfeiture_confirmed"]
        }
        other => panic!("no such state: {other}"),
    }
}

/// What time and others do then.
fn goes_on(stage: &mut Stage, state: &str, another: &gongshi::record::PrivateKey) {
    let act = |stage: &mut Stage, who: Who, kind: &str| {
        let payload = of_deposit(stage, kind);
        stage.act(who, base(kind), &deposits(), &payload);
    };
    match state {
        "interest" | "allocated" => {
            stage.later(DAY_MILLIS);
            act(stage, Who::Centre, "deposit.bank_entered#pooled");
            if state == "allocated" {
                let payload = of_deposit(stage, "deposit.interest_allocated");
                stage.act_by(another, "deposit.interest_allocated", &deposits(), &payload);
            }
        }
        "charged" | "surplus" => stage.later(30 * DAY_MILLIS),
        "late" | "noticed" | "aside" | "treasury" | "reclaimed" => unclaimed(stage, state, another),
        "divided" | "shared" => {
            let ended = json!({
                "ground": "divided", "successors": [Who::Rival.id(), Who::Issuer.id()], "document": paper("登记通知书"),
                "effective": stage.day(0),
            });
            stage.act(Who::Supervisor, "organisation.ended", &about(Who::Bidder), &ended);
            if state == "shared" {
                let payload = of_deposit(stage, "deposit.divided");
                stage.act_by(another, "deposit.divided", &deposits(), &payload);
            }
        }
        "demanded" => {
            stage.wait_for("deposit.topup_demanded", &deposits());
            stage.later(30 * DAY_MILLIS);
        }
        "remitted" | "annulled" => {
            stage.wait_for("deposit.forfeiture_final", &deposits());
            act(stage, Who::Centre, "deposit.forfeiture_remitted");
            if state == "annulled" {
                act(stage, Who::Supervisor, "deposit.forfeiture_annulled");
            }
        }
        "objected" => {
            let payload = of_deposit(stage, "deposit.forfeiture_appealed");
            stage.act(Who::Bidder, "deposit.forfeiture_appealed", &deposits(), &payload);
        }
        "final" => stage.wait_for("deposit.forfeiture_final", &deposits()),
        "reconciled" => {
            stage.now = stage.now.plus_millis(2 * DAY);
            let payload = of_deposit(stage, "deposit.statement_reconciled");
            stage.act_by(another, "deposit.statement_reconciled", &deposits(), &payload);
            let payload = of_deposit(stage, "deposit.bank_entered");
            stage.act_by(another, "deposit.bank_entered", &deposits(), &payload);
            stage.now = stage.now.plus_millis(2 * DAY);
        }
        _ => {}
    }
}
/// Nobody takes it back: as far as the state says.
fn unclaimed(stage: &mut Stage, state: &str, another: &gongshi::record::PrivateKey) {
    stage.wait_for("deposit.refund_overdue", &deposits());
    stage.later(DAY_MILLIS);
    let steps: &[&str] = match state {
        "late" => return,
        "noticed" => &[],
        "aside" => &["unclaimed_set_aside"],
        "treasury" => &["unclaimed_set_aside", "unclaimed_remitted"],
        _ => &["unclaimed_set_aside", "unclaimed_remitted", "unclaimed_reclaimed"],
    };
    let payload = of_deposit(stage, "deposit.unclaimed_noticed");
    stage.act_by(another, "deposit.unclaimed_noticed", &deposits(), &payload);
    stage.later(100 * DAY_MILLIS);
    for step in steps {
        let kind = format!("deposit.{step}");
        let payload = of_deposit(stage, &kind);
        stage.act(Who::Centre, &kind, &deposits(), &payload);
    }
}
