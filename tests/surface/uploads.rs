//! What organisations leave here that no record cites: how much, for how long, and whose it is.

use super::bodies::packed;
use super::documents::{name, put, upload};
use super::support::{Actor, Answer, App, Cast, DAY, Engine, unlimited};
use super::{fixture, header, refused, within};
use fixture::{act, stream as tender};
use futures::future::join_all;
use futures::stream;
use gongshi::derived::compare;
use gongshi::field::{DocumentId, DocumentRef};
use gongshi::http::Limits;
use gongshi::ledger::UncitedQuota;
use gongshi::record::Disclosure;
use gongshi::store::{DOCUMENTS, Disclosures, Objects, UPLOADS, Value};
use gongshi::tender::{Contact, Preannouncement};
use reqwest::Method;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

/// As long as what no record cites is kept.
const MONTH: i64 = 30 * DAY;

async fn with_quota(engine: Engine, uncited: UncitedQuota) -> (App, Cast) {
    let app = App::start_with(engine, Limits { uncited, ..unlimited() }).await;
    let cast = app.cast().await;
    (app, cast)
}

async fn on(engine: Engine) -> (App, Cast) {
    with_quota(engine, UncitedQuota::default()).await
}

fn cited(bytes: &[u8], media_type: &str) -> DocumentRef {
    let (sha256, title) = (name(bytes).parse().unwrap(), "招标文件".parse().unwrap());
    DocumentRef { sha256, size: bytes.len() as u64, media_type: media_type.parse().unwrap(), title }
}

/// A tender of this actor's that cites a document.
async fn cite(app: &App, by: &Actor, code: &str, document: DocumentRef) -> Answer {
    let disclosed =
        Preannouncement { documents: vec![document].try_into().unwrap(), ..fixture::preannouncement_on(by, app.now()) };
    within(app.post(by, "/v1/tenders", &tender(code), &act(disclosed))).await
}

/// A tender of this actor's that holds a sealed value.
async fn hold(app: &App, by: &Actor, code: &str, disclosure: &Disclosure) -> Answer {
    let disclosed = fixture::preannouncement_on(by, app.now());
    let contact = Contact { person: Some(disclosure.sealed()), ..disclosed.contact.clone() };
    within(app.post(by, "/v1/tenders", &tender(code), &act(Preannouncement { contact, ..disclosed }))).await
}

async fn put_text(app: &App, by: &Actor, bytes: &[u8]) -> Answer {
    within(app.send(put(app, by, &name(bytes), "text/plain").body(bytes.to_vec()))).await
}

async fn ask(app: &App, method: Method, by: &Actor, path: &str) -> Answer {
    within(app.send(app.client.request(method, format!("{}{path}", app.base)).bearer_auth(app.token(by)))).await
}

async fn disclose(app: &App, by: &Actor, disclosure: &Disclosure) -> Answer {
    let request = app.client.post(format!("{}/v1/disclosures", app.base)).bearer_auth(app.token(by));
    let request = request.header("content-type", "text/plain; charset=utf-8").body(disclosure.text().to_owned());
    within(app.send(request)).await
}

fn path(disclosure: &Disclosure) -> String {
    format!("/v1/disclosures/{}", disclosure.sealed().sealed)
}

/// How many files there are below a folder of the object store.
fn files(app: &App, folder: &str) -> usize {
    fn count(folder: &Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&app.folder.path().join("documents").join(folder))
}

