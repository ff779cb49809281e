//! The demo shows everything, on whatever day it is started.

mod views;

use super::cast::Who;
use super::days::{Days, morning};
use super::scenes::SCENES;
use super::*;
use crate::act::Capability;
use crate::audit::{Folder, verify};
use crate::highwater::HighWater;
use crate::http::Limits;
use crate::law::{Editions, Law};
use crate::ledger::{Home, LogKeys, NewLog};
use crate::record::{Bearer, load_key};
use crate::server::Server;
use crate::store::Objects;
use crate::tender::{AnswerOutcome, LotPhase, ObjectionPhase, Phase, RulingOutcome, Tender, Verdict};
use crate::world::Act;
use chrono::NaiveDate;
use std::collections::BTreeSet;

const DAY_MILLIS: i64 = 86_400_000;

/// Everything that can be seen of a tender. A new state does not compile here until it has a name, and the demo must
/// then show it.
const ALL: &[&str] = &[
    "answer accepted",
    "answer partly",
    "answer rejected",
    "objection escalated",
    "objection filed",
    "objection overdue",
    "objection withdrawn",
    "ruling dismissed",
    "ruling upheld",
    "challenge accepted",
    "challenge open",
    "challenge overdue",
    "challenge partly",
    "challenge rejected",
    "claim refuted",
    "claim unexamined",
    "claim verified",
    "lot accepted",
    "lot awarded",
    "lot candidates open",
    "lot candidates over",
    "lot contracted",
    "lot failed",
    "lot opened",
    "lot overdue",
    "lot waiting",
    "announced",
    "cleared",
    "closed",
    "preannounced",
    "suspended",
    "terminated",
    "waiting",
    "revision required",
    "text revised",
];

/// How each story ends: the tender, and its lots. One line a scene, as in `scenes`.
#[rustfmt::skip]
const ENDS: [(&str, &str, &str); 26] = [
    ("ZZCG-001", "preannounced", "waiting"),
    ("ZZCG-002", "preannounced", "waiting waiting"),
    ("HNZB-003", "preannounced", "waiting"),
    ("HNZB-004", "waiting", "waiting"),
    ("LYJY-005", "preannounced", "waiting waiting"),
    ("ZZCG-006", "waiting", "waiting"),
    ("LYJY-007", "waiting", "waiting"),
    ("HNZB-008", "cleared", "waiting"),
    ("ZZCG-009", "announced", "waiting"),
    ("HNZB-010", "announced", "waiting"),
    ("LYJY-011", "preannounced", "waiting"),
    ("ZZCG-012", "terminated", "waiting"),
    ("HNZB-013", "suspended", "waiting"),
    ("ZZCG-014", "announced", "waiting"),
    ("LYJY-015", "closed", "failed"),
    ("ZZCG-016", "announced", "waiting"),
    ("HNZB-017", "announced", "opened"),
    ("ZZCG-018", "announced", "candidates"),
    ("HNZB-019", "announced", "candidates"),
    ("LYJY-020", "announced", "awarded"),
    ("ZZCG-021", "announced", "awarded"),
    ("HNZB-022", "announced", "contracted failed awarded candidates opened"),
    ("LYJY-023", "announced", "contracted"),
    ("ZZCG-024", "closed", "accepted"),
    ("HNZB-025", "announced", "awarded"),
    ("ZZCG-026", "announced", "awarded"),
];

