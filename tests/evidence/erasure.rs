//! A personal value is erased: it is nowhere any more, and all evidence stands as before.

use super::support::fixture::{self, act, stream};
use super::support::{Actor, App, Engine, START, audit, mirror, open_with, postgres, process, unlimited};
use gongshi::clock::Clock;
use gongshi::record::{Bearer, Disclosure, PrivateKey};
use gongshi::store::export_log;
use gongshi::tender::Contact;
use serde_json::Value;
use std::path::Path;

const NAME: &str = "欧阳锋联系人甲";

/// Every file below a folder that has the bytes, whatever kind of file it is.
fn files_with(folder: &Path, needle: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            found.extend(files_with(&path, needle));
        } else if std::fs::read(&path).is_ok_and(|bytes| memchr::memmem::find(&bytes, needle).is_some()) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn is_nowhere(folders: &[&Path], disclosure: &Disclosure) {
    // As it is said, as it is in JSON with escapes, and as it is encoded.
    let escaped: String = NAME.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    for folder in folders {
        assert!(std::fs::read_dir(folder).unwrap().next().is_some(), "{} is empty", folder.display());
        for needle in [NAME, &escaped, disclosure.text()] {
            assert_eq!(files_with(folder, needle.as_bytes()), [""; 0], "{needle}");
        }
    }
}

async fn erased(app: &App, database: &Path) {
    let cast = app.cast().await;
    let disclosure = Disclosure::new("person", &Value::from(NAME));
    let sealed = disclosure.sealed();
    let disclosed = fixture::preannouncement(&cast.centre);
    let disclosed_title = disclosed.title.to_string();
    let contact = Contact { person: Some(sealed.clone()), ..disclosed.contact.clone() };
    let disclosed = act(gongshi::tender::Preannouncement { contact, ..disclosed });
    app.post(&cast.centre, "/v1/tenders", &stream("T-1"), &disclosed).await.accepted();
    let path = format!("/v1/disclosures/{}", sealed.sealed);
    let request = |method: reqwest::Method, actor: &Actor, path: &str| {
        app.client.request(method, format!("{}{path}", app.base)).bearer_auth(app.token(actor))
    };
    let upload = |actor: &Actor| {
        request(reqwest::Method::POST, actor, "/v1/disclosures")
            .header("content-type", "text/plain; charset=utf-8")
            .body(disclosure.text().to_owned())
    };
    assert_eq!(app.send(upload(&cast.centre)).await.status, 200);
    let text = app.get_as(&cast.supervisor, &path).await.body["disclosure"].as_str().unwrap().to_owned();
    assert_eq!(Disclosure::parse(&text).unwrap().value(), NAME);
    let before = tempfile::tempdir().unwrap();
    mirror(app, before.path()).await;
    let rows = gongshi::sequencer::projections(&app.ledger.database).await.unwrap();
    let proof = app.bytes("/v1/records/9/proof").await;
    assert!(!files_with(database, disclosed_title.as_bytes()).is_empty(), "what is stored is found");
    // Encrypted, it stands nowhere as it is even now.
    is_nowhere(&[app.folder.path(), database, before.path()], &disclosure);

    // Only its owner, a supervisor or the operator may erase, and they say why.
    let why = format!("{path}?reason=%E6%9C%AC%E4%BA%BA%E8%AF%B7%E6%B1%82");
    let erase = |actor: &Actor, path: &str| request(reqwest::Method::DELETE, actor, path);
    assert_eq!(app.send(erase(&cast.rival, &why)).await.problem(), "not-a-party");
    assert_eq!(app.send(erase(&cast.centre, &path)).await.status, 400, "no reason");
    assert_eq!(app.send(erase(&cast.centre, "/v1/disclosures/AAAA?reason=x")).await.problem(), "not-found");
    let first = app.send(erase(&cast.centre, &why)).await;
    assert_eq!(first.status, 200, "{}", first.body);
    assert_eq!(app.send(erase(&cast.supervisor, &why)).await.body, first.body, "once is for ever");
    for actor in [&cast.centre, &cast.supervisor] {
        assert_eq!(app.get_as(actor, &path).await.problem(), "disclosure-erased");
        assert_eq!(app.send(upload(actor)).await.problem(), "disclosure-erased");
    }
    assert_eq!(app.get_as(&cast.rival, &path).await.problem(), "not-a-party");

    // Nowhere: not in the database and its logs, not in the object store, not in tiles, exports and mirrors.
    let (export, after) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    export_log(&app.ledger.database, export.path()).await.unwrap();
    mirror(app, after.path()).await;
    is_nowhere(&[app.folder.path(), database, export.path(), after.path()], &disclosure);
    assert!(!app.folder.path().join("documents/disclosures").read_dir().unwrap().any(|_| true), "not even encrypted");

    // And nothing that was proven is less so.
    assert_eq!(app.bytes("/v1/records/9/proof").await, proof);
    for copy in [before.path(), after.path(), export.path()] {
        assert!(audit(copy).holds());
    }
    gongshi::derived::replay(&app.ledger.database, &app.ledger.editions).await.unwrap();
    assert_eq!(gongshi::sequencer::projections(&app.ledger.database).await.unwrap(), rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_value_is_nowhere_on_sqlite() {
    let app = App::start().await;
    let database = app.folder.path().to_owned();
    erased(&app, &database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_value_is_nowhere_on_postgres() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (url, clock) = (Engine::Postgres.database(folder.path()), Clock::manual(START.parse().unwrap()));
    let ledger = open_with(folder.path(), url, clock.clone(), None).await.unwrap();
    let app = App::serve(folder, ledger, clock, unlimited()).await;
    erased(&app, &postgres::data_directory()).await;
}

/// The service's own log tells everything, and not that.
#[tokio::test(flavor = "multi_thread")]
async fn an_erased_value_was_never_in_the_services_log() {
    let folder = tempfile::tempdir().unwrap();
    let service = process::spawn_traced(&folder.path().join("data"), &folder.path().join("service.log"));
    let operator = gongshi::record::load_key(&folder.path().join("data/keys/operator.jwk")).unwrap();
    let client = reqwest::Client::new();
    let token = |key: &PrivateKey| Bearer::issue(key, super::support::ORIGIN, Clock::System.now());
    let disclosure = Disclosure::new("person", &Value::from(NAME));
    let request = |method: reqwest::Method, path: &str| {
        client.request(method, format!("{}{path}", service.base)).bearer_auth(token(&operator))
    };
    let upload = request(reqwest::Method::POST, "/v1/disclosures").header("content-type", "text/plain; charset=utf-8");
    assert_eq!(upload.body(disclosure.text().to_owned()).send().await.unwrap().status(), 200);
    let path = format!("/v1/disclosures/{}", disclosure.sealed().sealed);
    assert_eq!(request(reqwest::Method::GET, &path).send().await.unwrap().status(), 200);
    let erase = request(reqwest::Method::DELETE, &format!("{path}?reason=x"));
    assert_eq!(erase.send().await.unwrap().status(), 200);
    drop(service);
    let log = std::fs::read_to_string(folder.path().join("service.log")).unwrap();
    assert!(log.contains("a disclosure was erased") && log.contains("DEBUG"));
    is_nowhere(&[folder.path()], &disclosure);
}
