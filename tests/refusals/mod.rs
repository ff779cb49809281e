//! Everything that is refused: each kind of bad input has its own problem type, and nothing is written.

mod codes;
mod payloads;

use super::support::fixture::{self, act, stream};
use super::support::{self, Actor, App, Cast, DAY, Engine};
use gongshi::http::Limits;
use gongshi::organisation::{self, KeyAddition, KeyRevocation, RevocationReason, Role, Suspension, possession_header};
use gongshi::record::{Disclosure, Header, PrivateKey, Record};
use gongshi::world::Stream;
use payloads::PAYLOADS;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const CODE: &str = "HNZB-2026-0042";

async fn post(app: &App, actor: &Actor, header: &Header, payload: &[u8]) -> support::Answer {
    app.post_bytes(actor, "/v1/tenders", header, payload).await
}

fn good(cast: &Cast) -> Value {
    serde_json::to_value(fixture::preannouncement(&cast.centre)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_a_payload_has_its_own_problem_and_writes_nothing() {
    let app = App::start().await;
    let cast = app.cast().await;
    let size = app.size();
    for case in PAYLOADS {
        let mut payload = good(&cast);
        (case.change)(&mut payload);
        let header = app.header(&cast.centre, &stream(CODE), "tender.preannounced");
        let answer = post(&app, &cast.centre, &header, payload.to_string().as_bytes()).await;
        assert_eq!((answer.problem(), answer.status), (case.problem, case.status), "{}: {answer:?}", case.name);
        if let Some(pointer) = case.pointer {
            assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{}", case.name);
        }
    }
    for (name, body) in [
        ("not JSON", b"{".to_vec()),
        ("a lone surrogate", br#"{"title":"\ud800"}"#.to_vec()),
        ("not UTF-8", vec![b'"', 0xff, b'"']),
        ("deep nesting", [vec![b'['; 40_000], vec![b']'; 4_000]].concat()),
        ("a number beyond all bounds", br#"{"title":1e999}"#.to_vec()),
    ] {
        let header = app.header(&cast.centre, &stream(CODE), "tender.preannounced");
        let answer = post(&app, &cast.centre, &header, &body).await;
        assert!((400..500).contains(&answer.status), "{name}: {answer:?}");
        assert!(matches!(answer.problem(), "malformed-json" | "wrong-type"), "{name}: {answer:?}");
    }
    assert_eq!(app.size(), size, "something was written");
    assert_eq!(app.get("/v1/tenders").await.body["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_may_be_public_is_confirmed() {
    let app = App::start().await;
    let cast = app.cast().await;
    let mut payload = good(&cast);
    payload["contact"]["phone"] = json!("13800000000");
    let header = app.header(&cast.centre, &stream(CODE), "tender.preannounced");
    let answer = post(&app, &cast.centre, &header, payload.to_string().as_bytes()).await;
    let told = answer.body["errors"][0]["detail"].as_str().unwrap();
    assert!(told.contains("手机号码") && told.contains("numbers_confirmed"), "{told}");
    payload["numbers_confirmed"] = json!({"reason": "办公室公用手机，无座机"});
    let header = app.header(&cast.centre, &stream(CODE), "tender.preannounced");
    post(&app, &cast.centre, &header, payload.to_string().as_bytes()).await.accepted();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_a_signature_has_its_own_problem_and_writes_nothing() {
    let app = App::start().await;
    let cast = app.cast().await;
    let size = app.size();
    let payload = good(&cast).to_string().into_bytes();
    let header = || app.header(&cast.centre, &stream(CODE), "tender.preannounced");
    let refused = async |header: Header, problem: &str, status: u16| {
        let answer = post(&app, &cast.centre, &header, &payload).await;
        assert_eq!((answer.problem(), answer.status), (problem, status), "{answer:?}");
    };
    refused(Header { kid: PrivateKey::generate().key_id(), ..header() }, "key-unknown", 401).await;
    refused(Header { kid: cast.enterprise.key.key_id(), ..header() }, "signature-mismatch", 401).await;
    refused(Header { aud: "other.example/log".into(), ..header() }, "audience", 422).await;
    refused(Header { typ: "tender.announced".into(), ..header() }, "kind-mismatch", 422).await;
    refused(Header { sub: "log".into(), ..header() }, "stream-mismatch", 422).await;
    refused(Header { sub: "nonsense".into(), ..header() }, "malformed-code", 422).await;
    refused(Header { iat: app.now().seconds() + 301, ..header() }, "iat-out-of-range", 422).await;
    refused(Header { iat: app.now().seconds() - 86_401, ..header() }, "iat-out-of-range", 422).await;
    refused(Header { ver: Some(3), ..header() }, "version-stale", 409).await;

    let signed = Record::sign(&cast.centre.key, &header(), &payload);
    let raw = async |signature: Option<&str>, body: Vec<u8>, problem: &str, status: u16| {
        let answer = app.post_raw("/v1/tenders", signature, body).await;
        assert_eq!((answer.problem(), answer.status), (problem, status), "{answer:?}");
    };
    raw(None, payload.clone(), "signature-missing", 401).await;
    raw(Some("abc"), payload.clone(), "jws-malformed", 400).await;
    raw(Some(&format!("{}..AAAA", signed.protected)), payload.clone(), "jws-malformed", 400).await;
    raw(Some(&signed.detached()), [payload.clone(), b" ".to_vec()].concat(), "signature-mismatch", 401).await;
    let spaced = String::from_utf8(payload.clone()).unwrap().replacen(':', ": ", 1).into_bytes();
    raw(Some(&signed.detached()), spaced, "signature-mismatch", 401).await;
    raw(Some(&signed.detached()), vec![b' '; 50_000], "entry-too-large", 413).await;
    let protect = |json: &str| base64_simd::URL_SAFE_NO_PAD.encode_to_string(json);
    let json = serde_json::to_string(&header()).unwrap();
    let with = |from: &str, to: &str| format!("{}..{}", protect(&json.replacen(from, to, 1)), signed.signature);
    raw(Some(&with("EdDSA", "none")), payload.clone(), "algorithm", 400).await;
    raw(Some(&with("EdDSA", "HS256")), payload.clone(), "algorithm", 400).await;
    raw(Some(&with("{", "{\"crit\":[\"b64\"],")), payload.clone(), "header-invalid", 400).await;
    let answer = app
        .send(
            app.client.post(format!("{}/v1/tenders", app.base)).header("x-jws-signature", signed.detached()).body("{}"),
        )
        .await;
    assert_eq!((answer.problem(), answer.status), ("media-type", 415));
    assert_eq!(app.size(), size, "something was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_record_gets_the_first_receipt_and_another_under_its_jti_is_refused() {
    let app = App::start().await;
    let cast = app.cast().await;
    let header = app.header(&cast.centre, &stream(CODE), "tender.preannounced");
    let payload = good(&cast).to_string().into_bytes();
    let first = post(&app, &cast.centre, &header, &payload).await.accepted();
    let size = app.size();
    let again = post(&app, &cast.centre, &header, &payload).await;
    assert_eq!(again.status, 200);
    for member in ["index", "time", "stream", "version", "entry_hash"] {
        assert_eq!(again.body[member], first[member]);
    }
    let other = Header { sub: "tender/OTHER".into(), ..header.clone() };
    assert_eq!(post(&app, &cast.centre, &other, &payload).await.problem(), "jti-reused");
    // The same jti under another key is another record.
    let elsewhere = Header { kid: cast.enterprise.key.key_id(), sub: "tender/OTHER".into(), ..header };
    assert_eq!(post(&app, &cast.enterprise, &elsewhere, &payload).await.problem(), "role-not-entitled");
    assert_eq!(app.size(), size);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_entitled_is_refused() {
    let app = App::start().await;
    let cast = app.cast().await;
    let tender = stream(CODE);
    let disclosed = act(fixture::preannouncement(&cast.centre));
    assert_eq!(app.post(&cast.enterprise, "/v1/tenders", &tender, &disclosed).await.problem(), "role-not-entitled");
    let other_centre = app.admit("93410122MA10002Q47", Role::Centre, &cast.supervisor).await;
    assert_eq!(app.post(&other_centre, "/v1/tenders", &tender, &disclosed).await.problem(), "not-a-party");
    let announcement = act(fixture::announcement(&fixture::preannouncement(&cast.centre)));
    let path = format!("/v1/tenders/{CODE}/announcements");
    assert_eq!(app.post(&cast.centre, &path, &tender, &announcement).await.problem(), "tender-unknown");
    app.post(&cast.centre, "/v1/tenders", &tender, &disclosed).await.accepted();
    assert_eq!(app.post(&cast.centre, "/v1/tenders", &tender, &disclosed).await.problem(), "state-forbids");
    let award = act(fixture::award("c-1", 1));
    assert_eq!(
        app.post(&cast.centre, &format!("/v1/tenders/{CODE}/awards"), &tender, &award).await.problem(),
        "state-forbids"
    );
    // Signed for one tender, sent to another's address.
    let objection = act(fixture::objection("o-1"));
    let answer = app.post(&cast.enterprise, "/v1/tenders/OTHER/objections", &tender, &objection).await;
    assert_eq!(answer.problem(), "stream-mismatch");

    // Pending: registered, not confirmed.
    let newcomer = Actor { id: "91110000100000008J".parse().unwrap(), key: PrivateKey::generate() };
    app.register(&newcomer, Role::Centre).await.accepted();
    let answer = app.post(&newcomer, "/v1/tenders", &stream("X-1"), &disclosed).await;
    assert_eq!(answer.problem(), "organisation-pending");
    assert_eq!(app.register(&newcomer, Role::Centre).await.problem(), "key-in-use");
    assert_eq!(app.confirm(&newcomer, Role::Centre, &cast.centre).await.problem(), "role-not-entitled");
    assert_eq!(app.confirm(&newcomer, Role::Supervisor, &cast.supervisor).await.problem(), "role-not-entitled");

    // Somebody else claims a code with another key: the confirmation names which one is genuine.
    let impostor = Actor { id: newcomer.id.clone(), key: PrivateKey::generate() };
    app.register(&impostor, Role::Centre).await.accepted();
    app.confirm(&newcomer, Role::Centre, &cast.supervisor).await.accepted();
    let answer = app.post(&impostor, "/v1/tenders", &stream("X-1"), &disclosed).await;
    assert_eq!(answer.problem(), "organisation-pending");

    // Suspended until a day, then free again.
    let until = Some("2026-08-10".parse().unwrap());
    let suspension = Suspension { reason: "涉嫌串通投标".parse().unwrap(), until };
    let enterprise = Stream::of(&cast.enterprise.id);
    let path = format!("/v1/organisations/{}/suspensions", cast.enterprise.id);
    let suspension = organisation::Act::from(suspension).into();
    assert_eq!(app.post(&cast.centre, &path, &enterprise, &suspension).await.problem(), "role-not-entitled");
    app.post(&cast.supervisor, &path, &enterprise, &suspension).await.accepted();
    let path = format!("/v1/tenders/{CODE}/objections");
    let refused = app.post(&cast.enterprise, &path, &tender, &objection).await;
    assert_eq!(refused.problem(), "organisation-suspended");
    app.clock.advance_millis(8 * DAY);
    let late = app.post(&cast.enterprise, &path, &tender, &objection).await;
    assert_eq!(late.problem(), "window-closed");
}

/// Each decision by a service that has just started: what it looks at, it has to load.
#[tokio::test(flavor = "multi_thread")]
async fn the_operator_names_the_first_supervisors_and_no_more() {
    let mut app = App::start().await;
    let cast = app.cast().await;
    let [second, third] = ["12100000400000456B", "91110000100000008J"]
        .map(|id| Actor { id: id.parse().unwrap(), key: PrivateKey::generate() });
    app.register(&second, Role::Supervisor).await.accepted();
    app.register(&third, Role::Supervisor).await.accepted();
    app.clock.advance_millis(2 * DAY);
    app = app.restart().await;
    assert_eq!(app.confirm(&second, Role::Supervisor, &app.operator()).await.problem(), "role-not-entitled");
    let index = app.confirm(&second, Role::Supervisor, &cast.supervisor).await.accepted()["index"].clone();
    let view = app.get(&format!("/v1/organisations/{}", second.id)).await.body;
    let admission = &view["admissions"][0];
    assert_eq!((&admission["by"], &admission["entry"]), (&cast.supervisor.id.as_str().into(), &index));

    // The last one can't be suspended; that its key is stolen can be said.
    let suspend = async |app: &App, who: &Actor| {
        let act = Suspension { reason: "调查期间".parse().unwrap(), until: None };
        let path = format!("/v1/organisations/{}/suspensions", who.id);
        app.post(&app.operator(), &path, &Stream::of(&who.id), &organisation::Act::from(act).into()).await
    };
    app = app.restart().await;
    suspend(&app, &cast.supervisor).await.accepted();
    app = app.restart().await;
    assert_eq!(suspend(&app, &second).await.problem(), "last-supervisor");
    assert_eq!(app.confirm(&third, Role::Supervisor, &app.operator()).await.problem(), "role-not-entitled");
    let revocation =
        KeyRevocation { kid: second.key.key_id(), reason: RevocationReason::Compromised, effective: app.now() };
    let path = format!("/v1/organisations/{}/key-revocations", second.id);
    let act = organisation::Act::from(revocation).into();
    app.post(&app.operator(), &path, &Stream::of(&second.id), &act).await.accepted();
    // Nobody is left who could act: the log is not lost.
    app = app.restart().await;
    app.confirm(&third, Role::Supervisor, &app.operator()).await.accepted();
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_rotate_and_a_revoked_key_signs_nothing_more() {
    let app = App::start().await;
    let cast = app.cast().await;
    let centre = Stream::of(&cast.centre.id);
    let path = |what: &str| format!("/v1/organisations/{}/{what}", cast.centre.id);
    let new = PrivateKey::generate();
    let addition = |possession: String| {
        let possession = possession.parse().unwrap();
        organisation::Act::from(KeyAddition { key: new.public().to_jwk(), possession }).into()
    };
    let proof = |signer: &PrivateKey| {
        Record::sign(
            signer,
            &possession_header(new.key_id(), support::ORIGIN, &Stream::of(&cast.centre.id), app.now()),
            b"",
        )
        .detached()
    };
    let forged = app.post(&cast.centre, &path("keys"), &centre, &addition(proof(&cast.centre.key))).await;
    assert_eq!(forged.problem(), "possession-unproven");
    let revocation = |kid| {
        let reason = RevocationReason::Superseded;
        organisation::Act::from(KeyRevocation { kid, reason, effective: app.now() }).into()
    };
    let last = app.post(&cast.centre, &path("key-revocations"), &centre, &revocation(cast.centre.key.key_id())).await;
    assert_eq!(last.problem(), "last-key");
    app.post(&cast.centre, &path("keys"), &centre, &addition(proof(&new))).await.accepted();
    let successor = Actor { id: cast.centre.id.clone(), key: new.clone() };
    let old = cast.centre.key.key_id();
    app.post(&successor, &path("key-revocations"), &centre, &revocation(old)).await.accepted();
    let disclosed = act(fixture::preannouncement(&cast.centre));
    let refused = app.post(&cast.centre, "/v1/tenders", &stream(CODE), &disclosed).await;
    assert_eq!((refused.problem(), refused.status), ("key-revoked", 403));
    app.post(&successor, "/v1/tenders", &stream(CODE), &disclosed).await.accepted();
    let view = app.get(&path("")).await;
    assert_eq!(view.status, 404, "a path with a trailing slash is another path");
    let view = app.get(&format!("/v1/organisations/{}", cast.centre.id)).await.body;
    assert_eq!(view["keys"].as_array().unwrap().len(), 2);
    assert!(view["keys"][0]["revoked_from"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_what_their_name_says() {
    let app = App::start().await;
    let cast = app.cast().await;
    let bytes = "招标文件第一版".as_bytes().to_vec();
    let sha256 = faster_hex::hex_string(&Sha256::digest(&bytes));
    let put = async |name: &str, bytes: Vec<u8>, media_type: &str, actor: Option<&Actor>| {
        let request =
            app.client.put(format!("{}/v1/documents/{name}", app.base)).header("content-type", media_type).body(bytes);
        let request = match actor {
            Some(actor) => request.bearer_auth(app.token(actor)),
            None => request,
        };
        app.send(request).await
    };
    assert_eq!(put(&sha256, bytes.clone(), "text/plain", None).await.problem(), "token-invalid");
    let centre = Some(&cast.centre);
    assert_eq!(put(&sha256, b"other".to_vec(), "text/plain", centre).await.problem(), "document-mismatch");
    assert_eq!(put(&sha256, vec![0; (1 << 20) + 1], "text/plain", centre).await.problem(), "request-too-large");
    assert_eq!(put(&sha256, bytes.clone(), "text/html", centre).await.problem(), "document-type");
    assert_eq!(put("abc", bytes.clone(), "text/plain", centre).await.problem(), "bad-parameter");
    assert_eq!(app.get(&format!("/v1/documents/{sha256}")).await.problem(), "not-found");
    assert_eq!(put(&sha256, bytes.clone(), "text/plain", centre).await.status, 201);
    assert_eq!(put(&sha256, bytes.clone(), "text/plain", centre).await.status, 200);
    assert_eq!(app.bytes(&format!("/v1/documents/{sha256}")).await, bytes);

    let mut payload = good(&cast);
    let header = || app.header(&cast.centre, &stream(CODE), "tender.preannounced");
    payload["documents"] = json!([{"sha256": sha256, "size": 1, "media_type": "text/plain", "title": "招标文件"}]);
    let answer = post(&app, &cast.centre, &header(), payload.to_string().as_bytes()).await;
    assert_eq!(answer.problem(), "document-mismatch");
    payload["documents"][0]["size"] = json!(bytes.len());
    post(&app, &cast.centre, &header(), payload.to_string().as_bytes()).await.accepted();
}

#[tokio::test(flavor = "multi_thread")]
async fn sealed_values_are_shown_to_those_entitled() {
    let app = App::start().await;
    let cast = app.cast().await;
    let disclosure = Disclosure::new("name", &json!("李四"));
    let sealed = disclosure.sealed().sealed;
    let request =
        app.client.post(format!("{}/v1/disclosures", app.base)).header("content-type", "text/plain; charset=utf-8");
    let request = request.bearer_auth(app.token(&cast.centre)).body(disclosure.text().to_owned());
    assert_eq!(app.send(request).await.body["sealed"], sealed.as_str());
    let path = format!("/v1/disclosures/{sealed}");
    assert_eq!(app.get(&path).await.problem(), "token-invalid");
    assert_eq!(app.get_as(&cast.enterprise, &path).await.problem(), "not-a-party");
    assert_eq!(app.get_as(&cast.centre, &path).await.body["disclosure"], disclosure.text());
    assert_eq!(app.get_as(&cast.supervisor, &path).await.status, 200);
    let token = app.token(&cast.centre);
    app.clock.advance_millis(600_000);
    let stale = app.send(app.client.get(format!("{}{path}", app.base)).bearer_auth(token)).await;
    assert_eq!(stale.problem(), "token-invalid");
    assert!(stale.body["detail"].as_str().unwrap().contains("已过期"), "{stale:?}");
    let unknown = Actor { key: PrivateKey::generate(), ..cast.centre.clone() };
    let unknown = app.get_as(&unknown, &path).await;
    assert!(unknown.body["detail"].as_str().unwrap().contains("密钥"), "{unknown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_have_limits() {
    let limits = Limits { per_address: 20, per_key: 0, ..Limits::default() };
    let app = App::start_with(Engine::Sqlite, limits).await;
    let mut statuses = Vec::new();
    for _ in 0..40 {
        statuses.push(app.get("/livez").await.status);
    }
    assert!(statuses.contains(&200) && statuses.contains(&429), "{statuses:?}");
    let app = App::start().await;
    assert_eq!(app.get("/nowhere").await.problem(), "not-found");
    let answer = app.send(app.client.delete(format!("{}/v1/tenders", app.base))).await;
    assert_eq!(answer.problem(), "method-not-allowed");
    assert_eq!(app.get("/v1/tenders?limit=0").await.problem(), "bad-parameter");
    assert_eq!(app.get("/v1/tenders?after=zzz").await.problem(), "bad-parameter");
    assert_eq!(app.get("/v1/records/99999999").await.problem(), "not-found");
    assert_eq!(app.get("/log/tile/0/000.p/999").await.problem(), "not-found");
    // Every problem type has its page.
    for problem in gongshi::problem::CATALOGUE {
        assert_eq!(app.get(&format!("/problems/{}", problem.code)).await.status, 200);
    }
    let codes: std::collections::BTreeSet<_> = gongshi::problem::CATALOGUE.iter().map(|problem| problem.code).collect();
    assert_eq!(codes.len(), gongshi::problem::CATALOGUE.len(), "a code stands twice");
}
