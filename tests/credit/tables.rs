//! Grades as files for a spreadsheet, with everything that they come from.

use super::scenes::{credit_of, night};
use super::stage::Stage;
use super::support::{App, Engine};

/// The cells of a CSV behind its head.
async fn rows(app: &App, path: &str) -> Vec<Vec<String>> {
    let bytes = app.bytes(path).await;
    let text = std::str::from_utf8(&bytes).unwrap().strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

async fn a_history_has_its_arithmetic(engine: Engine) {
    let stage = Stage::with_candidates(engine).await;
    let (app, enterprise) = (&stage.app, &stage.cast.enterprise);
    let path = format!("/v1/organisations/{}/credit/history.csv", enterprise.id);
    assert_eq!(rows(app, &path).await.len(), 0, "nothing yet");
    night(app).await;
    let refuted = stage.refutes(&stage.cast.supervisor).await;
    night(app).await;
    stage.verifies(&stage.province).await;
    night(app).await;
    let history = rows(app, &path).await;
    let of = |what: &str| history.iter().filter(|row| row[2] == what).collect::<Vec<_>>();
    let [committed, refutation, verified] = of("计入")[..] else { panic!("{history:#?}") };
    assert_eq!((&*committed[6], &*committed[11]), ("commitment_effective", "1.00 × (730 − 50) / 730 = 0.93"));
    assert_eq!((&*refutation[3], &*refutation[9], &*verified[6]), (&*refuted.to_string(), "-15.00", "claim_verified"));
    assert_eq!((of("撤回").len(), &*of("撤回")[0][12]), (1, &*format!("撤回第 {refuted} 号条目")));
    assert!(of("限制")[0][12].ends_with("至多为 C 级"), "{history:#?}");
    let grades: Vec<&str> = of("等级").iter().map(|row| &*row[12]).collect();
    assert_eq!(grades, ["B", "C", "B"]);
    // What the last line says is what the view says.
    let (view, last) = (credit_of(app, enterprise).await, of("等级")[2]);
    assert_eq!((&view["points"], &view["index"]), (&last[10].clone().into(), &last[0].parse::<u64>().unwrap().into()));
    assert!(view["reason"].as_str().unwrap().starts_with(&*last[11]), "{view}");

    let all = rows(app, "/v1/credit.csv").await;
    let cells: Vec<_> = all.iter().map(|row| (&*row[0], &*row[1])).collect();
    let mut expected = vec![(enterprise.id.as_str(), "B"), (stage.cast.centre.id.as_str(), "B")];
    expected.sort_unstable();
    assert_eq!(cells, expected);
    assert_eq!(
        app.get("/v1/organisations/91410100MA0000031W/credit/history.csv").await.problem(),
        "organisation-unknown"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_has_its_arithmetic_on_sqlite() {
    a_history_has_its_arithmetic(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_has_its_arithmetic_on_postgres() {
    a_history_has_its_arithmetic(Engine::Postgres).await;
}