/// The database says what the log says, and every text opens for who uploaded it.
async fn agrees_with_the_log(app: &App) {
    let texts = Disclosures::new(Objects::local(&app.folder.path().join("documents")).unwrap());
    let (database, mut found) = (&app.ledger.database, Vec::new());
    compare(database, Some(&texts), &app.ledger.editions, |mismatch| found.push(mismatch.to_string())).await.unwrap();
    assert_eq!(found, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_record_cites_is_bounded_for_each_organisation() {
    let quota = UncitedQuota { documents: 3, bytes: 10_000, disclosures: 2 };
    let (app, cast) = with_quota(Engine::Sqlite, quota).await;
    for text in ["甲", "乙", "丙"] {
        upload(&app, &cast.centre, text.as_bytes()).await;
    }
    let refusal = put_text(&app, &cast.centre, "丁".as_bytes()).await;
    refused(&refusal, "quota-exhausted", 429);
    assert!(refusal.body["detail_en"].as_str().unwrap().contains("has 3 of 9 bytes"), "{refusal:?}");
    // What is there already, a client may send again; and others have a quota of their own.
    assert_eq!(put_text(&app, &cast.centre, "甲".as_bytes()).await.status, 200);
    upload(&app, &cast.enterprise, "丁".as_bytes()).await;
    let usage = ask(&app, Method::GET, &cast.centre, "/v1/uncited").await.body;
    assert_eq!(usage["documents"], json!({"used": 3, "max": 3}));
    assert_eq!(usage["bytes"], json!({"used": 9, "max": 10_000}));
    assert_eq!(usage["uncited_documents"].as_array().unwrap().len(), 3);
    assert_eq!(app.get("/v1/uncited").await.problem(), "token-invalid");
    // Anybody's record takes it off; and whoever made a mistake takes it back.
    assert_eq!(put_text(&app, &cast.rival, "甲".as_bytes()).await.status, 200);
    cite(&app, &cast.centre, "T-1", cited("甲".as_bytes(), "text/plain")).await.accepted();
    let usage = ask(&app, Method::GET, &cast.rival, "/v1/uncited").await.body;
    assert_eq!(usage["documents"]["used"], 0);
    upload(&app, &cast.centre, "戊".as_bytes()).await;
    let at = |text: &str| format!("/v1/documents/{}", name(text.as_bytes()));
    refused(&ask(&app, Method::DELETE, &cast.centre, &at("甲")).await, "not-found", 404);
    refused(&ask(&app, Method::DELETE, &cast.rival, &at("戊")).await, "not-found", 404);
    assert_eq!(ask(&app, Method::DELETE, &cast.centre, &at("戊")).await.status, 200);
    refused(&app.get(&at("戊")).await, "not-found", 404);
    upload(&app, &cast.centre, "己".as_bytes()).await;

    let [one, two, three] = ["甲", "乙", "丙"].map(|name| Disclosure::new("name", &name.into()));
    assert_eq!(disclose(&app, &cast.centre, &one).await.status, 200);
    assert_eq!(disclose(&app, &cast.centre, &two).await.status, 200);
    refused(&disclose(&app, &cast.centre, &three).await, "quota-exhausted", 429);
    assert_eq!(disclose(&app, &cast.centre, &two).await.status, 200, "again");
    hold(&app, &cast.centre, "T-2", &three).await.accepted();
    assert_eq!(disclose(&app, &cast.centre, &three).await.status, 200, "a record holds it");
    let usage = ask(&app, Method::GET, &cast.centre, "/v1/uncited").await.body;
    assert_eq!(usage["disclosures"], json!({"used": 2, "max": 2}));
    agrees_with_the_log(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_count_as_what_they_become() {
    let quota = UncitedQuota { documents: 0, bytes: 100_000, disclosures: 0 };
    let (app, cast) = with_quota(Engine::Sqlite, quota).await;
    let zeros = vec![0; 150_000];
    let packed = packed("zstd", &zeros).await;
    assert!(packed.len() < 1000);
    let request = put(&app, &cast.enterprise, &name(&zeros), "application/pdf").header("content-encoding", "zstd");
    refused(&within(app.send(request.body(packed))).await, "quota-exhausted", 429);
    assert_eq!((files(&app, "sha256") - 1, files(&app, "incoming")), (0, 0), "nothing but the edition of the law");
    // All at once: none is there yet when each of them begins.
    let papers: Vec<Vec<u8>> = (0..6).map(|number| vec![number; 30_000]).collect();
    let answers = join_all(papers.iter().map(|paper| put_text(&app, &cast.enterprise, paper))).await;
    let taken = answers.iter().filter(|answer| answer.status == 201).count();
    assert!((1..=3).contains(&taken), "{answers:?}");
    answers.iter().filter(|answer| answer.status != 201).for_each(|answer| refused(answer, "quota-exhausted", 429));
    assert_eq!(files(&app, "sha256") - 1, taken, "what was too much is not kept");
    let usage = ask(&app, Method::GET, &cast.enterprise, "/v1/uncited").await.body;
    assert_eq!(usage["bytes"], json!({"used": 30_000 * taken, "max": 100_000}));
}

async fn what_nobody_cites_goes(engine: Engine) {
    let (app, cast) = on(engine).await;
    let [kept, lost, late] = ["甲", "乙", "丙"].map(str::as_bytes);
    for bytes in [kept, lost] {
        upload(&app, &cast.centre, bytes).await;
    }
    let [told, untold] = ["甲", "乙"].map(|name| Disclosure::new("name", &name.into()));
    for disclosure in [&told, &untold] {
        assert_eq!(disclose(&app, &cast.centre, disclosure).await.status, 200);
    }
    app.clock.advance_millis(MONTH - 1000);
    upload(&app, &cast.centre, late).await;
    assert_eq!(put_text(&app, &cast.rival, late).await.status, 200);
    cite(&app, &cast.centre, "T-1", cited(kept, "text/plain")).await.accepted();
    hold(&app, &cast.centre, "T-2", &told).await.accepted();
    let nothing = gongshi::ledger::Expired::default();
    assert_eq!(app.ledger.expire_uncited().await.unwrap(), nothing);
    app.clock.advance_millis(2000);
    let expired = app.ledger.expire_uncited().await.unwrap();
    assert_eq!((expired.documents, expired.disclosures), (1, 1));
    assert_eq!(app.ledger.expire_uncited().await.unwrap(), nothing);
    let at = |bytes: &[u8]| format!("/v1/documents/{}", name(bytes));
    assert_eq!(app.bytes(&at(kept)).await, kept);
    assert_eq!(app.bytes(&at(late)).await, late);
    refused(&app.get(&at(lost)).await, "not-found", 404);
    assert_eq!(app.get_as(&cast.centre, &path(&told)).await.status, 200);
    assert_eq!(app.get_as(&cast.centre, &path(&untold)).await.problem(), "not-found");
    assert_eq!((files(&app, "sha256") - 1, files(&app, "disclosures")), (2, 1));
    // It can be brought again, and then be cited.
    assert_eq!(cite(&app, &cast.centre, "T-3", cited(lost, "text/plain")).await.problem(), "document-missing");
    upload(&app, &cast.rival, lost).await;
    cite(&app, &cast.centre, "T-3", cited(lost, "text/plain")).await.accepted();
    assert_eq!(disclose(&app, &cast.centre, &untold).await.status, 200);
    // One of two who uploaded it takes it back.
    assert_eq!(ask(&app, Method::DELETE, &cast.centre, &at(late)).await.status, 200);
    assert_eq!(app.bytes(&at(late)).await, late);
    app.clock.advance_millis(MONTH + 1000);
    assert_eq!(app.ledger.expire_uncited().await.unwrap().documents, 1);
    assert_eq!(app.bytes(&at(lost)).await, lost, "a record cites it");
    agrees_with_the_log(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_cites_goes_on_sqlite() {
    what_nobody_cites_goes(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_cites_goes_on_postgres() {
    what_nobody_cites_goes(Engine::Postgres).await;
}

/// A record that comes as the document expires: either it is refused and the document is gone, or both stand.
async fn cited_as_it_expires(engine: Engine) {
    let (app, cast) = on(engine).await;
    let papers: Vec<Vec<u8>> = (0..24).map(|number| format!("第{number}号").into_bytes()).collect();
    for paper in &papers {
        upload(&app, &cast.centre, paper).await;
    }
    app.clock.advance_millis(MONTH + 1000);
    let codes: Vec<String> = (0..papers.len()).map(|number| format!("T-{number}")).collect();
    let citing = papers
        .iter()
        .zip(&codes)
        .map(async |(paper, code)| cite(&app, &cast.centre, code, cited(paper, "text/plain")).await);
    let expiring = async {
        // Not before the first of them has arrived, so that neither side always wins.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        app.ledger.expire_uncited().await.unwrap()
    };
    let (answers, expired) = tokio::join!(join_all(citing), expiring);
    let mut gone = 0;
    for (answer, paper) in answers.iter().zip(&papers) {
        let there = app.get(&format!("/v1/documents/{}", name(paper))).await.status;
        match answer.status {
            201 => assert_eq!(there, 200),
            _ => {
                assert_eq!((answer.problem(), there), ("document-missing", 404));
                gone += 1;
            }
        }
    }
    assert_eq!(expired.documents, gone);
    agrees_with_the_log(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cited_as_it_expires_on_sqlite() {
    cited_as_it_expires(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cited_as_it_expires_on_postgres() {
    cited_as_it_expires(Engine::Postgres).await;
}

/// Four bring and take back the same document again and again: while one of them has brought it, it is there.
async fn brought_as_it_goes(engine: Engine) {
    let (app, cast) = on(engine).await;
    let bytes = "招标文件".as_bytes();
    let at = format!("/v1/documents/{}", name(bytes));
    let again_and_again = async |by: &Actor| {
        for _ in 0..25 {
            let put = loop {
                let put = put_text(&app, by, bytes).await;
                if put.status != 503 {
                    break put;
                }
                assert_eq!(put.problem(), "overloaded", "{put:?}");
            };
            assert!([200, 201].contains(&put.status), "{put:?}");
            assert_eq!(app.bytes(&at).await, bytes);
            assert_eq!(ask(&app, Method::DELETE, by, &at).await.status, 200);
        }
    };
    tokio::join!(
        again_and_again(&cast.centre),
        again_and_again(&cast.enterprise),
        again_and_again(&cast.rival),
        again_and_again(&cast.supervisor)
    );
    refused(&app.get(&at).await, "not-found", 404);
    assert_eq!(files(&app, "sha256") - 1, 0);
    agrees_with_the_log(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn brought_as_it_goes_on_sqlite() {
    brought_as_it_goes(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn brought_as_it_goes_on_postgres() {
    brought_as_it_goes(Engine::Postgres).await;
}

/// The bytes of an upload have come, and before it is taken note of somebody else's removal of the same ends.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_bytes_were_removed_is_none() {
    let (app, cast) = on(Engine::Sqlite).await;
    let (bytes, ledger) = ("招标文件".as_bytes(), Arc::clone(&app.ledger));
    let id: DocumentId = name(bytes).parse().unwrap();
    let (last, waiting) = tokio::sync::oneshot::channel();
    let chunks = stream::once(async move {
        waiting.await.unwrap();
        Ok(bytes::Bytes::from_static(bytes))
    });
    let owner = cast.centre.id.clone();
    let uploading = tokio::spawn(async move {
        let kept = ledger.keep_document(id, Box::pin(chunks), 1 << 20, &owner, UncitedQuota::NONE).await;
        kept.map_err(|error| error.to_string())
    });
    // It has seen that there is none; the other one holds the head.
    within(async {
        while files(&app, "incoming") == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let mut other = app.ledger.database.begin_write().await.unwrap();
    other.lock_head().await.unwrap();
    last.send(()).unwrap();
    within(async {
        while app.ledger.documents.size(id).await.unwrap().is_none() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    app.ledger.documents.remove(id).await.unwrap();
    other.commit().await.unwrap();
    let refused = within(uploading).await.unwrap().unwrap_err();
    assert!(refused.contains("overloaded"), "{refused}");
    assert_eq!(app.ledger.document(id).await.unwrap(), None);
    upload(&app, &cast.centre, bytes).await;
}

/// Killed between the mark and the removal, and forged by whoever has rights on the database.
#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_broke_off_is_ended_and_a_forged_one_is_not_begun() {
    let (app, cast) = on(Engine::Sqlite).await;
    let [going, kept] = ["甲", "乙"].map(str::as_bytes);
    upload(&app, &cast.centre, going).await;
    upload(&app, &cast.centre, kept).await;
    cite(&app, &cast.centre, "T-1", cited(kept, "text/plain")).await.accepted();
    let mut write = app.ledger.database.begin_write().await.unwrap();
    let begun = Value::Integer(app.now().millis());
    write.change(&DOCUMENTS, &[Value::from(name(going))], &[("going", begun)]).await.unwrap();
    write.delete(&UPLOADS, &[Value::from(name(going)), Value::from(cast.centre.id.as_str())]).await.unwrap();
    let long_ago = vec![Value::from(name(kept)), Value::from(cast.centre.id.as_str()), Value::Integer(0)];
    write.put(&UPLOADS, vec![long_ago]).await.unwrap();
    write.commit().await.unwrap();
    refused(&app.get(&format!("/v1/documents/{}", name(going))).await, "not-found", 404);
    refused(&put_text(&app, &cast.centre, going).await, "overloaded", 503);
    assert_eq!(cite(&app, &cast.centre, "T-2", cited(going, "text/plain")).await.problem(), "document-missing");
    app.clock.advance_millis(3_601_000);
    assert_eq!(app.ledger.expire_uncited().await.unwrap().documents, 1);
    assert_eq!(app.bytes(&format!("/v1/documents/{}", name(kept))).await, kept);
    upload(&app, &cast.centre, going).await;
    agrees_with_the_log(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_media_type_is_the_word_of_who_cites_it() {
    let (app, cast) = on(Engine::Sqlite).await;
    let bytes = "招标文件".as_bytes();
    upload(&app, &cast.enterprise, bytes).await;
    let at = format!("/v1/documents/{}", name(bytes));
    let uncited = app.get(&at).await;
    assert_eq!(header(&uncited, "x-document-media-type"), "application/octet-stream");
    // Whoever was first with another type is in nobody's way.
    let pdf = put(&app, &cast.centre, &name(bytes), "application/pdf").body(bytes);
    let second = within(app.send(pdf)).await;
    assert_eq!((second.status, second.body["media_type"].as_str()), (200, Some("application/pdf")));
    cite(&app, &cast.centre, "T-1", cited(bytes, "application/pdf")).await.accepted();
    cite(&app, &cast.centre, "T-2", cited(bytes, "text/csv")).await.accepted();
    let answer = app.get(&at).await;
    assert_eq!(header(&answer, "x-document-media-type"), "application/pdf", "as it was cited first");
    assert_eq!(header(&answer, "content-disposition"), format!("attachment; filename=\"{}.pdf\"", name(bytes)));
    let act = act(Preannouncement {
        documents: vec![cited(bytes, "text/plain")].try_into().unwrap(),
        ..fixture::preannouncement(&cast.centre)
    });
    let mut payload = act.to_value();
    payload["documents"][0]["media_type"] = json!("text/html");
    let sent = app.header(&cast.centre, &tender("T-3"), "tender.preannounced");
    let refusal = app.post_bytes(&cast.centre, "/v1/tenders", &sent, payload.to_string().as_bytes()).await;
    assert_eq!(refusal.body["errors"][0]["pointer"], "/documents/0/media_type", "{refusal:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_value_is_whose_record_holds_it() {
    let (app, cast) = on(Engine::Sqlite).await;
    let disclosure = Disclosure::new("person", &"李四".into());
    let (at, why) = (path(&disclosure), format!("{}?reason=x", path(&disclosure)));
    // Who was first with the text has a copy, and no more.
    assert_eq!(disclose(&app, &cast.enterprise, &disclosure).await.status, 200);
    hold(&app, &cast.centre, "T-1", &disclosure).await.accepted();
    assert_eq!(app.get_as(&cast.centre, &at).await.body["disclosure"], disclosure.text(), "its own record holds it");
    assert_eq!(disclose(&app, &cast.centre, &disclosure).await.status, 200);
    // Who only copies the digest into a record of its own gets nothing by it.
    let rival = app.admit("91350200776049653A", gongshi::organisation::Role::Centre, &cast.supervisor).await;
    hold(&app, &rival, "T-2", &disclosure).await.accepted();
    assert_eq!(app.get_as(&rival, &at).await.problem(), "not-a-party");
    assert_eq!(ask(&app, Method::DELETE, &rival, &why).await.problem(), "not-a-party");
    // The first one takes back its own copy, and may bring it again.
    let withdrawn = ask(&app, Method::DELETE, &cast.enterprise, &why).await;
    assert_eq!((withdrawn.status, &withdrawn.body["for_all"]), (200, &json!(false)));
    assert_eq!(app.get_as(&cast.enterprise, &at).await.problem(), "not-a-party");
    assert_eq!(app.get_as(&cast.centre, &at).await.status, 200);
    assert_eq!(disclose(&app, &cast.enterprise, &disclosure).await.status, 200);
    assert_eq!(files(&app, "disclosures"), 2);
    // Its author erases it: for everybody and for ever.
    let erased = ask(&app, Method::DELETE, &cast.centre, &why).await;
    assert_eq!((erased.status, &erased.body["for_all"]), (200, &json!(true)));
    assert_eq!(files(&app, "disclosures"), 0);
    for actor in [&cast.enterprise, &cast.centre, &rival] {
        refused(&disclose(&app, actor, &disclosure).await, "disclosure-erased", 410);
    }
    assert_eq!(app.get_as(&cast.centre, &at).await.problem(), "disclosure-erased");
    app.clock.advance_millis(2 * MONTH);
    app.ledger.expire_uncited().await.unwrap();
    refused(&disclose(&app, &cast.enterprise, &disclosure).await, "disclosure-erased", 410);
    agrees_with_the_log(&app).await;
}
