//! Bundles for whoever asks: they hold for everybody, are made once, and whoever asks for all of them gets what one may have.

use super::super::support::fixture::{self, act, stream};
use super::super::support::process;
use super::super::support::python::python;
use super::super::support::{Answer, App, Engine};
use super::promised::promised;
use super::{Story, id_of, judged, verified};
use gongshi::record::PrivateKey;
use reqwest::header::{CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE, RETRY_AFTER};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const TENDER: &str = "/v1/tenders/T-1/bundle";
const COMMITMENT: &str = "/v1/commitments/c-1/bundle";

impl Story {
    /// What the service hands out, in a file.
    async fn handed_out(&self, path: &str) -> PathBuf {
        let response = self.app.client.get(format!("{}{path}", self.app.base)).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/zip");
        let file = self.folder.path().join("handed-out.zip");
        std::fs::write(&file, response.bytes().await.unwrap()).unwrap();
        file
    }
}

/// What scripts/verify.py says, which was written from FORMAT.md alone.
fn judged_by_python(bundle: &Path) -> (bool, Value) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/verify.py");
    let output = Command::new(python()).arg(script).arg(bundle).output().unwrap();
    let report = serde_json::from_slice(&output.stdout);
    (output.status.success(), report.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))))
}

/// Somebody at 127.0.0.`last`.
fn somebody(last: u8) -> reqwest::Client {
    reqwest::Client::builder().local_address(IpAddr::from(Ipv4Addr::new(127, 0, 0, last))).build().unwrap()
}

async fn holds_for_everybody(engine: Engine) {
    let story = Story::tell_on(engine).await;
    promised(&story.app, &story.cast, "c-1").await;
    let organisation = format!("/v1/organisations/{}/bundle", story.cast.enterprise.id);
    for (path, scope) in [
        (TENDER, json!({ "tender": "T-1" })),
        (organisation.as_str(), json!({ "organisation": story.cast.enterprise.id })),
        (COMMITMENT, json!({ "commitment": "c-1" })),
    ] {
        let bundle = story.handed_out(path).await;
        // Nothing is open: the log has stated how long the streams are.
        let (status, report) = judged(&bundle);
        assert_eq!((status, &report["scope"], &report["conclusion"]), (Some(0), &scope, &json!("holds")), "{report:#}");
        let (holds, by_python) = judged_by_python(&bundle);
        assert!(holds && by_python["entries"] == report["entries"], "{by_python:#}");
        assert!(report["entries"].as_u64().unwrap() < story.app.size());
    }
    // The commitment, the text that both signed, and who signed what; no tender, which it has nothing to do with.
    let bundle = super::members(&story.handed_out(COMMITMENT).await);
    let streams = String::from_utf8(bundle["streams"].clone()).unwrap();
    assert!(streams.contains("commitment/c-1 2\n") && streams.contains("template/construction 1\n"), "{streams}");
    assert!(!streams.contains("tender/"), "{streams}");
    let page = String::from_utf8(story.app.bytes("/zh/commitments/c-1").await).unwrap();
    assert!(page.contains(COMMITMENT));
    for path in
        ["/v1/tenders/T-99/bundle", "/v1/commitments/c-99/bundle", "/v1/organisations/91410100MA0000023X/bundle"]
    {
        assert_eq!(story.app.get(path).await.problem(), "not-found");
    }
    assert_eq!(story.app.get("/v1/tenders/a%00b/bundle").await.problem(), "bad-parameter");
}

