//! Deposits of the centre: who enters what, who checks it, and who may say no.

use super::acts::{base, deposits, paper, variant};
use super::cast::Who;
use super::stage::{Stage, about, possession};
use super::states::Subject;
use gongshi::deposit::{DepositBook, DepositBookId, DepositState};
use serde_json::{Value, json};

/// The first half of each step was signed by another key of the centre, so that the centre may sign the second.
pub const DEPOSIT: Subject = Subject {
    about: "the deposits of the centre; the bidder pays, and has no guarantee but where it says so",
    kinds: "deposit.scheme_published deposit.announced deposit.received deposit.receipt_reversed deposit.bank_entered
            deposit.held deposit.released deposit.hold_lapsed deposit.refund_due deposit.refund_due#law
            deposit.refund_overdue deposit.refund_approved deposit.refund_instructed deposit.refund_settled
            deposit.forfeited deposit.forfeiture_confirmed deposit.forfeiture_appealed deposit.forfeiture_ruled
            deposit.forfeiture_final deposit.forfeiture_remitted deposit.guarantee_lodged deposit.guarantee_verified
            deposit.guarantee_released deposit.guarantee_expired",
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
    ],
    enter: entered,
};

fn entered(state: &str) -> Stage {
    let mut stage = Stage::with_everybody();
    let another = Who::Centre.another_key();
    let addition =
        json!({"key": another.public().to_jwk(), "possession": possession(&another, &about(Who::Centre), stage.now)});
    stage.act(Who::Centre, "key.added", &about(Who::Centre), &addition);
    let steps: &[&str] = match state {
        "none" => &[],
        "scheme" => &["scheme_published"],
        "announced" => &["scheme_published", "announced"],
        "guarantee" => &["scheme_published", "announced", "guarantee_lodged"],
        "paid" => &["scheme_published", "announced", "received"],
        "held" => &["scheme_published", "announced", "received", "held"],
        "decided" => &["scheme_published", "announced", "received", "held", "forfeited"],
        "confirmed" | "objected" | "final" => {
            &["scheme_published", "announced", "received", "held", "forfeited", "forfeiture_confirmed"]
        }
        "refund" => &["scheme_published", "announced", "received", "refund_due"],
        "approved" => &["scheme_published", "announced", "received", "refund_due", "refund_approved"],
        _ => &["scheme_published", "announced", "received", "refund_due", "refund_approved", "refund_instructed"],
    };
    for step in steps {
        let kind = format!("deposit.{step}");
        let payload = of_deposit(&stage, &kind);
        // The second half by the first key, the first half by the other one.
        let second = ["forfeiture_confirmed", "refund_instructed"].contains(step);
        let key = if second { Who::Centre.key() } else { another.clone() };
        stage.act_by(&key, &kind, &deposits(), &payload);
    }
    match state {
        "objected" => {
            let payload = of_deposit(&stage, "deposit.forfeiture_appealed");
            stage.act(Who::Bidder, "deposit.forfeiture_appealed", &deposits(), &payload);
        }
        "final" => stage.wait_for("deposit.forfeiture_final", &deposits()),
        _ => {}
    }
    stage
}

fn yuan(fen: i64) -> Value {
    json!({"currency": "CNY", "amount_minor": fen})
}

/// The next one of its kind.
pub fn of_deposit(stage: &Stage, kind: &str) -> Value {
    let book = stage.world.get::<DepositBook>(&DepositBookId(Who::Centre.id()));
    let deposit = book.and_then(|book| book.deposits.values().next());
    let sealed = || json!({"sealed": "A".repeat(43)});
    let reference = format!("R-{}", book.map_or(0, |book| book.book.vouchers()) + 1);
    match base(kind) {
        "deposit.scheme_published" => json!({
            "id": next("s", book.map(|book| book.schemes.len())), "kind": "bid-procurement", "name": "投标保证金",
            "article": "政府采购法实施条例第三十三条", "currency": "CNY", "ratio_ppm": 20_000,
            "forms": ["transfer", "bank_guarantee", "surety_guarantee", "electronic_guarantee"],
            "day_count": "actual_360", "document": paper("招标文件"),
        }),
        "deposit.announced" => json!({
            "id": next("d", book.map(|book| book.deposits.len())), "scheme": "s-1", "payer": Who::Bidder.id(),
            "base": yuan(500_000), "required": yuan(10_000), "bank": "b-1", "pay_by": stage.day(3),
        }),
        "deposit.received" => json!({
            "deposit": "d-1", "reference": reference, "amount": yuan(10_000), "value_date": stage.day(0),
            "account_kind": "basic", "account": sealed(),
        }),
        "deposit.receipt_reversed" => json!({
            "deposit": "d-1", "reference": "R-2", "reason": "误记", "document": paper("回单"),
        }),
        "deposit.bank_entered" => json!({
            "bank": "b-1", "nature": "interest", "reference": reference, "amount": yuan(3), "value_date": stage.day(0),
        }),
        "deposit.held" => json!({
            "deposit": "d-1", "id": next("h", deposit.map(|deposit| deposit.holds.len())), "amount": yuan(4_000),
            "reason": "待核实", "until": stage.day(30),
        }),
        "deposit.released" => {
            json!({"deposit": "d-1", "hold": "h-1", "amount": yuan(1_000), "reason": "已核实"})
        }
        "deposit.hold_lapsed" => json!({"deposit": "d-1", "hold": "h-1"}),
        _ if kind.starts_with("deposit.refund") => of_refund(stage, kind, deposit, &reference),
        _ => of_decision(stage, kind, deposit, &reference),
    }
}

