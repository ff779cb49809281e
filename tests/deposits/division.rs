//! A payer is divided: its successors share its deposit as they have agreed.

use super::stage::{Stage, paper, yuan};
use super::support::{Actor, Engine};
use gongshi::organisation::{EndingGround, Role};
use serde_json::{Value, json};

/// 100,000 yuan of a firm that is divided into two: 30,000 are held, 40,000 are the second one's, all else is the first one's. Each sees
/// its own, and both get back what there was, with all of its interest.
async fn a_bond_is_shared_by_those_into_whom_its_payer_was_divided(engine: Engine) {
    let stage = Stage::on(engine).await;
    let (app, supervisor, firm, first) =
        (&stage.app, &stage.cast.supervisor, &stage.cast.rival, &stage.cast.enterprise);
    let second = app.admit("91410105MA0000023E", Role::Enterprise, supervisor).await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-1", firm).await;
    let held =
        json!({"deposit": "d-1", "id": "h-1", "amount": yuan(3_000_000), "reason": "待查", "until": stage.day(60)});
    stage.enters("holds", "deposit.held", held).await.accepted();
    let division = |fen: i64| json!({"deposit": "d-1", "id": "d-2", "successor": second.id, "amount": yuan(fen), "document": paper()});
    let divide = async |payload: Value| stage.enters("divisions", "deposit.divided", payload).await;
    let early = divide(division(4_000_000)).await;
    assert_eq!((early.status, &early.body["errors"][0]["pointer"]), (422, &"/successor".into()), "{early:?}");
    app.ends(supervisor, firm, EndingGround::Divided, &[first, &second]).await;
    app.days_pass(10).await;
    assert_eq!(divide(division(7_000_001)).await.problem(), "balance-insufficient");
    let by_another = stage.post(first, "divisions", "deposit.divided", division(4_000_000)).await;
    assert_eq!(by_another.problem(), "not-a-party");
    divide(division(4_000_000)).await.accepted();
    assert_eq!(divide(division(1)).await.problem(), "duplicate");
    let rest = json!({"deposit": "d-1", "successor": first.id, "document": paper()});
    stage.enters("successions", "deposit.succeeded", rest).await.accepted();

    let part = stage.deposit("d-2").await;
    assert_eq!((&part["part_of"], &part["status"]), (&"d-1".into(), &"secured".into()), "{part}");
    assert!(stage.deposit("d-1").await["part_of"].is_null());
    let page = async |id: &str| app.get(&format!("/zh/deposits/{}/{id}", stage.cast.centre.id)).await.body.to_string();
    let whole = format!("/zh/deposits/{}/d-1", stage.cast.centre.id);
    assert!(page("d-2").await.contains(&whole) && !page("d-1").await.contains("由此分出"));
    assert!(app.get("/zh/deposits").await.body.to_string().contains(&whole), "the list leads there");
    assert_eq!(app.get(&format!("/zh/deposits/{}/none", stage.cast.centre.id)).await.status, 404);
    for (who, id, available, held) in [(first, "d-1", 3_000_000, 3_000_000), (&second, "d-2", 4_000_000, 0)] {
        let money = app.get_as(who, &stage.path(&format!("deposits/{id}/money"))).await.body;
        assert_eq!((&money["available_minor"], &money["held_minor"]), (&available.into(), &held.into()), "{money}");
        let other = if id == "d-1" { "d-2" } else { "d-1" };
        assert_eq!(app.get_as(who, &stage.path(&format!("deposits/{other}/money"))).await.status, 403);
        let listed = app.get(&format!("/v1/deposits?payer={}", who.id)).await.body;
        assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["id"]), (1, &id.into()));
        assert_eq!(owed(&stage, who).await, available + held);
    }
    goes_back(&stage).await;
    stage.holds().await;
}

