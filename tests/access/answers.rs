//! Many codes at once, the list as a table, and other times.

use super::stage::Stage;
use super::support::{Answer, Engine};
use std::io::Write;
use std::process::Stdio;

async fn check(stage: &Stage, media_type: &str, query: &str, body: impl Into<Vec<u8>>) -> Answer {
    let request = stage.app.client.post(format!("{}/v1/access/check{query}", stage.app.base));
    stage.app.send(request.header("content-type", media_type).body(body.into())).await
}

async fn many_codes_are_checked_at_once(engine: Engine) {
    let stage = Stage::on(engine).await;
    let (enterprise, rival) = (&stage.cast.enterprise, &stage.cast.rival);
    let before = stage.app.now();
    stage.app.days_pass(1).await;
    let receipt = stage.bar(rival, stage.ban(rival, "b-1", 10).await).await.accepted();
    let pasted = format!("{}，{}\n{}\n91410105MA9ABCDE2X\n", enterprise.id, rival.id, rival.id);
    let table = format!("名称,统一社会信用代码\n甲,{}\n乙,{}\n丙,无\n", enterprise.id, rival.id);
    for (media_type, body) in [("text/plain", pasted), ("text/csv", table)] {
        let answer = check(&stage, media_type, "", body.clone()).await;
        assert_eq!((answer.status, answer.body["checked"].as_u64()), (200, Some(2)), "{answer:?}");
        let barred = answer.body["barred"].as_array().unwrap();
        assert_eq!((barred.len(), &barred[0]["organisation"]), (1, &rival.id.as_str().into()));
        assert_eq!(barred[0]["bars"][0]["entry"], receipt["index"]);
        let line = if media_type == "text/csv" { 4 } else { 3 };
        assert_eq!(
            answer.body["malformed"],
            serde_json::json!([{"line": line, "text": answer.body["malformed"][0]["text"]}])
        );
        let past = check(&stage, media_type, &format!("?at={before}"), body).await;
        assert_eq!(past.body["barred"].as_array().unwrap().len(), 0);
    }
    assert_eq!(check(&stage, "application/json", "", "[]").await.problem(), "media-type");
    assert_eq!(check(&stage, "text/plain", "?at=7", "x").await.problem(), "bad-parameter");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_codes_are_checked_at_once_on_sqlite() {
    many_codes_are_checked_at_once(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_codes_are_checked_at_once_on_postgres() {
    many_codes_are_checked_at_once(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_paged_filtered_and_a_table() {
    let stage = Stage::on(Engine::Sqlite).await;
    let rival = &stage.cast.rival;
    for (number, name) in [(1, "甲建设公司"), (2, "=cmd()"), (3, "乙,建设公司")] {
        let bar = stage.ban(rival, &format!("b-{number}"), 10).await;
        stage.bar(rival, gongshi::access::Barring { name: name.parse().unwrap(), ..bar }).await.accepted();
    }
    let page = stage.app.get("/v1/access/bars?limit=2").await.body;
    assert_eq!((&page["items"][0]["id"], &page["items"][1]["id"]), (&"b-3".into(), &"b-2".into()));
    let rest = stage.app.get(&format!("/v1/access/bars?after={}", page["next"].as_str().unwrap())).await.body;
    assert_eq!((&rest["items"][0]["id"], &rest["next"]), (&"b-1".into(), &serde_json::Value::Null));
    let of =
        stage.app.get(&format!("/v1/access/bars?organisation={}&kind=tender-ban-fraud&q=建设", rival.id)).await.body;
    assert_eq!(of["items"].as_array().unwrap().len(), 2);
    assert_eq!(stage.app.get("/v1/access/bars?kind=court-list").await.body["items"].as_array().unwrap().len(), 0);
    assert_eq!(stage.app.get("/v1/access/bars?after=x").await.problem(), "bad-parameter");
    let csv = String::from_utf8(stage.app.bytes("/v1/access/bars.csv").await).unwrap();
    let lines: Vec<_> = csv.lines().collect();
    assert!(lines.len() == 4 && lines[0].starts_with("\u{feff}统一社会信用代码,名称"), "{csv}");
    assert!(lines[1].contains("\"乙,建设公司\"") && lines[2].contains(",'=cmd(),"), "{csv}");
}

#[tokio::test(flavor = "multi_thread")]
async fn any_code_and_any_time_may_be_asked_about() {
    let stage = Stage::on(Engine::Sqlite).await;
    let rival = &stage.cast.rival;
    stage.bar(rival, stage.ban(rival, "b-1", 10).await).await.accepted();
    let get = async |at: &str| stage.app.get(&format!("/v1/organisations/{}/access?at={at}", rival.id)).await;
    // A day that is to come, and one after its end.
    assert_eq!(get("2026-08-10T09:00:00%2B08:00").await.body["state"], "barred");
    assert_eq!(get("2026-08-14T09:00:00%2B08:00").await.body["state"], "full");
    for bad in ["x", "99999", "18446744073709551615", "2026-08-10"] {
        assert_eq!(get(bad).await.problem(), "bad-parameter", "{bad}");
    }
    let nobody = stage.app.get("/v1/organisations/91410105MA0000023E/access").await.body;
    assert_eq!((&nobody["state"], nobody["version"].as_u64()), (&"full".into(), Some(0)));
}

/// `gongshi access …`: its exit code, and what it prints.
async fn command(stage: &Stage, codes: &[&str], input: &'static str) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gongshi"));
    command.args(["access", "--server", &stage.app.base]).args(codes).stdin(Stdio::piped()).stdout(Stdio::piped());
    let run = move || {
        let mut child = command.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_is_told_by_the_exit_code() {
    let stage = Stage::on(Engine::Sqlite).await;
    let rival = &stage.cast.rival;
    let receipt = stage.bar(rival, stage.ban(rival, "b-1", 10).await).await.accepted();
    let (code, printed) = command(&stage, &[stage.cast.enterprise.id.as_str()], "").await;
    assert_eq!((code, &*printed), (Some(0), ""));
    let (code, printed) = command(&stage, &[rival.id.as_str(), stage.cast.enterprise.id.as_str()], "").await;
    assert_eq!((code, printed.lines().count()), (Some(1), 1));
    let cells: Vec<_> = printed.trim_end_matches('\n').split('\t').collect();
    assert_eq!((cells[0], cells[1], cells[5]), (rival.id.as_str(), "barred", "某监罚〔2026〕3号"));
    assert_eq!(cells[7], receipt["index"].to_string());
    let (code, printed) = command(&stage, &[], "91410100MA000004XQ\n").await;
    assert_eq!((code, printed.lines().count()), (Some(1), 1));
    assert_eq!(command(&stage, &["--at", "2026-09-01T00:00:00Z", "-"], "91410100MA000004XQ").await.0, Some(0));
    assert_eq!(command(&stage, &["91410100MA000004XX"], "").await.0, Some(2));
    assert_eq!(command(&stage, &["--at", "x", rival.id.as_str()], "").await.0, Some(2));
}