fn next(prefix: &str, count: Option<usize>) -> String {
    format!("{prefix}-{}", count.unwrap_or_default() + 1)
}

fn of_refund(stage: &Stage, kind: &str, deposit: Option<&DepositState>, reference: &str) -> Value {
    match base(kind) {
        "deposit.refund_due" if variant(kind) == "law" => {
            json!({"deposit": "d-1", "event": "award", "day": stage.day(0), "document": paper("通知书")})
        }
        "deposit.refund_due" => {
            json!({"deposit": "d-1", "event": "agreed", "day": stage.day(0), "document": paper("协议")})
        }
        "deposit.refund_overdue" => json!({"deposit": "d-1", "due": stage.now.to_string()}),
        "deposit.refund_approved" => json!({
            "deposit": "d-1", "id": next("r", deposit.map(|deposit| deposit.refunds.len())), "amount": yuan(5_000),
            "value_date": stage.day(0), "interest_minor": 0, "overdue_minor": 0,
        }),
        "deposit.refund_instructed" => json!({"deposit": "d-1", "refund": "r-1"}),
        "deposit.refund_settled" => json!({
            "deposit": "d-1", "refund": "r-1", "outcome": "confirmed", "reference": reference, "value_date": stage.day(0),
        }),
        other => panic!("no payload for {other}"),
    }
}

fn of_decision(stage: &Stage, kind: &str, deposit: Option<&DepositState>, reference: &str) -> Value {
    match base(kind) {
        "deposit.forfeited" => json!({
            "deposit": "d-1", "id": next("f", deposit.map(|deposit| deposit.forfeitures.len())), "hold": "h-1",
            "amount": yuan(1_000), "ground": "bid-withdrawn", "reasons": "撤标", "document": paper("决定"),
        }),
        "deposit.forfeiture_confirmed" | "deposit.forfeiture_final" => json!({"deposit": "d-1", "forfeiture": "f-1"}),
        "deposit.forfeiture_appealed" => json!({"deposit": "d-1", "forfeiture": "f-1", "grounds": "不服"}),
        "deposit.forfeiture_ruled" => {
            json!({"deposit": "d-1", "forfeiture": "f-1", "outcome": "upheld", "reasons": "理由"})
        }
        "deposit.forfeiture_remitted" => json!({
            "deposit": "d-1", "forfeiture": "f-1", "reference": reference, "value_date": stage.day(0),
        }),
        "deposit.guarantee_lodged" => {
            let id = next("g", deposit.map(|deposit| deposit.guarantees.len()));
            json!({
                "deposit": "d-1", "id": id, "form": "bank_guarantee", "issuer": {"name": "某银行"}, "number": id,
                "amount": yuan(10_000), "valid_from": stage.day(0), "valid_to": stage.day(20),
                "claim_by": stage.day(30), "document": paper("保函"),
            })
        }
        "deposit.guarantee_verified" => {
            json!({"deposit": "d-1", "guarantee": "g-1", "outcome": "genuine", "statement": "电话查验"})
        }
        "deposit.guarantee_released" => json!({"deposit": "d-1", "guarantee": "g-1", "reason": "退还"}),
        "deposit.guarantee_expired" => json!({"deposit": "d-1", "guarantee": "g-1"}),
        other => panic!("no payload for {other}"),
    }
}