/// What came in was another firm's: the receipt goes, and before it the part that a successor has of it, by two people each.
async fn a_wrong_receipt_is_reversed_when_it_was_divided(engine: Engine) {
    let stage = Stage::on(engine).await;
    let (app, supervisor, firm, first) =
        (&stage.app, &stage.cast.supervisor, &stage.cast.rival, &stage.cast.enterprise);
    let second = app.admit("91410105MA0000023E", Role::Enterprise, supervisor).await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-1", firm).await;
    app.ends(supervisor, firm, EndingGround::Divided, &[first, &second]).await;
    let divided =
        json!({"deposit": "d-1", "id": "d-2", "successor": second.id, "amount": yuan(4_000_000), "document": paper()});
    stage.enters("divisions", "deposit.divided", divided).await.accepted();
    let rest = json!({"deposit": "d-1", "successor": first.id, "document": paper()});
    stage.enters("successions", "deposit.succeeded", rest).await.accepted();
    let held = json!({"deposit": "d-2", "id": "h-1", "amount": yuan(7), "reason": "待查", "until": stage.day(60)});
    stage.enters("holds", "deposit.held", held).await.accepted();

    let checks =
        async |what: &str, kind: &str, payload: &Value| stage.post(&stage.checker, what, kind, payload.clone()).await;
    let wrong = json!({"deposit": "d-1", "reference": "HD-d-1", "reason": "他人来款", "document": paper()});
    let refused = checks("receipt-reversals", "deposit.receipt_reversed", &wrong).await;
    assert_eq!((refused.status, refused.problem()), (409, "deposit-divided"));
    assert!(refused.body["detail"].to_string().contains("d-2"), "{refused:?}");
    let back = json!({"deposit": "d-1", "part": "d-2", "reason": "他人来款", "document": paper()});
    let own = stage.enters("division-reversals", "deposit.division_reversed", back.clone()).await;
    assert_eq!(own.problem(), "same-signer");
    assert_eq!(checks("division-reversals", "deposit.division_reversed", &back).await.problem(), "part-in-use");
    let released = json!({"deposit": "d-2", "hold": "h-1", "amount": yuan(7), "reason": "已查明"});
    stage.enters("releases", "deposit.released", released).await.accepted();
    checks("division-reversals", "deposit.division_reversed", &back).await.accepted();
    checks("receipt-reversals", "deposit.receipt_reversed", &wrong).await.accepted();

    let balances = stage.balances("").await;
    assert_eq!(
        (&balances["1010.icbc.CNY"], &balances["2010.d-1.CNY"], &balances["2010.d-2.CNY"]),
        (&0.into(), &0.into(), &0.into())
    );
    let (whole, part) = (stage.deposit("d-1").await, stage.deposit("d-2").await);
    assert_eq!(
        (&whole["payer"], &whole["status"], &part["status"]),
        (&json!(firm.id), &"announced".into(), &"reversed".into())
    );
    let listed = app.get("/v1/deposits?status=reversed").await.body;
    assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["id"]), (1, &"d-2".into()));
    let page = app.get(&format!("/zh/deposits/{}/d-2", stage.cast.centre.id)).await.body.to_string();
    assert!(page.contains("拆分已冲销"), "{page}");
    stage.holds().await;
}

/// What its statement says that the payee owes an enterprise today.
async fn owed(stage: &Stage, who: &Actor) -> i64 {
    let period = format!("from={}&to={}", stage.day(-30), stage.day(0));
    let path = stage.path(&format!("enterprises/{}/statement?{period}", who.id));
    let statement = stage.app.get_as(who, &path).await;
    statement.body["totals"][0]["closing_minor"].as_i64().unwrap_or_else(|| panic!("{statement:?}"))
}

/// 10,000,000 fen stood for 20 days, at 500: 277 fen and a rest. 4,000,000 of them come to 111, the others to 166, each with a rest of its own.
async fn goes_back(stage: &Stage) {
    stage.app.days_pass(10).await;
    let release = json!({"deposit": "d-1", "hold": "h-1", "amount": yuan(3_000_000), "reason": "已查明"});
    stage.enters("releases", "deposit.released", release).await.accepted();
    for (id, fen, interest) in [("d-1", 6_000_000, 166), ("d-2", 4_000_000, 111)] {
        let clock = json!({"deposit": id, "event": "contract", "day": stage.day(0), "document": paper()});
        stage.enters("refund-clocks", "deposit.refund_due", clock).await.accepted();
        let approval = json!({
            "deposit": id, "id": "r-1", "amount": yuan(fen), "value_date": stage.day(0), "interest_minor": interest,
            "overdue_minor": 0,
        });
        stage.enters("refund-approvals", "deposit.refund_approved", approval).await.accepted();
    }
    let balances: Value = stage.balances("").await;
    assert_eq!((&balances["2030.d-1.CNY"], &balances["2030.d-2.CNY"]), (&(-6_000_166).into(), &(-4_000_111).into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bond_is_shared_by_those_into_whom_its_payer_was_divided_on_sqlite() {
    a_bond_is_shared_by_those_into_whom_its_payer_was_divided(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bond_is_shared_by_those_into_whom_its_payer_was_divided_on_postgres() {
    a_bond_is_shared_by_those_into_whom_its_payer_was_divided(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_receipt_is_reversed_when_it_was_divided_on_sqlite() {
    a_wrong_receipt_is_reversed_when_it_was_divided(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_receipt_is_reversed_when_it_was_divided_on_postgres() {
    a_wrong_receipt_is_reversed_when_it_was_divided(Engine::Postgres).await;
}
