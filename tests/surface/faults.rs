//! What a clerk is told whose record is refused.

use super::support::App;
use super::support::fixture::{self, stream};
use gongshi::record::Record;
use gongshi::world::Stream;
use serde_json::json;
use sha2::{Digest, Sha256};

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_told_at_once_in_both_languages() {
    let app = App::start().await;
    let cast = app.cast().await;
    let mut payload = serde_json::to_value(fixture::preannouncement(&cast.centre)).unwrap();
    for (pointer, bad) in [("/nature", json!("work")), ("/estimate/currency", json!("RMB")), ("/lots", json!([]))] {
        *payload.pointer_mut(pointer).unwrap() = bad;
    }
    payload["ttile"] = json!("路");
    payload.as_object_mut().unwrap().remove("region");
    let header = app.header(&cast.centre, &stream("T-1"), "tender.preannounced");
    let answer = app.post_bytes(&cast.centre, "/v1/tenders", &header, payload.to_string().as_bytes()).await;
    let errors = answer.body["errors"].as_array().unwrap();
    let mut pointers: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/estimate/currency", "/lots", "/nature", "/region", "/ttile"], "{answer:?}");
    for (member, words) in [("detail", "works、goods、services"), ("detail_en", "works, goods, services")] {
        assert!(answer.body[member].as_str().unwrap().contains(words), "{answer:?}");
        assert!(errors.iter().all(|error| error[member].is_string()), "{answer:?}");
    }
    let received = |pointer: &str| &errors.iter().find(|error| error["pointer"] == pointer).unwrap()["received"];
    assert_eq!((received("/nature"), received("/estimate/currency")), (&json!("work"), &json!("RMB")));
    // Nothing was there, a list, and what nobody knows.
    assert!(["/region", "/lots", "/ttile"].iter().all(|pointer| received(pointer).is_null()), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_received_is_shown_short_and_no_private_key_is() {
    let app = App::start().await;
    let cast = app.cast().await;
    let refusal = async |kind: &str, path: &str, stream: &Stream, payload: serde_json::Value| {
        let header = app.header(&cast.centre, stream, kind);
        app.post_bytes(&cast.centre, path, &header, payload.to_string().as_bytes()).await.body["errors"].clone()
    };
    let mut long = serde_json::to_value(fixture::preannouncement(&cast.centre)).unwrap();
    long["title"] = json!("长\n".repeat(400));
    let errors = refusal("tender.preannounced", "/v1/tenders", &stream("T-1"), long).await;
    assert_eq!(errors[0]["received"].as_str().unwrap(), format!("{}…", "长".repeat(40)));
    let centre = Stream::of(&cast.centre.id);
    let secret: serde_json::Value = serde_json::from_str(&cast.rival.key.to_json()).unwrap();
    let path = format!("/v1/organisations/{}/keys", cast.centre.id);
    let errors = refusal("key.added", &path, &centre, json!({"key": secret, "possession": "x"})).await;
    assert!(errors[0]["pointer"].as_str().unwrap().starts_with("/key"), "{errors}");
    assert!(!errors.to_string().contains(secret["d"].as_str().unwrap()), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_does_not_hold_says_what_was_received() {
    let app = App::start().await;
    let cast = app.cast().await;
    let payload = serde_json::to_string(&fixture::preannouncement(&cast.centre)).unwrap();
    let header = app.header(&cast.centre, &stream("T-1"), "tender.preannounced");
    let record = Record::sign(&cast.centre.key, &header, payload.as_bytes());
    let received = format!("{payload}\n");
    let answer = app.post_raw("/v1/tenders", Some(&record.detached()), received.clone().into_bytes()).await;
    assert_eq!(answer.problem(), "signature-mismatch");
    let digest = faster_hex::hex_string(&Sha256::digest(&received));
    for member in ["detail", "detail_en"] {
        let detail = answer.body[member].as_str().unwrap();
        assert!(detail.contains(&digest) && detail.contains(&received.len().to_string()), "{detail}");
    }
}