/// By the command line it is the same one.
#[tokio::test(flavor = "multi_thread")]
async fn a_commitment_is_exported_as_it_is_handed_out() {
    let story = Story::tell().await;
    promised(&story.app, &story.cast, "c-1").await;
    let handed_out = super::manifest(&super::members(&story.handed_out(COMMITMENT).await));
    let exported = story.export(&["--commitment", "c-1"]);
    let (status, report) = judged(&exported);
    assert_eq!((status, &report["conclusion"]), (Some(0), &json!("holds")), "{report:#}");
    assert_eq!(super::manifest(&super::members(&exported)).entries, handed_out.entries);
    // Of another commitment nobody made it, whatever it says.
    let other = story.with(&super::members(&exported), |members| {
        let manifest = String::from_utf8(members["bundle.json"].clone()).unwrap().replace("c-1", "c-2");
        members.insert("bundle.json".to_owned(), manifest.into_bytes());
    });
    super::finds(&other, "manifest-wrong", None);
    assert!(!judged_by_python(&other).0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_that_was_fetched_holds_for_everybody() {
    holds_for_everybody(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_that_was_fetched_holds_for_everybody_on_postgres() {
    holds_for_everybody(Engine::Postgres).await;
}

/// The second implementation finds in a part what the first one finds.
#[tokio::test(flavor = "multi_thread")]
async fn both_implementations_find_what_was_done_to_a_part() {
    let story = Story::tell().await;
    let original = super::members(&story.handed_out(TENDER).await);
    let entries = super::manifest(&original).entries;
    let (first, last) = (entries[0], *entries.last().unwrap());
    let objection = super::of_kind(&original, "tender.objected");
    let document = format!("documents/{}", id_of(super::DOCUMENT));
    let stranger = PrivateKey::generate();
    let other_key = gongshi::log::NoteSigner::new(super::super::support::ORIGIN, stranger).unwrap();
    let flip = |bytes: &mut Vec<u8>| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    };
    let finds = |bundle: &Path, reason: &str| {
        for (who, (holds, report)) in [("rust", verified(bundle)), ("python", judged_by_python(bundle))] {
            let findings = report["findings"].as_array().unwrap();
            let found = findings.iter().any(|finding| finding["reason"] == reason);
            assert!(!holds && found, "{who}: {reason} is not among {findings:#?}");
        }
    };
    finds(&story.with(&original, |all| flip(all.get_mut(&document).unwrap())), "document-mismatch");
    finds(&story.with(&original, |all| drop(all.remove(&super::proof(last)))), "member-missing");
    finds(&story.with(&original, |all| drop(all.insert("notes.txt".into(), vec![1]))), "member-unknown");
    finds(
        &story.with(&original, |all| {
            let other = all[&super::proof(first)].clone();
            all.insert(super::proof(last), other);
        }),
        "proof-invalid",
    );
    finds(
        &story.with(&original, |all| {
            all.insert("log.vkey".into(), format!("{}\n", other_key.verifier()).into_bytes());
        }),
        "manifest-wrong",
    );
    finds(
        &story.with(&original, |all| {
            let stated = String::from_utf8(all["streams"].clone()).unwrap();
            let version = stated.lines().find_map(|line| line.strip_prefix("tender/T-1 ")).unwrap();
            let less = format!("tender/T-1 {}\n", version.parse::<u64>().unwrap() - 1);
            all.insert("streams".into(), stated.replace(&format!("tender/T-1 {version}\n"), &less).into_bytes());
        }),
        "statement-invalid",
    );
    // Without the record of an objection, by a bundle that says itself that it has none.
    let without: Vec<u64> = entries.iter().copied().filter(|index| *index != objection).collect();
    finds(
        &story.with_entries(&original, without, |all| {
            all.remove(&super::entry(objection));
            all.remove(&super::proof(objection));
        }),
        "stream-mismatch",
    );
    finds(&story.with(&original, |all| flip(all.get_mut(&super::entry(objection)).unwrap())), "proof-invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_made_once_and_kept_until_its_tender_says_more() {
    let story = Story::tell().await;
    let (app, cast) = (&story.app, &story.cast);
    let disclosed = act(fixture::preannouncement(&cast.centre));
    app.post(&cast.centre, "/v1/tenders", &stream("T-9"), &disclosed).await.accepted();
    let (path, url) = ("/v1/tenders/T-9/bundle", format!("{}/v1/tenders/T-9/bundle", app.base));
    let tag = async || app.get(path).await.headers[ETAG].clone();
    let first = tag().await;
    // What others write changes nothing.
    app.post(&cast.centre, "/v1/tenders", &stream("T-8"), &disclosed).await.accepted();
    assert_eq!(tag().await, first);
    let unchanged = app.client.get(&url).header(IF_NONE_MATCH, &first).send().await.unwrap();
    assert_eq!(unchanged.status(), 304);
    let objected = act(fixture::objection("o-9"));
    app.post(&cast.enterprise, "/v1/tenders/T-9/objections", &stream("T-9"), &objected).await.accepted();
    // Whoever asks from here on has the objection, also among many who ask at once.
    let asked = futures::future::join_all((0..20).map(|_| tag())).await;
    assert!(asked.iter().all(|tag| *tag == asked[0] && *tag != first), "{asked:?}");
    let bundle = story.handed_out(path).await;
    assert!(super::manifest(&super::members(&bundle)).entries.contains(&(app.size() - 1)));
    app.clock.advance_millis(3_599_000);
    assert_eq!(tag().await, asked[0]);
    app.clock.advance_millis(1_000);
    assert_ne!(tag().await, asked[0], "other streams may say more by now");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_download_goes_on() {
    let story = Story::tell().await;
    let url = format!("{}{TENDER}", story.app.base);
    let whole = std::fs::read(story.handed_out(TENDER).await).unwrap();
    let tag = story.app.get(TENDER).await.headers[ETAG].clone();
    let ask = async |range: &str, if_range: Option<&str>| {
        let request = story.app.client.get(&url).header(RANGE, range);
        let request = if_range.map_or(request.try_clone().unwrap(), |tag| request.header(IF_RANGE, tag));
        let response = request.send().await.unwrap();
        let place = response.headers().get(CONTENT_RANGE).map(|place| place.to_str().unwrap().to_owned());
        (response.status().as_u16(), place, response.bytes().await.unwrap().to_vec())
    };
    let size = whole.len();
    let tag = tag.to_str().unwrap();
    let (status, place, begin) = ask("bytes=0-999", None).await;
    assert_eq!((status, place.unwrap()), (206, format!("bytes 0-999/{size}")));
    let (status, place, rest) = ask("bytes=1000-", Some(tag)).await;
    assert_eq!((status, place.unwrap()), (206, format!("bytes 1000-{}/{size}", size - 1)));
    assert!([begin, rest].concat() == whole, "both parts are the whole");
    let (status, _, all) = ask("bytes=1000-", Some("\"another\"")).await;
    assert!(status == 200 && all == whole, "of another one, all is sent");
    let (status, place, _) = ask(&format!("bytes={size}-"), None).await;
    assert_eq!((status, place.unwrap()), (416, format!("bytes */{size}")));
}

/// Those who get nothing are told when to come again.
fn is_an_answer(answer: &Answer) -> bool {
    match answer.status {
        200 => true,
        429 | 503 => {
            let later = answer.headers[RETRY_AFTER].to_str().unwrap().parse::<u64>().unwrap();
            assert!((1..=60).contains(&later));
            assert!(["rate-limited", "overloaded", "bundle-underway"].contains(&answer.problem()), "{answer:?}");
            false
        }
        _ => panic!("{answer:?}"),
    }
}

async fn ask(client: &reqwest::Client, base: &str, code: &str) -> Answer {
    let response = client.get(format!("{base}/v1/tenders/{code}/bundle")).send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default();
    Answer { status, body, headers }
}

async fn tenders(app: &App, story: &Story, count: usize) -> Vec<String> {
    let codes: Vec<String> = (0..count).map(|n| format!("M-{n}")).collect();
    for code in &codes {
        let disclosed = act(fixture::preannouncement(&story.cast.centre));
        app.post(&story.cast.centre, "/v1/tenders", &stream(code), &disclosed).await.accepted();
    }
    codes
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_who_ask_at_once_keep_nobody_from_posting() {
    let story = Story::tell().await;
    let app = &story.app;
    let codes = tenders(app, &story, 40).await;
    let names = |folder: &Path| -> BTreeSet<_> {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    };
    let before = names(app.folder.path());
    let clients: Vec<_> = (1..=50).map(somebody).collect();
    let began = Instant::now();
    let asking = (0..200).map(|n| ask(&clients[n % 50], &app.base, if n < 100 { "T-1" } else { &codes[n % 40] }));
    let posting = async {
        let mut slowest = Duration::ZERO;
        for n in 0..30 {
            let (began, disclosed) = (Instant::now(), act(fixture::preannouncement(&story.cast.centre)));
            app.post(&story.cast.centre, "/v1/tenders", &stream(&format!("P-{n}")), &disclosed).await.accepted();
            slowest = slowest.max(began.elapsed());
        }
        slowest
    };
    let (answers, slowest) = tokio::join!(futures::future::join_all(asking), posting);
    let (got, took) = (answers.iter().filter(|answer| is_an_answer(answer)).count(), began.elapsed());
    println!("200 asked: {got} got one in {took:?}; the slowest of 30 posts took {slowest:?}");
    let tags: BTreeSet<_> = answers[..100].iter().filter_map(|answer| answer.headers.get(ETAG)).collect();
    assert_eq!(tags.len(), 1, "a hundred asked for the same one, which was made once");
    assert!(answers[..100].iter().all(|answer| answer.status == 200) || took > Duration::from_secs(19));
    assert!(answers.iter().any(|answer| answer.status == 503), "forty others are more than wait");
    assert!(slowest < Duration::from_secs(5), "a post took {slowest:?}");
    assert_eq!(names(app.folder.path()), before, "what is kept has no name");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_all_of_them_and_breaks_off_wins_nothing() {
    let story = Story::tell().await;
    let codes = tenders(&story.app, &story, 40).await;
    let (greedy, other, base) = (somebody(7), somebody(8), &story.app.base);
    let asking = futures::future::join_all(codes[..20].iter().map(|code| ask(&greedy, base, code)));
    let (answers, others) = tokio::join!(asking, ask(&other, base, "T-1"));
    assert_eq!(others.status, 200, "others are served: {others:?}");
    let refused = answers.iter().filter(|answer| !is_an_answer(answer) && answer.problem() == "rate-limited").count();
    assert!((10..20).contains(&refused), "{refused} of 20 were refused");
    // Breaks off while others are before it in the queue: what it ordered is made all the same, and counts until then.
    let before: Vec<_> = (20..32).map(|n| (somebody(20 + n as u8 / 2), base.clone(), codes[n].clone())).collect();
    let before = before.into_iter().map(|(who, base, code)| tokio::spawn(async move { ask(&who, &base, &code).await }));
    let before: Vec<_> = before.collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let asked = codes[32..34].iter().map(|code| ask(&greedy, base, code));
    let broken = tokio::time::timeout(Duration::from_millis(150), futures::future::join_all(asked)).await;
    let refused = ask(&greedy, base, "M-34").await;
    assert!(broken.is_err(), "it has waited for them");
    assert_eq!((refused.status, refused.problem()), (429, "rate-limited"), "to break off makes no room");
    for asked in before {
        assert_eq!(asked.await.unwrap().status, 200);
    }
    // Then one may order again.
    let began = Instant::now();
    while !is_an_answer(&ask(&greedy, base, "M-35").await) {
        assert!(began.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The program, killed while it makes one: nothing of it is in its folder.
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_leaves_nothing_behind() {
    let story = Story::tell().await;
    tenders(&story.app, &story, 4).await;
    let folder = story.app.folder.path().to_owned();
    story.app.ledger.close().await;
    let mut service = process::spawn(&folder, None);
    let files = || {
        let found = Command::new("find").arg(&folder).args(["-type", "f", "-size", "+0"]).output().unwrap();
        let names = String::from_utf8(found.stdout).unwrap();
        names.lines().filter(|name| !name.contains("sqlite")).map(str::to_owned).collect::<BTreeSet<_>>()
    };
    assert_eq!(ask(&somebody(1), &service.base, "T-1").await.status, 200);
    let before = files();
    for code in ["M-0", "M-1"] {
        let _ = tokio::time::timeout(Duration::from_millis(20), ask(&somebody(1), &service.base, code)).await;
    }
    service.kill();
    assert_eq!(files(), before);
}
