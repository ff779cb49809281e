//! What an accountant and an enterprise read of a month: what is due back, and what an enterprise has.

use super::books::sheet;
use super::stage::{Stage, paper, yuan};
use super::support::Engine;
use serde_json::{Value, json};

async fn a_month_is_read(engine: Engine) {
    let stage = Stage::on(engine).await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-1", &stage.cast.enterprise).await;
    stage.paid_in("d-2", &stage.cast.rival).await;
    let first = stage.day(0);
    stage.app.days_pass(3).await;
    let hold =
        json!({"deposit": "d-1", "id": "h-1", "amount": yuan(4_000), "reason": "待核实", "until": stage.day(90)});
    stage.enters("holds", "deposit.held", hold).await.accepted();
    let due = json!({"deposit": "d-1", "event": "agreed", "day": stage.day(0), "document": paper()});
    stage.enters("refund-clocks", "deposit.refund_due", due).await.accepted();
    let cast = &stage.cast;
    let listed = stage.app.get_as(&cast.centre, &stage.path("refunds-due")).await.body;
    let item = &listed["items"][0];
    assert_eq!((listed["items"].as_array().unwrap().len(), &item["deposit"]), (1, &"d-1".into()), "{listed}");
    assert_eq!(
        (&item["age"], &item["owed_minor"], &item["kept_minor"]),
        (&"not_due".into(), &10_000_000.into(), &4_000.into())
    );
    stage.app.days_pass(40).await;
    stage.app.ledger.propose_due().await.unwrap();
    let late = stage.app.get_as(&cast.supervisor, &stage.path("refunds-due?limit=1")).await.body;
    assert_eq!(
        (&late["items"][0]["age"], &late["items"][0]["status"]),
        (&"up_to90".into(), &"overdue".into()),
        "{late}"
    );
    let csv = stage.app.get_as(&cast.centre, &stage.path("refunds-due.csv")).await;
    assert!(csv.body.as_str().unwrap().contains("逾期 31–90 天,100000.00,40.00"), "{csv:?}");
    the_late_one_as_a_workbook(&stage).await;

    let of = |what: &str, from: &str| {
        stage.path(&format!("enterprises/{}/statement{what}?from={from}&to={}", cast.enterprise.id, stage.day(0)))
    };
    for (actor, status) in [(&cast.centre, 200), (&cast.enterprise, 200), (&cast.supervisor, 200), (&cast.rival, 403)] {
        for what in ["", ".csv", ".xlsx"] {
            assert_eq!(stage.app.get_as(actor, &of(what, &first)).await.status, status, "{what}");
        }
        assert_eq!(
            stage.app.get_as(actor, &stage.path("refunds-due")).await.status,
            if actor.id == cast.enterprise.id { 403 } else { status }
        );
    }
    let read = stage.app.get_as(&cast.enterprise, &of("", &first)).await.body;
    // Paid in, and a part of it moved to what is held.
    let total = json!({
        "currency": "CNY", "opening_minor": 0, "credit_minor": 10_004_000, "debit_minor": 4_000, "closing_minor": 10_000_000,
    });
    assert_eq!((&read["totals"], read["lines"].as_array().unwrap().len()), (&json!([total]), 3), "{read}");
    assert_eq!(
        (&read["deposits"][0]["deposit"]["id"], &read["deposits"][0]["money"]["held_minor"]),
        (&"d-1".into(), &4_000.into())
    );
    assert!(!read.to_string().contains("d-2"), "{read}");
    let later = stage.app.get_as(&cast.enterprise, &of("", &stage.day(-1))).await.body;
    let total = json!({
        "currency": "CNY", "opening_minor": 10_000_000, "credit_minor": 0, "debit_minor": 0, "closing_minor": 10_000_000,
    });
    assert_eq!((&later["totals"], &later["lines"]), (&json!([total]), &json!([])), "{later}");
    let csv = stage.app.get_as(&cast.enterprise, &of(".csv", &first)).await;
    assert_eq!(csv.body.as_str().unwrap().lines().count(), 4, "{csv:?}");
    let backwards =
        stage.path(&format!("enterprises/{}/statement?from={}&to={first}", cast.enterprise.id, stage.day(0)));
    assert_eq!(stage.app.get_as(&cast.centre, &backwards).await.status, 400);
    let nobody = stage.path(&format!("enterprises/{}/statement?from={first}&to={first}", cast.supervisor.id));
    assert_eq!(stage.app.get_as(&cast.centre, &nobody).await.problem(), "deposit-unknown");
}