fn seen(tender: &Tender, now: Instant, law: Law<'_>) -> Vec<&'static str> {
    let mut seen = vec![match &tender.phase {
        _ if tender.is_suspended() => "suspended",
        Phase::Preannounced { waiting: false, .. } => "preannounced",
        Phase::Preannounced { waiting: true, .. } => "waiting",
        Phase::Cleared => "cleared",
        Phase::Announced => "announced",
        Phase::Terminated => "terminated",
        Phase::Closed => "closed",
    }];
    seen.extend(tender.revision_required.then_some("revision required"));
    seen.extend((tender.text_version > 1).then_some("text revised"));
    seen.extend(tender.objections.iter().map(|objection| match objection.phase {
        ObjectionPhase::Filed { overdue: false, .. } => "objection filed",
        ObjectionPhase::Filed { overdue: true, .. } => "objection overdue",
        ObjectionPhase::Answered { outcome: AnswerOutcome::Accepted, .. } => "answer accepted",
        ObjectionPhase::Answered { outcome: AnswerOutcome::Partly, .. } => "answer partly",
        ObjectionPhase::Answered { outcome: AnswerOutcome::Rejected, .. } => "answer rejected",
        ObjectionPhase::Escalated => "objection escalated",
        ObjectionPhase::Ruled(RulingOutcome::Upheld) => "ruling upheld",
        ObjectionPhase::Ruled(RulingOutcome::Dismissed) => "ruling dismissed",
        ObjectionPhase::Withdrawn => "objection withdrawn",
    }));
    for lot in &tender.lots {
        seen.push(match lot.phase {
            LotPhase::Waiting { overdue: false } => "lot waiting",
            LotPhase::Waiting { overdue: true } => "lot overdue",
            LotPhase::Opened => "lot opened",
            LotPhase::Candidates { window } if !law.is_over(window, now) => "lot candidates open",
            LotPhase::Candidates { .. } => "lot candidates over",
            LotPhase::Awarded => "lot awarded",
            LotPhase::Contracted => "lot contracted",
            LotPhase::Accepted => "lot accepted",
            LotPhase::Failed => "lot failed",
        });
        seen.extend(lot.challenges.iter().map(|challenge| match challenge.answer {
            None if challenge.overdue => "challenge overdue",
            None => "challenge open",
            Some(AnswerOutcome::Accepted) => "challenge accepted",
            Some(AnswerOutcome::Partly) => "challenge partly",
            Some(AnswerOutcome::Rejected) => "challenge rejected",
        }));
        let claims = lot.candidates.iter().flat_map(|candidate| &candidate.claims);
        seen.extend(claims.map(|claim| match claim.finding.as_ref().map(|finding| finding.verdict) {
            None => "claim unexamined",
            Some(Verdict::Verified) => "claim verified",
            Some(Verdict::Refuted) => "claim refuted",
        }));
    }
    seen
}

/// A present for every day of these years, at changing hours.
fn presents(from: &str, to: &str) -> impl Iterator<Item = Instant> {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let (from, to) = (day(from), day(to));
    from.iter_days()
        .take_while(move |day| *day < to)
        .zip(0i64..)
        .map(|(day, n)| Instant::start_of_shanghai_day(day).plus_millis(n * 7 % 24 * 3_600_000 + n % 2))
}

/// What is wrong with the demo on a day: each story must be lawful and fit between the registrations and the present,
/// and together they must show everything.
fn flaws(present: Instant) -> Vec<String> {
    let days = Days::new(present);
    let start = present.plus_millis(-DAYS_BACK * DAY_MILLIS).shanghai_day();
    let admitted = morning(days.after(start, 4), 0);
    let (mut flaws, mut shown) = (Vec::new(), BTreeSet::new());
    for (scene, end) in SCENES.iter().zip(ENDS) {
        let story = match scene(&days).rehearsed() {
            Ok(story) => story,
            Err(flaw) => {
                flaws.push(flaw.to_string());
                continue;
            }
        };
        let tender = story.tender.as_ref().unwrap();
        shown.extend(seen(tender, present, days.law()));
        let lots = tender.lots.iter().map(|lot| lot.phase.status().name()).collect::<Vec<_>>().join(" ");
        if (story.code.as_str(), tender.status().name(), &*lots) != end {
            flaws.push(format!("{} ends {} ({lots}), not {end:?}", story.code, tender.status().name()));
        }
        if story.lines[0].at < admitted {
            flaws.push(format!("{} begins before its people are admitted", story.code));
        }
        if tender.next_due(days.law()).is_some_and(|due| due < present) {
            flaws.push(format!("{} leaves something due", story.code));
        }
    }
    flaws.extend(ALL.iter().filter(|state| !shown.contains(*state)).map(|state| format!("{state} is not shown")));
    flaws.iter().map(|flaw| format!("on {present}: {flaw}")).collect()
}

fn every_day(from: &str, to: &str) {
    let flaws: Vec<_> = presents(from, to).flat_map(flaws).collect();
    assert!(flaws.is_empty(), "{} flaws\n{}", flaws.len(), flaws[..flaws.len().min(20)].join("\n"));
}

#[test]
fn every_story_holds_on_any_day_of_2026() {
    every_day("2026-01-01", "2027-01-01");
}

#[test]
fn every_story_holds_when_no_holidays_are_known_yet() {
    every_day("2027-01-01", "2028-07-01");
}

/// The log of the demo, still empty.
pub async fn open(folder: &Path, clock: &Clock) -> Arc<Ledger> {
    let opening = NewLog {
        origin: "demo.gongshi.example/log".into(),
        operator: "1241010041580000XR".parse().unwrap(),
        operator_name: "公示示范平台运行中心".into(),
        law: Editions::newest(),
    };
    let database_url = format!("sqlite://{}", folder.join("gongshi.sqlite").display());
    let objects = Objects::local(&folder.join("documents")).unwrap();
    let keys = LogKeys::in_folder(&folder.join("keys")).unwrap();
    Ledger::open(Home {
        database_url,
        objects,
        keys,
        opening,
        clock: clock.clone(),
        policy: None,
        high_water: HighWater::default(),
    })
    .await
    .unwrap()
}

/// A service with the demo in it, as a stranger meets it.
struct Stranger {
    base: String,
    client: reqwest::Client,
}

impl Stranger {
    async fn of(ledger: &Arc<Ledger>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listen = "127.0.0.1:0".parse().unwrap();
        let server = Server::bind(Arc::clone(ledger), listen, Limits::default()).await.unwrap();
        let base = format!("http://{}", server.address());
        tokio::spawn(server.serve(std::future::pending()));
        Self { base, client: reqwest::Client::new() }
    }

    async fn bytes(&self, path: &str) -> Vec<u8> {
        let response = self.client.get(format!("{}{path}", self.base)).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200, "{path}");
        response.bytes().await.unwrap().to_vec()
    }

    async fn json(&self, path: &str) -> serde_json::Value {
        serde_json::from_slice(&self.bytes(path).await).unwrap()
    }

    /// Copies the log as a plain folder.
    async fn mirror(&self, out: &Path) {
        let note = self.bytes("/log/checkpoint").await;
        let size = String::from_utf8_lossy(&note).lines().nth(1).unwrap().parse().unwrap();
        for tile in crate::log::tiles_of_size(size) {
            let entries = (tile.level == 0).then_some(crate::log::Resource::Entries(tile));
            for resource in [crate::log::Resource::Hashes(tile)].into_iter().chain(entries) {
                let path = out.join(format!("tile/{resource}"));
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, self.bytes(&format!("/log/tile/{resource}")).await).unwrap();
            }
        }
        std::fs::write(out.join("checkpoint"), note).unwrap();
    }
}

