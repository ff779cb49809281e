//! What the service starts by itself: clocks of refunds by a tender's own records, and what is asked, once a year.

use super::refunds::{TENDER, lot};
use super::stage::{Stage, paper, yuan};
use super::support::fixture::{act, stream};
use super::support::{DAY, Engine};
use gongshi::organisation::EndingGround;
use serde_json::{Value, json};

/// Nobody says that the contract is signed but the tender: the clocks of winner and loser run, and both are late in the end.
async fn a_contract_starts_the_clocks_of_all_bonds_of_its_lot(engine: Engine) {
    let stage = Stage::on(engine).await;
    let signed = stage.contracted().await;
    assert_eq!(stage.deposit("d-1").await["status"], "secured");
    stage.app.ledger.propose_due().await.unwrap();
    for id in ["d-1", "d-2"] {
        let view = stage.deposit(id).await;
        assert_eq!((&view["status"], &view["clock_event"]), (&"refund_due".into(), &"contract".into()), "{view}");
        assert_eq!(view["clock_day"], signed.to_string());
        let record = stage.app.get(&format!("/v1/records/{}", view["last_entry"])).await.body;
        assert_eq!(
            (&record["kind"], &record["author"]),
            (&"deposit.refund_due".into(), &stage.app.operator().id.to_string().into())
        );
    }
    assert_eq!(stage.app.ledger.propose_due().await.unwrap(), 0, "once is enough");
    // One that comes when the contract stands already goes back by the same day.
    stage.arrives("d-3").await;
    stage.announces("d-3", &stage.cast.enterprise, lot()).await.accepted();
    stage.claims("d-3").await;
    assert_eq!(stage.app.ledger.propose_due().await.unwrap(), 1);
    assert_eq!(stage.deposit("d-3").await["clock_day"], signed.to_string());
    stage.app.days_pass(12).await;
    assert_eq!(stage.app.get("/v1/deposits?status=overdue").await.body["items"].as_array().unwrap().len(), 3);
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_starts_the_clocks_of_all_bonds_of_its_lot_on_sqlite() {
    a_contract_starts_the_clocks_of_all_bonds_of_its_lot(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_starts_the_clocks_of_all_bonds_of_its_lot_on_postgres() {
    a_contract_starts_the_clocks_of_all_bonds_of_its_lot(Engine::Postgres).await;
}

/// 招标投标法实施条例 art. 31.
#[tokio::test(flavor = "multi_thread")]
async fn a_tender_that_is_terminated_starts_them_as_well() {
    let stage = Stage::on(Engine::Sqlite).await;
    let (app, centre) = (&stage.app, &stage.cast.centre);
    stage.called().await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.arrives("d-1").await;
    let end: gongshi::tender::Termination = serde_json::from_value(json!({"reason": "项目取消"})).unwrap();
    app.post(centre, &format!("/v1/tenders/{TENDER}/terminations"), &stream(TENDER), &act(end)).await.accepted();
    app.ledger.propose_due().await.unwrap();
    // Whose it is was not told before; its clock starts although the tender is over.
    stage.announces("d-1", &stage.cast.enterprise, lot()).await.accepted();
    stage.claims("d-1").await;
    app.ledger.propose_due().await.unwrap();
    let view = stage.deposit("d-1").await;
    assert_eq!((&view["status"], &view["clock_event"]), (&"refund_due".into(), &"terminated".into()), "{view}");
    stage.holds().await;
}

/// A lot that fails goes its own way: the bonds of its bidders do not wait for the end of the tender.
#[tokio::test(flavor = "multi_thread")]
async fn a_lot_that_fails_starts_the_clocks_of_its_own_bonds() {
    let stage = Stage::on(Engine::Sqlite).await;
    let (app, centre) = (&stage.app, &stage.cast.centre);
    stage.called().await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.arrives("d-1").await;
    stage.opened().await;
    stage.announces("d-1", &stage.cast.enterprise, lot()).await.accepted();
    stage.claims("d-1").await;
    app.ledger.propose_due().await.unwrap();
    assert_eq!(stage.deposit("d-1").await["status"], "secured");
    let failure: gongshi::tender::Failure =
        serde_json::from_value(json!({"lot": "1", "reason": "有效投标不足三家"})).unwrap();
    app.post(centre, &format!("/v1/tenders/{TENDER}/failures"), &stream(TENDER), &act(failure)).await.accepted();
    let failed = stage.day(0);
    app.ledger.propose_due().await.unwrap();
    let view = stage.deposit("d-1").await;
    assert_eq!((&view["status"], &view["clock_event"]), (&"refund_due".into(), &"terminated".into()), "{view}");
    assert_eq!(view["clock_day"], failed, "{view}");
    stage.holds().await;
}

/// A year after the notice the service works out what is asked, and what is too much goes back by its clock.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_is_assessed_each_year() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-1", &stage.cast.enterprise).await;
    assert_eq!(stage.app.ledger.assess_due().await.unwrap(), 0);
    let better = json!({
        "deposit": "d-1", "base": yuan(500_000_000), "score": 85, "required": yuan(5_000_000), "rule": "DP-ASSESSMENT",
    });
    stage.enters("assessments", "deposit.assessed", better).await.accepted();
    let view = stage.deposit("d-1").await;
    assert!(view["surplus_due"].is_string() && view["surplus_overdue"].is_null(), "{view}");
    stage.app.days_pass(20).await;
    assert!(stage.deposit("d-1").await["surplus_overdue"].is_u64());
    stage.app.clock.advance_millis(350 * DAY);
    assert_eq!(stage.app.ledger.assess_due().await.unwrap(), 1);
    assert_eq!(stage.app.ledger.assess_due().await.unwrap(), 0);
    let view = stage.deposit("d-1").await;
    let record = stage.app.get(&format!("/v1/records/{}", view["last_entry"])).await.body;
    assert_eq!(record["kind"], "deposit.assessed", "{record}");
    stage.holds().await;
}

/// The bank's interest goes to all whose money lies there, and their rows say so though the record names none of them.
async fn interest_is_allocated_to_all_in_the_account(engine: Engine) {
    let stage = Stage::on(engine).await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-1", &stage.cast.enterprise).await;
    stage.paid_in("icbc", &stage.cast.rival).await;
    stage.app.days_pass(30).await;
    let line = json!({
        "bank": "icbc", "nature": "pooled_interest", "reference": "LX-1", "amount": yuan(101), "value_date": stage.day(0),
    });
    stage.enters("bank-entries", "deposit.bank_entered", line).await.accepted();
    let allocation = |table: &str| json!({"bank": "icbc", "amount": yuan(101), "up_to": stage.day(0), "table": table});
    let refused = stage.enters("interest-allocations", "deposit.interest_allocated", allocation(&"0".repeat(64))).await;
    assert_eq!((refused.status, &refused.body["errors"][0]["pointer"]), (422, &"/table".into()), "{refused:?}");
    // What it says is right: whoever has the journal works it out.
    let products = 10_000_000_i64 * 30;
    let right = format!("d-1\t{products}\t51\nicbc\t{products}\t50\n");
    let table = gongshi::log::Hash::of(right).to_string();
    stage.enters("interest-allocations", "deposit.interest_allocated", allocation(&table)).await.accepted();
    let balances: Value = stage.balances("").await;
    assert_eq!((&balances["2040.d-1.CNY"], &balances["2040.icbc.CNY"]), (&(-51).into(), &(-50).into()), "{balances}");
    let stray = json!({
        "bank": "icbc", "reference": "HD-9", "amount": yuan(7), "value_date": stage.day(0), "account": {"sealed": "A".repeat(43)},
    });
    stage.enters("unallocated-receipts", "deposit.unallocated_received", stray).await.accepted();
    let claim = json!({"deposit": "d-1", "reference": "HD-9", "account_kind": "basic", "document": paper()});
    stage.post(&stage.checker, "unallocated-claims", "deposit.unallocated_claimed", claim).await.accepted();
    assert_eq!(stage.money("d-1").await["excess_minor"], 7);
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn interest_is_allocated_to_all_in_the_account_on_sqlite() {
    interest_is_allocated_to_all_in_the_account(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn interest_is_allocated_to_all_in_the_account_on_postgres() {
    interest_is_allocated_to_all_in_the_account(Engine::Postgres).await;
}

/// Event 25: a merged payer's bond is its successor's, which its own records name; nobody else's.
#[tokio::test(flavor = "multi_thread")]
async fn a_bond_follows_who_succeeds_its_payer() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-1", &stage.cast.rival).await;
    let heir = &stage.cast.enterprise;
    let succeeded =
        |id: &gongshi::field::OrganisationId| json!({"deposit": "d-1", "successor": id, "document": paper()});
    let (what, kind) = ("successions", "deposit.succeeded");
    let early = stage.enters(what, kind, succeeded(&heir.id)).await;
    assert_eq!((early.status, &early.body["errors"][0]["pointer"]), (422, &"/successor".into()), "{early:?}");
    stage.app.ends(&stage.cast.supervisor, &stage.cast.rival, EndingGround::Merged, &[heir]).await;
    let other = stage.enters(what, kind, succeeded(&stage.cast.centre.id)).await;
    assert_eq!(other.status, 422, "{other:?}");
    stage.enters(what, kind, succeeded(&heir.id)).await.accepted();
    assert_eq!(stage.deposit("d-1").await["payer"], heir.id.to_string());
    let money = stage.app.get_as(heir, &stage.path("deposits/d-1/money")).await;
    assert_eq!((money.status, &money.body["available_minor"]), (200, &10_000_000.into()), "{money:?}");
    let listed = stage.app.get(&format!("/v1/deposits?payer={}", heir.id)).await.body;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    stage.holds().await;
}

/// The money is back, late; the guarantee beside it is not. Nothing counts days of what is back.
#[tokio::test(flavor = "multi_thread")]
async fn what_has_come_back_is_late_no_more() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-1", &stage.cast.enterprise).await;
    let lodged = json!({
        "deposit": "d-1", "id": "g-1", "form": "bank_guarantee", "issuer": {"name": "某银行"}, "issuer_kind": "bank",
        "licence": "B0001H141010001", "number": "B-1", "amount": yuan(1_000_000), "valid_from": stage.day(0),
        "valid_to": stage.day(300), "claim_by": stage.day(300), "document": paper(),
    });
    stage.enters("guarantees", "deposit.guarantee_lodged", lodged).await.accepted();
    let verified = json!({"deposit": "d-1", "guarantee": "g-1", "outcome": "genuine", "statement": "电话查验", "evidence": paper()});
    stage.post(&stage.checker, "guarantee-verifications", "deposit.guarantee_verified", verified).await.accepted();
    let due = json!({"deposit": "d-1", "event": "agreed", "day": stage.day(0), "document": paper()});
    stage.enters("refund-clocks", "deposit.refund_due", due).await.accepted();
    stage.app.days_pass(40).await;
    let view = stage.deposit("d-1").await;
    assert!(view["status"] == "overdue" && view["days_late"].as_i64().unwrap() > 0, "{view}");
    let page = async || stage.app.get(&format!("/zh/deposits/{}/d-1", stage.cast.centre.id)).await.body.to_string();
    assert!(page().await.contains("逾期未退"), "{}", page().await);

    // 100,000 yuan for 40 days at 0.05 % a year of 360 days: 555 fen.
    let approval = json!({
        "deposit": "d-1", "id": "r-1", "amount": yuan(10_000_000), "value_date": stage.day(0), "interest_minor": 555,
        "overdue_minor": 0,
    });
    stage.enters("refund-approvals", "deposit.refund_approved", approval).await.accepted();
    let instruction = json!({"deposit": "d-1", "refund": "r-1"});
    stage.post(&stage.checker, "refund-instructions", "deposit.refund_instructed", instruction).await.accepted();
    let line = json!({
        "bank": "icbc", "nature": "interest", "reference": "LX-1", "amount": yuan(555), "value_date": stage.day(0),
    });
    stage.enters("bank-entries", "deposit.bank_entered", line).await.accepted();
    let paid = json!({
        "deposit": "d-1", "refund": "r-1", "outcome": "confirmed", "reference": "HD-9", "value_date": stage.day(0),
    });
    stage.enters("refund-settlements", "deposit.refund_settled", paid).await.accepted();
    let view = stage.deposit("d-1").await;
    let is_due = view["status"] == "refund_due" && view["next_due"].is_string();
    assert!(is_due && view["refund"] == "late" && view["overdue"].is_u64(), "{view}");
    assert_eq!(view["days_late"], Value::Null, "{view}");
    assert!(page().await.contains("曾逾期") && !page().await.contains("逾期未退"), "{}", page().await);
}
