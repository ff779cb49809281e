//! A JOSE library: its signatures are records, and ours are JWS.

use super::ask;
use super::support::App;
use super::support::fixture::{self, act, stream};
use gongshi::record::Record;
use serde_json::{Value, json};

fn jose(what: &str, input: &str) -> String {
    ask("jose.py", &[what], input)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_jose_library_verifies_every_record_and_signs_one() {
    let app = App::start().await;
    let cast = app.cast().await;
    app.post(&cast.centre, "/v1/tenders", &stream("T-1"), &act(fixture::preannouncement(&cast.centre)))
        .await
        .accepted();
    app.days_pass(9).await;
    let lines = String::from_utf8(app.bytes("/v1/records.ndjson").await).unwrap();
    let mut input = String::new();
    let mut expected = Vec::new();
    for line in lines.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let record = Record::parse_json(entry["record"].to_string().as_bytes()).unwrap();
        let kid = record.header().unwrap().kid;
        let (key, _) = match app.ledger.key_owner(&kid).await.unwrap() {
            Some(known) => known,
            // The service's own key stands in entry 0.
            None => (
                gongshi::record::load_key(&app.folder.path().join("keys/service.jwk")).unwrap().public(),
                cast.centre.id.clone(),
            ),
        };
        let jwk = serde_json::to_value(key.to_jwk()).unwrap();
        input += &format!("{}\n", json!({"jwk": jwk, "jws": entry["record"]}));
        expected.push("ok");
        let mut forged = entry["record"].clone();
        forged["payload"] = json!("e30");
        input += &format!("{}\n", json!({"jwk": jwk, "jws": forged}));
        expected.push("bad");
    }
    assert_eq!(expected.len() as u64, 2 * app.size());
    assert_eq!(jose("verify", &input).lines().collect::<Vec<_>>(), expected);

    // The other way round: a record that the library signed is accepted.
    let key: Value = serde_json::from_str(&cast.centre.key.to_json()).unwrap();
    let header = serde_json::to_value(app.header(&cast.centre, &stream("T-2"), "tender.preannounced")).unwrap();
    let payload = serde_json::to_string(&act(fixture::preannouncement_on(&cast.centre, app.now())).to_value()).unwrap();
    let signed = jose("sign", &json!({"key": key, "protected": header, "payload": payload}).to_string());
    let record = Record::parse_json(signed.trim().as_bytes()).unwrap();
    let answer = app.post_raw("/v1/tenders", Some(&record.detached()), payload.into_bytes()).await;
    answer.accepted();
}
