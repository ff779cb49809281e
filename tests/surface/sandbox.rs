//! A sandbox, as whoever writes a client uses it: the program's own commands, keys from the folder, days that pass at a word.

use super::support::fixture::{self, act};
use super::support::{Actor, process};
use gongshi::field::{Day, Instant};
use gongshi::record::{PrivateKey, load_key};
use gongshi::tender::{Act, Announcement, Candidate};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

const CODE: &str = "HNZB-2026-0042";

struct Sandbox {
    service: process::Service,
    keys: tempfile::TempDir,
    client: reqwest::Client,
}

impl Sandbox {
    fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let keys = tempfile::tempdir().unwrap();
        let folder = keys.path().join("actors");
        let service = process::spawn_after("umask 022", "sandbox", &["--keys", folder.to_str().unwrap()]);
        Self { service, keys, client: reqwest::Client::new() }
    }

    fn key(&self, actor: &str) -> String {
        self.keys.path().join(format!("actors/{actor}.jwk")).display().to_string()
    }

    async fn get(&self, path: &str) -> Value {
        let text = self.client.get(format!("{}{path}", self.service.base)).send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    }

    async fn moves(&self, content_type: &str, body: &str) -> (u16, Value) {
        let post =
            self.client.post(format!("{}/sandbox/clock", self.service.base)).header("content-type", content_type);
        let response = post.body(body.to_owned()).send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }

    /// Lets days pass; the time after them.
    async fn pass(&self, days: u32) -> Instant {
        let (status, moved) =
            self.moves("application/json", &json!({"forward": format!("{days}days")}).to_string()).await;
        assert_eq!(status, 200, "{moved}");
        moved["now"].as_str().unwrap().parse().unwrap()
    }

    /// `gongshi post`, as a stranger's script would.
    #[track_caller]
    fn post(&self, actor: &str, payload: impl Into<Act>) {
        let act = act(payload);
        let (stream, key) = (format!("tender/{CODE}"), self.key(actor));
        let arguments =
            ["post", "--server", &self.service.base, "--key", &key, "--kind", act.kind(), "--stream", &stream, "-"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(act.to_value().to_string().as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}: {}", act.kind(), String::from_utf8_lossy(&output.stderr));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_tender_is_played_in_a_minute() {
    let began = std::time::Instant::now();
    let sandbox = Sandbox::start();
    let there = sandbox.get("/sandbox").await;
    let actors = there["actors"].as_array().unwrap();
    let actor = |name: &str| -> Actor {
        let one = actors.iter().find(|actor| actor["actor"] == name).unwrap();
        // What is told over HTTP is what lies in the folder.
        let key = PrivateKey::from_json(&one["key"].to_string()).unwrap();
        assert_eq!(key.key_id(), load_key(sandbox.key(name).as_ref()).unwrap().key_id());
        Actor { id: one["id"].as_str().unwrap().parse().unwrap(), key }
    };
    let (centre, first, second) = (actor("centre"), actor("bidder-1"), actor("bidder-2"));
    for name in ["operator", "supervisor", "supervisor-2", "auditor", "unit", "bidder-3"] {
        actor(name);
    }
    let now: Instant = there["now"].as_str().unwrap().parse().unwrap();
    // At midnight, what is planned for today is planned for the day before.
    let disclosed = fixture::preannouncement_on(&centre, now.plus_millis(super::support::DAY));
    sandbox.post("centre", disclosed.clone());
    let now = sandbox.pass(12).await;
    let waiting = sandbox.get(&format!("/v1/tenders/{CODE}")).await;
    assert_ne!(waiting["status"], "preannounced", "the window is over, and the service said so: {waiting}");
    let day = Day::from(now.plus_millis(20 * super::support::DAY).shanghai_day());
    let announced = fixture::announcement(&disclosed);
    sandbox.post("centre", Announcement { bid_deadline: day.into(), open: day.into(), ..announced });
    let now = sandbox.pass(20).await;
    let mut opening = fixture::opening(now, &[]);
    opening.bids = vec![fixture::bid("甲公司", &first, 5_000_000), fixture::bid("乙公司", &second, 5_100_000)];
    sandbox.post("centre", opening);
    let candidate = |id: &str, rank, name: &str, who: &Actor, yuan| Candidate {
        claims: vec![],
        ..fixture::candidate(id, rank, name, who, yuan)
    };
    let ranked =
        vec![candidate("c-1", 1, "甲公司", &first, 5_000_000), candidate("c-2", 2, "乙公司", &second, 5_100_000)];
    sandbox.post("centre", fixture::candidates(ranked));
    let now = sandbox.pass(12).await;
    sandbox.post("centre", fixture::award("c-1", 5_000_000));
    sandbox.post("centre", fixture::contract(now.shanghai_day().into(), 5_000_000));
    let now = sandbox.pass(30).await;
    sandbox.post("centre", fixture::acceptance(now.shanghai_day().into()));
    sandbox.pass(1).await;
    let tender = sandbox.get(&format!("/v1/tenders/{CODE}")).await;
    assert_eq!((&tender["status"], &tender["lots"][0]["status"]), (&"closed".into(), &"accepted".into()), "{tender}");
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn its_clock_goes_forward_only_and_no_other_log_has_one() {
    let sandbox = Sandbox::start();
    let before: Instant = sandbox.get("/sandbox/clock").await["now"].as_str().unwrap().parse().unwrap();
    let back = json!({"to": before.plus_millis(-1_000)}).to_string();
    for body in [
        &*back,
        "{}",
        "9days",
        r#"{"forward": "-1day"}"#,
        r#"{"forward": "11years"}"#,
        r#"{"forward": "1day", "to": "x"}"#,
    ] {
        let (status, problem) = sandbox.moves("application/json", body).await;
        assert_eq!((status, &problem["type"]), (400, &"/problems/bad-parameter".into()), "{body}: {problem}");
        assert!(super::chinese(&problem["detail"]), "{problem}");
    }
    // A page of another site may send this without asking.
    assert_eq!(sandbox.moves("text/plain", r#"{"forward": "1day"}"#).await.0, 415);
    let to = before.plus_millis(3 * super::support::DAY);
    let (status, moved) = sandbox.moves("application/json", &json!({ "to": to }).to_string()).await;
    let now: Instant = moved["now"].as_str().unwrap().parse().unwrap();
    assert!(status == 200 && now >= to && now < to.plus_millis(60_000), "{moved}");
    let answer = sandbox.client.get(format!("{}/v1/log", sandbox.service.base)).send().await.unwrap();
    let told: Instant = answer.headers()["x-sandbox-clock"].to_str().unwrap().parse().unwrap();
    assert!(told >= to, "{told}");
    let app = super::support::App::start().await;
    assert_eq!(app.get("/sandbox/clock").await.status, 404);
    assert_eq!(app.post_raw("/sandbox/clock", None, br#"{"forward": "1day"}"#.to_vec()).await.status, 404);
    assert!(app.get("/v1/log").await.headers.get("x-sandbox-clock").is_none());
}

#[test]
fn it_listens_to_its_own_machine_alone() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
    let output = command.args(["sandbox", "--listen", "0.0.0.0:0"]).output().unwrap();
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("127.0.0.1"), "{output:?}");
}
