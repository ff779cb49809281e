//! A bond says for which procurement it is: from the edition 2027-06 on.

use super::*;

#[test]
fn a_bond_is_for_a_procurement_that_is_named() {
    let mut nothing = notice("d-1");
    nothing.as_object_mut().unwrap().remove("procurement");
    let mut early = notice("d-1");
    early["procurement"]["opened"] = "2026-03-21".into();

    let mut run = Run::on("2026-03-20").under("2027-05");
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    run.accepts(1, "deposit.announced", nothing.clone());

    let mut run = Run::on("2026-03-20");
    run.accepts(1, "deposit.scheme_published", scheme("bid-tendering"));
    let refusal = run.refuses(1, "deposit.announced", nothing, "missing-field");
    assert!(refusal.citation.is_some_and(|citation| citation.rule == "DP-PROCUREMENT"));
    // Nobody tells who bids before the opening, wherever that is.
    run.refuses(1, "deposit.announced", early.clone(), "inconsistent");
    run.at("2026-03-21");
    run.accepts(1, "deposit.announced", early);
    assert_eq!(run.deposit("d-1").procurement.as_ref().unwrap().code.as_str(), "ZB-d-1");
}

/// What is agreed between two has no cap that the law measures by a tender.
#[test]
fn other_kinds_name_none() {
    let mut run = Run::on("2026-03-20");
    let mut agreed = scheme("contractual-damages");
    agreed["article"] = "民法典第五百八十五条".into();
    (agreed["forms"], agreed["rates"]) = (json!([]), json!([]));
    agreed["refund_days"] = 30.into();
    run.accepts(1, "deposit.scheme_published", agreed);
    let mut notice = notice("d-1");
    notice.as_object_mut().unwrap().remove("procurement");
    run.accepts(1, "deposit.announced", notice);
}

#[test]
fn a_lot_of_this_log_is_not_elsewhere() {
    let mut both = notice("d-1");
    both["secures"] = json!({"tender": "T-1", "lot": "1"});
    let fault = crate::world::Act::parse("deposit.announced", both.to_string().as_bytes()).unwrap_err();
    assert_eq!(fault.fields[0].pointer, "/procurement", "{fault}");
}
