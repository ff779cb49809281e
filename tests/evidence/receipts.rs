//! What a submitter holds in its hand.

use super::support::fixture::{self, act, stream};
use super::support::{App, ORIGIN};
use gongshi::log::{Hash, NoteKey, TlogProof, leaf_hash, verify_consistency};

#[tokio::test(flavor = "multi_thread")]
async fn receipts_prove_offline_and_consistency_holds_between_all_sizes() {
    let app = App::start().await;
    let cast = app.cast().await;
    let log = app.get("/v1/log").await.body;
    let keys = [log["log_key"].as_str().unwrap().parse::<NoteKey>().unwrap()];
    let mut heads = Vec::new();
    for n in 0..12 {
        let disclosed = act(fixture::preannouncement(&cast.centre));
        let receipt = app.post(&cast.centre, "/v1/tenders", &stream(&format!("T-{n}")), &disclosed).await.accepted();
        let index = receipt["index"].as_u64().unwrap();
        let entry = app.bytes(&format!("/v1/records/{index}/entry")).await;
        let proof = TlogProof::parse(receipt["proof"].as_str().unwrap()).unwrap();
        let head = proof.verify(&entry, &keys, ORIGIN).unwrap();
        assert_eq!(receipt["entry_hash"], leaf_hash(&entry).to_string());
        heads.push(head);
    }
    for head in &heads {
        // Any receipt can be fetched again, against the newest checkpoint.
        let text = String::from_utf8(app.bytes(&format!("/v1/records/{}/proof", head.size - 1)).await).unwrap();
        let entry = app.bytes(&format!("/v1/records/{}/entry", head.size - 1)).await;
        let newest = TlogProof::parse(&text).unwrap().verify(&entry, &keys, ORIGIN).unwrap();
        let path = format!("/v1/log/consistency?from={}&to={}", head.size, newest.size);
        let answer = app.get(&path).await.body;
        let proof: Vec<Hash> = answer["proof"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hash| Hash::from_base64(hash.as_str().unwrap()).unwrap())
            .collect();
        verify_consistency(head.size, &head.root, newest.size, &newest.root, &proof).unwrap();
    }
    assert_eq!(app.get("/v1/log/consistency?from=5&to=4").await.problem(), "bad-parameter");
    assert_eq!(app.get("/v1/log/consistency?from=5&to=999").await.problem(), "bad-parameter");
}
