//! What a clerk is told whose record is refused.

use super::support::App;
use super::support::fixture::{self, stream};
use gongshi::record::Record;
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
