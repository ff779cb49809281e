//! What proxies and browsers may keep, and how they ask whether it still holds.

use super::support::fixture::stream;
use super::support::{Answer, App};
use super::{disclose, fixture, header, log_size, within};
use gongshi::field::OrganisationId;
use gongshi::organisation::{self, Registration, Role};
use gongshi::record::{PrivateKey, Record};
use gongshi::world::{Act, Stream};

async fn get_if(app: &App, path: &str, known: &str) -> Answer {
    within(app.send(app.client.get(format!("{}{path}", app.base)).header("if-none-match", known))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tender_is_sent_again_only_when_it_changed() {
    let app = App::start().await;
    let cast = app.cast().await;
    disclose(&app, &cast, "T-1").await;
    let first = app.get("/v1/tenders/T-1").await;
    let tag = header(&first, "etag").to_owned();
    assert!(tag.trim_start_matches("W/").starts_with('"') && tag.ends_with('"'), "{tag}");
    // RFC 9110 §13.1.2 compares weakly: a proxy that compresses makes a tag weak.
    for known in [tag.clone(), format!("\"x\", {tag}"), "*".into(), format!("W/{}", tag.trim_start_matches("W/"))] {
        let same = get_if(&app, "/v1/tenders/T-1", &known).await;
        assert_eq!((same.status, same.body.as_str(), header(&same, "etag")), (304, Some(""), &*tag), "{known}");
    }
    assert_eq!(get_if(&app, "/v1/tenders/T-1", "\"x\"").await.body, first.body);
    let objection = fixture::act(fixture::objection("o-1"));
    app.post(&cast.enterprise, "/v1/tenders/T-1/objections", &stream("T-1"), &objection).await.accepted();
    let changed = get_if(&app, "/v1/tenders/T-1", &tag).await;
    assert_eq!((changed.status, &changed.body["objections"][0]["id"]), (200, &"o-1".into()));
    assert_ne!(header(&changed, "etag"), tag);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_monitor_that_knows_the_checkpoint_is_told_so() {
    let app = App::start().await;
    let checkpoint = app.get("/log/checkpoint").await;
    assert_eq!(header(&checkpoint, "cache-control"), "no-cache", "it may be kept, but is asked for every time");
    let tag = header(&checkpoint, "etag").to_owned();
    assert_ne!(tag, "", "no-cache without a tag means that every poll sends all of it");
    assert_eq!(get_if(&app, "/log/checkpoint", &tag).await.status, 304);
    app.cast().await;
    assert_eq!(get_if(&app, "/log/checkpoint", &tag).await.status, 200);
}

/// Codes of organisations, with the check character of GB 32100.
fn codes() -> impl Iterator<Item = OrganisationId> {
    let candidates = (0u32..).flat_map(|n| "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().map(move |c| (n, c)));
    candidates.filter_map(|(n, check)| OrganisationId::regular(&format!("91410100MA{n:07}{check}")).ok())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_change_is_immutable_and_nothing_else() {
    let app = App::start().await;
    let immutable = async |path: &str| header(&app.get(path).await, "cache-control").contains("immutable");
    let early = app.bytes("/log/tile/entries/000.p/1").await;
    let registrations: Vec<_> = codes()
        .take(260)
        .map(|id| {
            let key = PrivateKey::generate();
            let stream = Stream::of(&id);
            let registration = Registration {
                name: id.as_str().parse().unwrap(),
                key: key.public().to_jwk(),
                roles: vec![Role::Enterprise],
                region: None,
                id,
                code_as_issued: false,
            };
            let actor = super::Actor { id: registration.id.clone(), key };
            let act: Act = organisation::Act::from(registration).into();
            let payload = serde_json::to_vec(&act.to_value()).unwrap();
            let record = Record::sign(&actor.key, &app.header(&actor, &stream, act.kind()), &payload);
            serde_json::to_string(&record).unwrap()
        })
        .collect();
    let bulk = app.client.post(format!("{}/v1/records", app.base)).header("content-type", "application/x-ndjson");
    app.send(bulk.body(registrations.join("\n"))).await;
    assert_eq!(log_size(&app).await, 261);

    for path in ["/log/tile/0/000", "/log/tile/entries/000", "/v1/records/0/entry"] {
        assert!(immutable(path).await, "{path}");
    }
    // A partial tile names its width, so its bytes stay as they are while the log grows.
    assert_eq!(app.bytes("/log/tile/entries/000.p/1").await, early);
    for path in ["/log/checkpoint", "/v1/log", "/v1/records", "/v1/records/0/proof", "/v1/tenders", "/v1/organisations"]
    {
        assert!(!immutable(path).await, "{path}");
    }
    // What is not there yet may come: nobody may keep that answer.
    for path in ["/log/tile/0/001", "/log/tile/0/001.p/200", "/log/tile/entries/001", "/v1/records/261/entry"] {
        let answer = app.get(path).await;
        assert_eq!((answer.problem(), header(&answer, "cache-control").contains("immutable")), ("not-found", false));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_get_without_the_body() {
    let app = App::start().await;
    let cast = app.cast().await;
    disclose(&app, &cast, "T-1").await;
    let paths =
        ["/livez", "/log/checkpoint", "/log/tile/0/000.p/1", "/v1/tenders", "/v1/tenders/T-1", "/v1/records", "/api"];
    for path in paths {
        let (get, head) = (app.get(path).await, within(app.send(app.client.head(format!("{}{path}", app.base)))).await);
        assert_eq!((head.status, head.body.as_str()), (200, Some("")), "{path}");
        for name in ["content-type", "etag", "cache-control"] {
            assert_eq!(header(&head, name), header(&get, name), "{name} of {path}");
        }
        // RFC 9110 §8.6: the length of what GET sends, or none.
        let length = header(&head, "content-length");
        assert!(length.is_empty() || length == header(&get, "content-length"), "{path} has length {length:?}");
    }
    let missing = within(app.send(app.client.head(format!("{}/v1/tenders/NONE", app.base)))).await;
    assert_eq!((missing.status, header(&missing, "content-type")), (404, "application/problem+json"));
    let tag = header(&app.get("/v1/tenders/T-1").await, "etag").to_owned();
    let known = app.client.head(format!("{}/v1/tenders/T-1", app.base)).header("if-none-match", tag);
    assert_eq!(within(app.send(known)).await.status, 304);
}
