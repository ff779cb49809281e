//! Whoever is nobody yet: how much of it the log takes, and what is said of it.

use super::support::{Actor, Answer, App, Engine, unlimited};
use super::{log_size, within};
use gongshi::act::Payload;
use gongshi::derived::compare;
use gongshi::http::Limits;
use gongshi::organisation::{self, ClaimsClearing, Registration, Role};
use gongshi::record::{PrivateKey, Record};
use gongshi::world::Stream;
use serde_json::Value;

const CODES: [&str; 5] =
    ["91410105MA9ABCDE2Y", "91410100MA000004XQ", "91350200776049653A", "514101005004100069", "123502001549897397"];

fn stranger(code: &str) -> Actor {
    Actor { id: code.parse().unwrap(), key: PrivateKey::generate() }
}

fn payload(actor: &Actor) -> Vec<u8> {
    let registration = Registration {
        id: actor.id.clone(),
        name: "并非此人".parse().unwrap(),
        key: actor.key.public().to_jwk(),
        roles: vec![Role::Enterprise],
        region: None,
        code_as_issued: false,
    };
    serde_json::to_vec(&registration).unwrap()
}

fn signed(app: &App, actor: &Actor, payload: &[u8]) -> Record {
    let header = app.header(actor, &Stream::of(&actor.id), Registration::KIND);
    Record::sign(&actor.key, &header, payload)
}

