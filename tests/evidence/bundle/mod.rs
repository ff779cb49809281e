//! Evidence in one file: it holds by itself, and every kind of tampering inside it is found.

mod hostile;
mod over_http;
mod promised;
mod tampering;

use super::support::fixture::{self, act, stream};
use super::support::{App, Cast, Engine, START};
use gongshi::bundle::{Conclusion, Maker, Manifest, Scope, export_bundle};
use gongshi::field::{DocumentId, DocumentRef};
use gongshi::law::Editions;
use gongshi::log::{Cosigner, EntryView, NoteSigner, SignedNote};
use gongshi::organisation::{self, KeyRevocation, RevocationReason};
use gongshi::record::{Disclosure, PrivateKey};
use gongshi::tender::{Contact, Preannouncement};
use gongshi::world::Stream;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const PERSON: &str = "欧阳锋联系人乙";
const DOCUMENT: &[u8] = "招标文件<script>".as_bytes();
const LOST: &[u8] = b"this one is lost";

/// The members of a bundle by name.
type Members = BTreeMap<String, Vec<u8>>;

/// A log of which bundles are made.
struct Story {
    app: App,
    cast: Cast,
    /// The text that nobody but those entitled may see.
    disclosure: Disclosure,
    folder: tempfile::TempDir,
}

fn gongshi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gongshi")).args(arguments).output().unwrap()
}

fn id_of(bytes: &[u8]) -> DocumentId {
    faster_hex::hex_string(&Sha256::digest(bytes)).parse().unwrap()
}

/// The exit status, and what is said.
fn judged(bundle: &Path) -> (Option<i32>, Value) {
    let output = gongshi(&["verify", "--json", bundle.to_str().unwrap()]);
    let report = serde_json::from_slice(&output.stdout);
    (output.status.code(), report.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))))
}

/// Whether it holds, and what is said.
fn verified(bundle: &Path) -> (bool, Value) {
    let (status, report) = judged(bundle);
    (status == Some(0), report)
}

#[track_caller]
fn finds(bundle: &Path, reason: &str, index: Option<u64>) {
    let (holds, report) = verified(bundle);
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().any(|finding| finding["reason"] == reason && finding["index"].as_u64() == index);
    assert!(!holds && found, "{reason} at {index:?} is not among {findings:#?}");
}

fn members(bundle: &Path) -> Members {
    let mut zip = ZipArchive::new(File::open(bundle).unwrap()).unwrap();
    let mut members = Members::new();
    for at in 0..zip.len() {
        let mut member = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        members.insert(member.name().unwrap().into_owned(), bytes);
    }
    members
}

fn manifest(members: &Members) -> Manifest {
    serde_json::from_slice(&members["bundle.json"]).unwrap()
}

impl Story {
    /// A tender with a document that is there, one that is lost, a sealed value and an objection; others around it.
    async fn tell() -> Self {
        Self::tell_on(Engine::Sqlite).await
    }

    async fn tell_on(engine: Engine) -> Self {
        let app = App::start_on(engine).await;
        let cast = app.cast().await;
        let preannounce = async |code: &str, disclosed: Preannouncement| {
            app.post(&cast.centre, "/v1/tenders", &stream(code), &act(disclosed)).await.accepted();
        };
        preannounce("T-0", fixture::preannouncement(&cast.centre)).await;
        let mut documents = Vec::new();
        for bytes in [DOCUMENT, LOST] {
            let sha256 = id_of(bytes);
            let upload =
                app.client.put(format!("{}/v1/documents/{sha256}", app.base)).header("content-type", "text/plain");
            assert_eq!(app.send(upload.bearer_auth(app.token(&cast.centre)).body(bytes)).await.status, 201);
            let (media_type, title) = ("text/plain".parse().unwrap(), "招标文件".parse().unwrap());
            documents.push(DocumentRef { sha256, size: bytes.len() as u64, media_type, title });
        }
        let disclosure = Disclosure::new("person", &Value::from(PERSON));
        let disclosed = fixture::preannouncement(&cast.centre);
        let contact = Contact { person: Some(disclosure.sealed()), ..disclosed.contact.clone() };
        let documents = documents.try_into().unwrap();
        preannounce("T-1", Preannouncement { contact, documents, ..disclosed }).await;
        let upload = app.client.post(format!("{}/v1/disclosures", app.base)).bearer_auth(app.token(&cast.centre));
        let upload = upload.header("content-type", "text/plain; charset=utf-8").body(disclosure.text().to_owned());
        assert_eq!(app.send(upload).await.status, 200);
        preannounce("T-2", fixture::preannouncement(&cast.centre)).await;
        let objected = act(fixture::objection("o-1"));
        app.post(&cast.enterprise, "/v1/tenders/T-1/objections", &stream("T-1"), &objected).await.accepted();
        app.days_pass(8).await;
        let lost = id_of(LOST).to_string();
        let file = format!("documents/sha256/{}/{}/{lost}", &lost[..2], &lost[2..4]);
        std::fs::remove_file(app.folder.path().join(file)).unwrap();
        Self { app, cast, disclosure, folder: tempfile::tempdir().unwrap() }
    }

