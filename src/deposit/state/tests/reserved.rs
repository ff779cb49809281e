//! A wage bond is kept for wages, and a line of the bank is entered once: from the edition 2027-05 on.

use super::*;
use crate::access::{Access, AccessId};

/// The edition before these rules, and theirs.
const BOTH: [&str; 2] = ["2027-04", "2027-05"];

/// A wage bond of 100,000 yuan that was paid in on 1 April.
fn wages(edition: &str) -> Run {
    let mut scheme = scheme("wages-construction");
    scheme["article"] = "保障农民工工资支付条例第三十二条".into();
    scheme["refund_days"] = 30.into();
    let mut run = Run::on("2026-03-20").under(edition);
    run.accepts(1, "deposit.scheme_published", scheme);
    run.accepts(1, "deposit.announced", notice("d-1"));
    run.at("2026-04-01");
    run.accepts(1, "deposit.received", receipt("d-1", "R-1", 10_000_000, "2026-04-01"));
    run
}

fn hold(id: &str, ground: Option<&str>) -> Value {
    let mut hold = json!({
        "deposit": "d-1", "id": id, "amount": yuan(1_000_000), "reason": "法院执行其他债务", "until": "2026-09-01",
    });
    if let Some(ground) = ground {
        hold["ground"] = ground.into();
    }
    hold
}

#[test]
fn a_wage_bond_is_held_for_wages_alone() {
    let [before, since] = BOTH;
    wages(before).accepts(1, "deposit.held", hold("k", None));

    let mut run = wages(since);
    let refusal = run.refuses(1, "deposit.held", hold("k", None), "inconsistent");
    assert!(refusal.citation.is_some_and(|citation| {
        citation.rule == "DP-RESERVED" && citation.law.contains("保障农民工工资支付条例第三十三条")
    }));
    let other = hold("k", Some("contract-broken"));
    let told = run.refuses(1, "deposit.held", other, "forfeiture-without-ground").fields[0].fault.words();
    assert!(told.zh.contains("冻结") && told.en.contains("a hold that names a ground"), "{told:?}");
    run.accepts(1, "deposit.held", hold("k", Some("wages-unpaid")));
    let forfeits = |ground: &str| {
        json!({
            "deposit": "d-1", "id": "f-1", "hold": "k", "amount": yuan(1_000_000), "ground": ground, "reasons": "拖欠工资",
            "document": paper(),
        })
    };
    let told = run.refuses(1, "deposit.forfeited", forfeits("contract-broken"), "forfeiture-without-ground");
    assert!(told.fields[0].fault.words().en.starts_with("a forfeiture rests on one of"), "{told:?}");
    run.accepts(1, "deposit.forfeited", forfeits("wages-unpaid"));
}

/// Others may be held for what their kind has no ground of, but say nothing that is none.
#[test]
fn a_hold_of_another_kind_needs_no_ground() {
    let mut run = Run::secured("bid-tendering").under("2027-05");
    run.accepts(1, "deposit.held", hold("k", None));
    run.refuses(1, "deposit.held", hold("l", Some("wages-unpaid")), "forfeiture-without-ground");
    run.accepts(1, "deposit.held", hold("l", Some("bid-withdrawn")));
}

/// One line of the bank, entered as what another writing of its reference might be.
fn other_writings() -> [(&'static str, Value); 5] {
    let entry = |nature: &str, reference: &str| json!({"bank": "icbc", "nature": nature, "reference": reference, "amount": yuan(7), "value_date": "2026-04-01"});
    [
        ("deposit.received", receipt("d-1", "r-1", 7, "2026-04-01")),
        ("deposit.received", receipt("d-1", "R -1", 7, "2026-04-01")),
        ("deposit.bank_entered", entry("own_funds", "Ｒ－１")),
        ("deposit.bank_entered", entry("pooled_interest", "R-１")),
        (
            "deposit.unallocated_received",
            json!({"bank": "icbc", "reference": "ｒ-1", "amount": yuan(7), "value_date": "2026-04-01", "account": sealed()}),
        ),
    ]
}

#[test]
fn a_line_of_the_bank_is_entered_once_however_it_is_written() {
    let [before, since] = BOTH;
    let mut run = Run::secured("bid-tendering").under(before);
    for (kind, payload) in other_writings() {
        run.accepts(1, kind, payload);
    }
    // What that edition let in stands, and nothing more comes on top of it.
    run = run.under(since);
    run.refuses(1, "deposit.received", receipt("d-1", "Ｒ-１", 7, "2026-04-01"), "duplicate");

    let mut run = Run::secured("bid-tendering").under(since);
    for (kind, payload) in other_writings() {
        let refusal = run.refuses(1, kind, payload, "duplicate");
        assert!(refusal.citation.is_some_and(|citation| citation.rule == "DP-REFERENCES"), "{kind}");
    }
    // Taken back, it may be entered again, and in its right writing.
    let reversal = json!({"deposit": "d-1", "reference": "R-1", "reason": "误记", "document": paper()});
    run.accepts(2, "deposit.receipt_reversed", reversal);
    run.accepts(1, "deposit.received", receipt("d-1", "r-1", 10_000_000, "2026-04-01"));
    run.refuses(1, "deposit.received", receipt("d-1", "R-1", 10_000_000, "2026-04-01"), "duplicate");
}

/// Another creditor's court does not stop what is the workers'.
#[test]
fn no_bar_keeps_a_wage_bond() {
    for (edition, is_barred) in [("2027-05", true), ("2027-06", false)] {
        let mut run = wages(edition);
        let listed = json!({
            "id": "b-1", "organisation": PAYER, "kind": "court-list", "name": "某公司", "authority": {"name": "某法院"},
            "decision": "（2026）豫01执1号", "article": "法〔2016〕285号", "scope": {"measures": ["bidding", "refund"]},
            "from": "2026-03-01", "to": "2027-02-28", "document": paper(), "regime": "ndrc",
        });
        let crate::world::Act::Access(act) =
            crate::world::Act::parse("access.barred", listed.to_string().as_bytes()).unwrap()
        else {
            panic!("{listed}")
        };
        run.puts_beside::<Access>(SUPERVISOR, Stream::of(&AccessId(PAYER.parse().unwrap())), &act);
        run.at("2026-05-01");
        let agreed = json!({"deposit": "d-1", "event": "agreed", "day": "2026-05-01", "document": paper()});
        run.accepts(1, "deposit.refund_due", agreed);
        // 10,000,000 · 30 · 500 / 360,000,000 = 416.67
        let approved = approval("r-1", 10_000_000, "2026-05-01", 416, 0);
        if is_barred {
            run.refuses(1, "deposit.refund_approved", approved, "organisation-barred");
        } else {
            run.accepts(1, "deposit.refund_approved", approved);
            run.accepts(2, "deposit.refund_instructed", json!({"deposit": "d-1", "refund": "r-1"}));
        }
    }
}
