//! A name changes nothing; a merger or a division takes what counts along, each thing once.

use super::scenes::{credit_of, night, on_credit};
use super::stage::Stage;
use super::support::{Actor, App, Engine};
use gongshi::credit::{CreditObjection, CreditObjectionRuling, ObjectionFate};
use gongshi::field::Citations;
use gongshi::organisation::{EndingGround, Role};
use serde_json::{Value, json};

/// Entries that count, with whose they were.
async fn counted(app: &App, who: &Actor) -> Vec<(u64, Value)> {
    let view = credit_of(app, who).await;
    let items = view["contributions"].as_array().unwrap().iter();
    items.map(|item| (item["entry"].as_u64().unwrap(), item["from"].clone())).collect()
}

async fn a_merger_takes_credit_along(engine: Engine) {
    let stage = Stage::with_candidates(engine).await;
    let (app, supervisor) = (&stage.app, &stage.cast.supervisor);
    let (firm, heir) = (&stage.cast.enterprise, &stage.cast.rival);
    let refuted = stage.refutes(supervisor).await;
    night(app).await;
    let before = credit_of(app, firm).await;
    app.is_renamed(supervisor, firm, "中原建设（新名）有限公司").await;
    night(app).await;
    let renamed = credit_of(app, firm).await;
    assert_eq!((&renamed["grade"], &renamed["index"]), (&json!("C"), &before["index"]), "a name changes nothing");

    let ended = app.ends(supervisor, firm, EndingGround::Merged, &[heir]).await;
    assert_eq!(credit_of(app, heir).await["grade"], "B", "until the night");
    night(app).await;
    let view = credit_of(app, heir).await;
    assert_eq!((&view["grade"], &view["caps"][0]["entry"]), (&json!("C"), &json!(refuted)), "{view}");
    assert_eq!(view["predecessors"][0]["organisation"], json!(firm.id), "{view}");
    assert_eq!(
        (&view["predecessors"][0]["entry"], &view["predecessors"][0]["manner"]),
        (&json!(ended), &json!("merged"))
    );
    assert_eq!(view["predecessors"][0]["rule"]["id"], "CR-SUCCESSION");
    let committed = counted(app, firm).await[1].0;
    assert_eq!(counted(app, heir).await, [(refuted, json!(firm.id)), (committed, json!(firm.id))]);
    // As old as it is for the one that ended.
    let of = async |who: &Actor| credit_of(app, who).await["contributions"][1]["day"].clone();
    assert_eq!(of(heir).await, of(firm).await);
    assert_eq!(night(app).await, 0, "nothing comes twice");

    // What is set right later is set right for the successor.
    let verified = stage.verifies(&stage.province).await;
    night(app).await;
    let view = credit_of(app, heir).await;
    assert_eq!((&view["grade"], &view["caps"]), (&json!("B"), &json!([])), "{view}");
    assert_eq!(counted(app, heir).await, [(verified, json!(firm.id)), (committed, json!(firm.id))]);
    // It may object to what is counted against it, and what is struck does not come back.
    let (id, documents) = ("o-1".parse().unwrap(), Citations::default());
    let statement = "该承诺与本公司无关".parse().unwrap();
    let (numbers_confirmed, entry) = (None, committed);
    let objection = CreditObjection { id, entry, statement, documents, numbers_confirmed };
    on_credit(app, heir, &heir.id, "objections", objection).await.accepted();
    let (objection, fate, reasons) = ("o-1".parse().unwrap(), ObjectionFate::Struck, "经核实".parse().unwrap());
    let (documents, numbers_confirmed) = (Citations::default(), None);
    let ruling = CreditObjectionRuling { objection, fate, reasons, documents, numbers_confirmed };
    on_credit(app, &stage.province, &heir.id, "objection-rulings", ruling).await.accepted();
    night(app).await;
    assert_eq!(counted(app, heir).await, [(verified, json!(firm.id))]);
    assert_eq!(night(app).await, 0);
    let history = app.bytes(&format!("/v1/organisations/{}/credit/history.csv", heir.id)).await;
    let history = String::from_utf8(history).unwrap();
    assert!(history.contains(",承继,") && history.contains(&format!("承继自 {}", firm.id)), "{history}");

    // It was a mistake.
    app.comes_back(supervisor, firm).await;
    night(app).await;
    assert_eq!((counted(app, heir).await, counted(app, firm).await.len()), (vec![], 2));
    assert_eq!(credit_of(app, heir).await["predecessors"], json!([]));
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merger_takes_credit_along_on_sqlite() {
    a_merger_takes_credit_along(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merger_takes_credit_along_on_postgres() {
    a_merger_takes_credit_along(Engine::Postgres).await;
}

/// Nobody sheds a finding by dividing, and nobody doubles its praise.
async fn a_division_takes_along_what_counts_against(engine: Engine) {
    let stage = Stage::with_candidates(engine).await;
    let (app, supervisor) = (&stage.app, &stage.cast.supervisor);
    let (firm, part) = (&stage.cast.enterprise, &stage.cast.rival);
    let other = app.admit("91410105MA0000023E", Role::Enterprise, supervisor).await;
    let refuted = stage.refutes(supervisor).await;
    app.ends(supervisor, firm, EndingGround::Divided, &[part, &other]).await;
    night(app).await;
    assert_eq!(counted(app, firm).await.len(), 2);
    for whom in [part, &other] {
        assert_eq!(counted(app, whom).await, [(refuted, json!(firm.id))]);
        assert_eq!(credit_of(app, whom).await["grade"], "C");
    }
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_division_takes_along_what_counts_against_on_sqlite() {
    a_division_takes_along_what_counts_against(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_division_takes_along_what_counts_against_on_postgres() {
    a_division_takes_along_what_counts_against(Engine::Postgres).await;
}