    /// Exports by the command line.
    fn export(&self, about: &[&str]) -> PathBuf {
        let out = self.folder.path().join("bundle.zip");
        let data = self.app.folder.path().to_str().unwrap();
        let output = gongshi(&[&["export", "bundle", "--data", data, "--out", out.to_str().unwrap()], about].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        out
    }

    /// The bundle with changed members.
    fn with(&self, original: &Members, change: impl FnOnce(&mut Members)) -> PathBuf {
        let mut members = original.clone();
        change(&mut members);
        let path = self.folder.path().join("tampered.zip");
        write(&path, &members);
        path
    }

    /// As [`Self::with`], of a bundle that says itself that it is so.
    fn with_entries(&self, original: &Members, entries: Vec<u64>, change: impl FnOnce(&mut Members)) -> PathBuf {
        self.with(original, |members| {
            let changed = Manifest { entries, ..manifest(members) };
            members.insert("bundle.json".into(), serde_json::to_vec(&changed).unwrap());
            change(members);
        })
    }

    fn signer(&self) -> NoteSigner {
        let key = gongshi::record::load_key(&self.app.folder.path().join("keys/log.jwk")).unwrap();
        NoteSigner::new(super::support::ORIGIN, key).unwrap()
    }
}

fn write(path: &Path, members: &Members) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in members {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

fn entry(index: u64) -> String {
    format!("entries/{index}.json")
}

fn proof(index: u64) -> String {
    format!("proofs/{index}.tlog-proof")
}

/// The first entry of this kind.
fn of_kind(members: &Members, kind: &str) -> u64 {
    let is_of_kind = |index: &&u64| {
        let view = EntryView::parse(&members[&entry(**index)]).unwrap();
        view.record().header().unwrap().typ == kind
    };
    *manifest(members).entries.iter().find(is_of_kind).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scope_holds_and_tells_no_sealed_value() {
    let story = Story::tell().await;
    let enterprise = story.cast.enterprise.id.to_string();
    let size = story.app.size();
    let tender: Scope = Scope::Tender("T-1".parse().unwrap());
    let organisation = Scope::Organisation(story.cast.enterprise.id.clone());
    let scopes: [(&[&str], Scope); 3] =
        [(&["--tender", "T-1"], tender), (&["--organisation", &enterprise], organisation), (&["--all"], Scope::All)];
    for (about, scope) in scopes {
        let bundle = story.export(about);
        let (holds, report) = verified(&bundle);
        assert!(holds, "{report:#}");
        // One is the law that the log goes by.
        assert_eq!(report["scope"], serde_json::to_value(&scope).unwrap());
        assert_eq!(
            (&report["documents"], &report["documents_missing"][0]),
            (&2.into(), &id_of(LOST).to_string().into())
        );
        let members = members(&bundle);
        let entries = report["entries"].as_u64().unwrap();
        match scope {
            Scope::All => assert_eq!(entries, size),
            _ => {
                assert!(entries < size && entries == manifest(&members).entries.len() as u64);
                let streams: Vec<String> = manifest(&members)
                    .entries
                    .iter()
                    .map(|index| EntryView::parse(&members[&entry(*index)]).unwrap().record().header().unwrap().sub)
                    .collect();
                assert_eq!(
                    streams.iter().filter(|sub| *sub == "tender/T-1").count() as u64,
                    version(&story, "T-1").await
                );
                assert!(!streams.iter().any(|sub| sub == "tender/T-2"), "{streams:?}");
            }
        }
        assert!(members["README.md"].starts_with("# 公示证据包".as_bytes()));
        for (name, bytes) in &members {
            for secret in [PERSON, story.disclosure.text()] {
                assert!(memchr::memmem::find(bytes, secret.as_bytes()).is_none(), "{name}");
            }
        }
    }
}

/// How many records a tender has.
async fn version(story: &Story, code: &str) -> u64 {
    story.app.get(&format!("/v1/tenders/{code}")).await.body["version"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_pinned_and_the_report_is_one_page_of_html() {
    let story = Story::tell().await;
    let bundle = story.export(&["--tender", "T-1"]);
    let page = story.folder.path().join("page.html");
    let verify = |key: &str| {
        let (page, bundle) = (page.to_str().unwrap(), bundle.to_str().unwrap());
        gongshi(&["verify", bundle, "--key", key, "--report", page])
    };
    let right = story.signer().verifier().to_string();
    assert!(verify(&right).status.success());
    let html = std::fs::read_to_string(&page).unwrap();
    for said in [&right, "<strong>T-1</strong>", "未证明的事项", "What is not proven", &id_of(LOST).to_string()] {
        assert!(html.contains(said), "{said}");
    }
    // What it is about, and who did what, in the order of the entries.
    let disclosed = fixture::preannouncement(&story.cast.centre);
    let said =
        [disclosed.title.as_str(), "经过", "单位91410100MA0000015B", "招标前公示", "tender.preannounced", "提出异议"];
    let places: Vec<_> = said.iter().map(|said| html.find(said).unwrap_or_else(|| panic!("{said}"))).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(!html.contains("<script") && !html.contains("http"), "nothing is run or fetched");
    let other = NoteSigner::new(super::support::ORIGIN, PrivateKey::generate()).unwrap().verifier().to_string();
    let output = verify(&other);
    assert!(!output.status.success());
    assert!(std::fs::read_to_string(&page).unwrap().contains("checkpoint-invalid"));
    // A copy that is no bundle has a report too.
    let data = story.app.folder.path().to_str().unwrap();
    assert!(gongshi(&["verify", data, "--report", page.to_str().unwrap()]).status.success());
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.contains(&story.cast.centre.id.to_string()) && html.contains("tender.preannounced"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_about_the_unknown() {
    let story = Story::tell().await;
    let (data, out) = (story.app.folder.path().to_str().unwrap(), story.folder.path().join("none.zip"));
    for about in [["--tender", "T-99"], ["--organisation", "91410100MA0000023X"]] {
        let output =
            gongshi(&[&["export", "bundle", "--data", data, "--out", out.to_str().unwrap()], &about[..]].concat());
        assert!(!output.status.success(), "{about:?}");
    }
    assert_eq!(std::fs::read_dir(story.folder.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_asks_for_cosignatures() {
    let story = Story::tell().await;
    let original = members(&story.export(&["--tender", "T-1"]));
    let note = String::from_utf8(original["checkpoint"].clone()).unwrap();
    let witness = Cosigner::new("witness.example", PrivateKey::generate()).unwrap();
    let policy = story.folder.path().join("policy");
    let log = story.signer().verifier().to_string();
    std::fs::write(&policy, format!("log {log}\nwitness w {}\nquorum w\n", witness.verifier())).unwrap();
    let verify = |bundle: &Path| {
        let output = gongshi(&["verify", "--json", "--policy", policy.to_str().unwrap(), bundle.to_str().unwrap()]);
        (output.status.success(), serde_json::from_slice::<Value>(&output.stdout).unwrap())
    };
    let (holds, report) = verify(&story.with(&original, |_| {}));
    assert!(!holds && report["findings"][0]["reason"] == "unwitnessed", "{report:#}");
    let line = witness.cosign(SignedNote::parse(&note).unwrap().text(), story.app.now().seconds() as u64);
    let cosigned = story.with(&original, |members| {
        for (name, bytes) in members.iter_mut().filter(|(name, _)| *name == "checkpoint" || name.starts_with("proofs/"))
        {
            bytes.extend(line.as_bytes());
            assert!(bytes.ends_with(b"\n"), "{name}");
        }
    });
    let (holds, report) = verify(&cosigned);
    assert!(holds && report["witnesses"][0] == "w", "{report:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stolen_key_may_have_signed_is_marked() {
    let story = Story::tell().await;
    let (app, cast) = (&story.app, &story.cast);
    let stolen = cast.enterprise.key.key_id();
    let effective = START.parse().unwrap();
    let revocation = KeyRevocation { kid: stolen, reason: RevocationReason::Compromised, effective };
    let path = format!("/v1/organisations/{}/key-revocations", cast.enterprise.id);
    let organisation = Stream::of(&cast.enterprise.id);
    let revocation = organisation::Act::from(revocation).into();
    app.post(&cast.supervisor, &path, &organisation, &revocation).await.accepted();
    let bundle = story.export(&["--tender", "T-1"]);
    let (holds, report) = verified(&bundle);
    // Its registration and the objection.
    let marked = &report["contested"][0];
    assert!(holds && marked["kid"] == stolen.to_string() && marked["records"] == 2, "{report:#}");
    let page = members(&bundle).remove("report.html").unwrap();
    assert!(String::from_utf8(page).unwrap().contains("可能被冒用"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scope_holds_on_postgres() {
    let story = Story::tell_on(Engine::Postgres).await;
    let out = story.folder.path().join("bundle.zip");
    let (ledger, editions) = (&story.app.ledger, Editions::built_in());
    let keys = [gongshi::record::load_key(&story.app.folder.path().join("keys/log.jwk")).unwrap()];
    let tender = Scope::Tender("T-1".parse().unwrap());
    let organisation = Scope::Organisation(story.cast.enterprise.id.clone());
    for (scope, is_part) in [(tender, true), (organisation, true), (Scope::All, false)] {
        let maker =
            Maker { database: &ledger.database, documents: &ledger.documents, editions: &editions, keys: &keys };
        let exported = export_bundle(maker, scope, story.app.now(), &out).await.unwrap();
        assert_eq!(exported.conclusion(), Conclusion::Holds);
        assert!((exported.report.entries < story.app.size()) == is_part, "{exported:?}");
        assert!(verified(&out).0);
    }
}