/// In the Spring Festival, in the golden week, on a Monday, and when the year's holidays are unknown.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_whole_and_the_guide_leads_somewhere() {
    for present in
        ["2024-02-12T15:59:59.999Z", "2026-10-04T16:00:00.000Z", "2026-11-23T03:04:05.678Z", "2027-01-03T01:00:00.000Z"]
    {
        show(present.parse().unwrap()).await;
    }
}

async fn show(present: Instant) {
    let folder = tempfile::tempdir().unwrap();
    let (path, keys) = (folder.path(), folder.path().join("demo-keys"));
    let clock = Clock::manual(present.plus_millis(-DAYS_BACK * DAY_MILLIS));
    let ledger = open(path, &clock).await;
    fill(&ledger, &clock, present, &keys).await.unwrap();
    assert_eq!(clock.now(), present);
    assert_eq!(ledger.propose_due().await.unwrap(), 0);
    let cast = Cast::in_folder(&keys).unwrap();
    let key = load_key(&keys.join("centre-city.jwk")).unwrap();
    assert_eq!(key.key_id(), cast.key(Who::CityCentre).key_id(), "keys are left where users find them");

    let stranger = Stranger::of(&ledger).await;
    for (_, _, path) in GUIDE {
        assert!(!stranger.bytes(path).await.is_empty(), "{path}");
    }
    let listed = |path: &'static str| {
        let stranger = &stranger;
        async move { stranger.json(path).await["items"].as_array().unwrap().len() }
    };
    for (_, _, path) in GUIDE.iter().filter(|(_, _, path)| path.contains('?')) {
        assert!(listed(path).await > 0, "{path}");
    }
    assert_eq!(listed("/v1/tenders?limit=500").await, SCENES.len());
    let first = GUIDE.iter().find(|(_, _, path)| path.starts_with("/v1/records/")).unwrap().2;
    assert_eq!(stranger.json(first).await["kind"], "tender.preannounced");
    let struck = &stranger.json("/v1/tenders/LYJY-005").await["disclosures"][1]["changes"];
    assert!(struck.as_array().unwrap().iter().any(|c| c["clause"] == "q-3" && c["change"] == "removed"), "{struck}");

    let draft = papers::DRAFT.cited();
    assert_eq!(stranger.bytes(&format!("/v1/documents/{}", draft.sha256)).await.len() as u64, draft.size);
    let tender = stranger.json("/v1/tenders/ZZCG-001").await;
    let sealed = tender["records"][0]["payload"]["contact"]["person"]["sealed"].as_str().unwrap().to_owned();
    let token = Bearer::issue(cast.key(Who::City), &ledger.origin(), present);
    let disclosed = stranger.client.get(format!("{}/v1/disclosures/{sealed}", stranger.base)).bearer_auth(token);
    assert_eq!(disclosed.send().await.unwrap().status().as_u16(), 200, "a supervisor may open what is sealed");
    let token = Bearer::issue(cast.key(Who::Audit), &ledger.origin(), present);
    let indicators = stranger.client.get(format!("{}/v1/indicators", stranger.base)).bearer_auth(token);
    let indicators = indicators.send().await.unwrap().bytes().await.unwrap();
    let indicators: serde_json::Value = serde_json::from_slice(&indicators).unwrap();
    let found = indicators["items"].as_array().unwrap().iter().map(|item| (&item["kind"], &item["organisation"]));
    let silent = (&"silence".into(), &Who::CityCentre.id().as_str().into());
    assert_eq!(found.collect::<Vec<_>>(), [silent], "one is pointed out");

    let records = stranger.json("/v1/records?limit=500").await;
    let items = records["items"].as_array().unwrap();
    let kinds: BTreeSet<&str> = items.iter().map(|record| record["kind"].as_str().unwrap()).collect();
    // The keys of a demonstration don't grow old, and its clock is right.
    let shown = Act::kinds().filter(|kind| *kind == "log.opened" || !kind.starts_with("log."));
    let shown = shown.filter(|kind| !kind.ends_with(".period_reopened"));
    // Nobody claims a deposit for longer than the demo's bonds are old.
    let shown = shown.filter(|kind| !kind.starts_with("deposit.unclaimed_"));
    assert_eq!(kinds, shown.collect(), "every kind of record");
    let copy = tempfile::tempdir().unwrap();
    stranger.mirror(copy.path()).await;
    let report = verify(&mut Folder::new(copy.path()), None, &Editions::built_in(), &mut |_, _| {}).unwrap();
    assert!(report.holds(), "{:?}", report.findings);
    assert_eq!(report.entries, items.len() as u64);
}