async fn in_bulk(app: &App, records: &[Record]) -> Vec<Value> {
    let lines: Vec<String> = records.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
    let request = app.client.post(format!("{}/v1/records", app.base)).header("content-type", "application/x-ndjson");
    let answer = within(app.send(request.body(lines.join("\n")))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body.as_array().unwrap().clone()
}

async fn by_itself(app: &App, actor: &Actor, payload: &[u8]) -> Answer {
    let record = signed(app, actor, payload);
    within(app.post_raw("/v1/organisations", Some(&record.detached()), payload.to_vec())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_have_a_budget_on_every_way_in() {
    let limits = Limits { per_address: 1000, registrations_per_address: 3, ..unlimited() };
    let app = App::start_with(Engine::Sqlite, limits).await;
    let records: Vec<_> =
        CODES.iter().map(|code| stranger(code)).map(|who| signed(&app, &who, &payload(&who))).collect();
    let size = log_size(&app).await;
    let lines = in_bulk(&app, &records).await;
    assert_eq!(log_size(&app).await, size + 3);
    for refused in &lines[3..] {
        assert_eq!(refused["problem"]["type"], "/problems/rate-limited", "{refused}");
        assert!(refused["problem"]["retry_after"].as_u64().is_some_and(|seconds| seconds > 60), "{refused}");
    }
    let late = stranger(CODES[4]);
    let refused = by_itself(&app, &late, &payload(&late)).await;
    assert_eq!((refused.status, refused.problem()), (429, "rate-limited"));
    let header = refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap();
    assert_eq!(Some(header), refused.body["retry_after"].as_u64());
    // Who is known goes on.
    let operator = app.operator();
    let known = Actor { id: CODES[0].parse().unwrap(), key: PrivateKey::generate() };
    let refused = app.confirm(&known, Role::Supervisor, &operator).await;
    assert_ne!(refused.status, 429, "{refused:?}");
}

/// Whatever strangers have used up, of their address or of all.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_seen_at_the_counter_comes_in_whatever_strangers_do() {
    let limits = Limits { per_address: 1000, registrations_per_address: 4, registrations: 8, ..unlimited() };
    let app = App::start_with(Engine::Sqlite, limits).await;
    let supervisor = app.admit("11410100005260004Y", Role::Supervisor, &app.operator()).await;
    let owner = stranger(CODES[2]);
    let path = format!("/v1/organisations/{}", owner.id);
    let squatter = stranger(CODES[2]);
    by_itself(&app, &squatter, &payload(&squatter)).await.accepted();
    for code in &CODES[..2] {
        let who = stranger(code);
        by_itself(&app, &who, &payload(&who)).await.accepted();
    }
    assert_eq!(app.register(&owner, Role::Enterprise).await.problem(), "rate-limited");
    let clearing = ClaimsClearing { keeps: Some(owner.key.key_id()), reason: "柜台核验".parse().unwrap() };
    let act = organisation::Act::from(clearing).into();
    let cleared = app.post(&supervisor, &format!("{path}/claim-clearings"), &Stream::of(&owner.id), &act).await;
    cleared.accepted();
    let another = stranger(CODES[2]);
    assert_eq!(by_itself(&app, &another, &payload(&another)).await.problem(), "rate-limited");
    let lines = in_bulk(&app, &[signed(&app, &owner, &payload(&owner))]).await;
    assert!(lines[0]["receipt"].is_object(), "{lines:?}");
    app.confirm(&owner, Role::Enterprise, &supervisor).await.accepted();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stranger_writes_is_short() {
    let app = App::start().await;
    let who = stranger(CODES[0]);
    let size = log_size(&app).await;
    let spaces = |count: usize| [payload(&who), vec![b' '; count]].concat();
    for (bytes, problem) in
        [(43_000, "entry-too-large"), (4097 - payload(&who).len(), "entry-too-large"), (2000, "malformed-json")]
    {
        let long = spaces(bytes);
        assert_eq!(by_itself(&app, &who, &long).await.problem(), problem, "{bytes}");
        let lines = in_bulk(&app, &[signed(&app, &who, &long)]).await;
        assert_eq!(lines[0]["problem"]["type"], format!("/problems/{problem}"), "{bytes}");
    }
    assert_eq!(log_size(&app).await, size);
    by_itself(&app, &who, &spaces(1000)).await.accepted();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_who_it_says_until_it_is_confirmed() {
    let app = App::start().await;
    let cast = app.cast().await;
    let (squatter, owner) = (stranger(CODES[2]), stranger(CODES[2]));
    by_itself(&app, &squatter, &payload(&squatter)).await.accepted();
    let listed = async |query: &str| -> Vec<Value> {
        app.get(&format!("/v1/organisations{query}")).await.body["items"].as_array().unwrap().clone()
    };
    let has = |items: &[Value]| items.iter().any(|item| item["id"] == CODES[2]);
    assert!(!has(&listed("").await) && !has(&listed("?q=并非").await) && has(&listed("?status=pending").await));
    assert!(!listed("?status=pending").await.iter().any(|item| item.to_string().contains("并非此人")));
    let path = format!("/v1/organisations/{}", owner.id);
    let view = app.get(&path).await.body;
    assert!(view.get("name").is_none(), "{view}");
    assert_eq!(view["keys"][0]["claimed_name"], "并非此人");

    let clearing = ClaimsClearing { keeps: Some(owner.key.key_id()), reason: "柜台核验".parse().unwrap() };
    let act = organisation::Act::from(clearing).into();
    let at_the_counter = format!("{path}/claim-clearings");
    let by_centre = app.post(&cast.centre, &at_the_counter, &Stream::of(&owner.id), &act).await;
    assert_eq!(by_centre.problem(), "role-not-entitled");
    app.post(&cast.supervisor, &at_the_counter, &Stream::of(&owner.id), &act).await.accepted();
    let view = app.get(&path).await.body;
    assert_eq!((&view["keys"], &view["awaited"]), (&serde_json::json!([]), &owner.key.key_id().to_string().into()));
    let another = stranger(CODES[2]);
    assert_eq!(by_itself(&app, &another, &payload(&another)).await.problem(), "state-forbids");
    app.register(&owner, Role::Enterprise).await.accepted();
    app.confirm(&owner, Role::Enterprise, &cast.supervisor).await.accepted();
    assert!(has(&listed("").await));
    assert_eq!(app.get(&path).await.body["keys"].as_array().unwrap().len(), 1);
    let mut found = Vec::new();
    compare(&app.ledger.database, None, &app.ledger.editions, |mismatch| found.push(mismatch.to_string()))
        .await
        .unwrap();
    assert!(found.is_empty(), "{found:?}");
}