async fn the_late_one_as_a_workbook(stage: &Stage) {
    let cast = &stage.cast;
    let xlsx = stage.app.client.get(format!("{}{}", stage.app.base, stage.path("refunds-due.xlsx")));
    let bytes = xlsx.bearer_auth(stage.app.token(&cast.centre)).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(sheet(&bytes, "账龄合计")[1..], [["逾期 31–90 天", "CNY", "1", "100000", "40"]]);
    let due = sheet(&bytes, "应退保证金");
    assert_eq!((due.len(), &*due[1][0], &*due[1][8]), (2, "d-1", "100000"), "{due:?}");
    let refused = stage.app.get_as(&cast.enterprise, &stage.path("refunds-due.xlsx")).await;
    assert_eq!(refused.problem(), "not-a-party");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_read_on_sqlite() {
    a_month_is_read(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_read_on_postgres() {
    a_month_is_read(Engine::Postgres).await;
}

/// What lies behind the newest 500 is in the next part, and in the files.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_of_more_deposits_than_a_part_takes_is_whole() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    let (payer, today) = (&stage.cast.enterprise, stage.day(0));
    stage.paid_in("d-0", payer).await;
    for number in 1..=501 {
        let notice = json!({
            "id": format!("d-{number}"), "scheme": "s-1", "payer": payer.id, "base": yuan(500_000_000),
            "required": yuan(10_000_000), "bank": "icbc", "pay_by": stage.day(5),
            "procurement": {"code": "ZB-2026-1", "opened": today, "notice": paper()},
        });
        stage.enters("notices", "deposit.announced", notice).await.accepted();
    }
    let of = |what: &str| stage.path(&format!("enterprises/{}/statement{what}?from={today}&to={today}", payer.id));
    let first = stage.app.get_as(payer, &of("")).await;
    assert_eq!(first.status, 200, "{first:?}");
    let ids = |part: &Value| -> Vec<String> {
        let ids = part["deposits"].as_array().unwrap().iter();
        ids.map(|of| of["deposit"]["id"].as_str().unwrap().to_owned()).collect()
    };
    let (newest, next) = (ids(&first.body), first.body["next"].as_str().unwrap().to_owned());
    assert_eq!((newest.len(), &*newest[0], &*newest[499], &first.body["lines"]), (500, "d-501", "d-2", &json!([])));
    let second = stage.app.get_as(payer, &format!("{}&after={next}", of(""))).await.body;
    assert_eq!((ids(&second), &second["next"]), (vec!["d-1".to_owned(), "d-0".to_owned()], &Value::Null));
    assert_eq!(second["totals"][0]["closing_minor"], 10_000_000, "{}", second["totals"]);
    let beyond = stage.app.get_as(payer, &format!("{}&after=x", of(""))).await;
    assert_eq!(beyond.status, 400, "{beyond:?}");
    let csv = stage.app.get_as(payer, &of(".csv")).await.body;
    assert!(csv.as_str().unwrap().contains("2010.d-0.CNY") && csv.as_str().unwrap().lines().count() == 2, "{csv}");
    let xlsx = stage.app.client.get(format!("{}{}", stage.app.base, of(".xlsx"))).bearer_auth(stage.app.token(payer));
    let bytes = xlsx.send().await.unwrap().bytes().await.unwrap();
    assert_eq!(sheet(&bytes, "发生额及余额表")[1][0], "2010.d-0.CNY");
}
