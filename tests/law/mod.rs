//! The law in the log: what was adopted judges what comes after it, and nothing before; a log kept over New Year 2027
//! verifies before and after the year's holidays are known.

use super::support::fixture::{self, act, day, stream};
use super::support::{Actor, Answer, App, Cast, DAY, Engine, ORIGIN, START, new_log, open_new, unlimited};
use gongshi::access::{self, BarScope, Barring};
use gongshi::audit::{Folder, Reason, Report, verify};
use gongshi::bundle::{Maker, Scope, export_bundle, verify_bundle};
use gongshi::clock::Clock;
use gongshi::derived::replay;
use gongshi::field::{Day, DocumentId, Instant, Party};
use gongshi::identity::{self, LawAdoption};
use gongshi::law::{Edition, Editions};
use gongshi::ledger::NewLog;
use gongshi::store::export_log;
use gongshi::tender::{PlannedDates, Preannouncement, Window, WindowUnit};
use gongshi::world::{Act, Stream};
use std::path::Path;
use std::sync::Arc;

/// The first edition with an invented arrangement for 2027: the first week of January is off.
fn with_2027() -> Edition {
    let year = r#"
[[year]]
year = 2027
notices = []
rest = ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04", "2027-01-05", "2027-01-06", "2027-01-07", "2027-01-08"]
work = ["2027-01-09", "2027-01-10"]
"#;
    edited(|name, text| match name {
        "calendar.toml" => text + year,
        "edition.toml" => text.replace("name = \"2027-09\"", "name = \"2027-test\""),
        _ => text,
    })
}

fn edited(edit: impl Fn(&str, String) -> String) -> Edition {
    let files = Editions::newest().files();
    let files: Vec<_> = files.into_iter().map(|(name, text)| (name.clone(), edit(&name, text))).collect();
    Edition::parse(&Edition::pack(files.iter().map(|(name, text)| (&**name, &**text)))).unwrap()
}

async fn upload(app: &App, by: &Actor, edition: &Edition) {
    let request = app.client.put(format!("{}/v1/documents/{}", app.base, edition.id)).bearer_auth(app.token(by));
    let request = request.header("content-type", "application/json").body(edition.bytes().to_vec());
    let answer = app.send(request).await;
    assert!(answer.status < 300, "{}", answer.body);
}

fn adoption(edition: &Edition) -> Act {
    let reason = "国务院办公厅通知已发布".parse().unwrap();
    identity::Act::from(LawAdoption { edition: edition.document(), reason }).into()
}

async fn adopt(app: &App, by: &Actor, edition: &Edition) -> Answer {
    app.post(by, "/v1/law/adoptions", &Stream::LOG, &adoption(edition)).await
}

/// Open for five working days from Tuesday, 29 December 2026.
fn over_new_year(cast: &Cast) -> Preannouncement {
    let five = Window { count: 5, unit: WindowUnit::WorkingDay };
    let disclosed = fixture::preannouncement(&cast.centre);
    Preannouncement {
        planned: PlannedDates {
            announce: day("2027-01-20"),
            bid_deadline: day("2027-02-20").into(),
            open: day("2027-02-20").into(),
        },
        windows: gongshi::tender::Windows { objection: five, ..disclosed.windows },
        ..disclosed
    }
}

/// The people of the story, on the morning of 29 December 2026, with a tender whose window crosses the new year.
async fn on_the_eve(engine: Engine) -> (App, Cast) {
    let app = App::start_on(engine).await;
    app.clock.set("2026-12-29T01:00:00.000Z".parse::<Instant>().unwrap());
    let cast = app.cast().await;
    app.post(&cast.centre, "/v1/tenders", &stream("N-1"), &act(over_new_year(&cast))).await.accepted();
    (app, cast)
}

async fn window(app: &App, code: &str) -> (String, bool) {
    let view = app.get(&format!("/v1/tenders/{code}")).await.body;
    (view["window_until"].as_str().unwrap_or_default().to_owned(), view["provisional"] == true)
}

/// The log as files, audited by a program that knows only the editions that came with it.
fn judge(folder: &Path) -> Report {
    verify(&mut Folder::new(folder), None, &Editions::built_in(), &mut |_, _| {}).unwrap()
}

async fn must_hold(app: &App) {
    let copy = tempfile::tempdir().unwrap();
    export_log(&app.ledger.database, copy.path()).await.unwrap();
    let report = judge(copy.path());
    assert!(report.holds(), "{:?}", report.findings);
    let replayed = replay(&app.ledger.database, &app.ledger.editions).await.unwrap();
    assert!(replayed.changed_nothing(), "{replayed:?}");
    let out = copy.path().join("bundle.zip");
    let (ledger, scope) = (&app.ledger, Scope::Tender("N-1".parse().unwrap()));
    let editions = Editions::built_in();
    let maker = Maker { database: &ledger.database, documents: &ledger.documents, editions: &editions, keys: &[] };
    export_bundle(maker, scope, app.now(), &out).await.unwrap();
    let verified = verify_bundle(&out, None, &Editions::built_in()).unwrap();
    assert!(verified.report.holds(), "{:?}", verified.report.findings);
}

async fn an_open_window_moves_with_the_calendar(engine: Engine) {
    let (app, cast) = on_the_eve(engine).await;
    // 30, 31 December; 4, 5, 6 January, by what is fixed.
    assert_eq!(window(&app, "N-1").await, ("2027-01-06T16:00:00.000Z".into(), true));
    must_hold(&app).await;
    let edition = with_2027();
    upload(&app, &cast.supervisor, &edition).await;
    app.clock.set("2026-12-30T01:00:00.000Z".parse().unwrap());
    adopt(&app, &cast.supervisor, &edition).await.accepted();
    // 30, 31 December; 9, 10, 11 January.
    assert_eq!(window(&app, "N-1").await, ("2027-01-11T16:00:00.000Z".into(), false));
    let listed = app.get("/v1/tenders").await.body;
    assert_eq!(listed["items"][0]["window_until"], "2027-01-11T16:00:00.000Z");
    must_hold(&app).await;
    // Nothing is due at the old end; all is at the new one.
    app.clock.set("2027-01-07T01:00:00.000Z".parse().unwrap());
    assert_eq!(app.ledger.propose_due().await.unwrap(), 0);
    app.clock.set("2027-01-11T16:00:01.000Z".parse().unwrap());
    assert_eq!(app.ledger.propose_due().await.unwrap(), 1);
    assert_eq!(app.get("/v1/tenders/N-1").await.body["status"], "cleared");
    must_hold(&app).await;
    let law = app.get("/v1/law").await.body;
    assert_eq!((law[0]["name"].as_str(), law[0]["in_force"].as_bool()), (Some("2027-test"), Some(true)));
    assert_eq!((law[1]["name"].as_str(), law[1]["index"].as_u64()), (Some("2027-09"), Some(0)));
    let rules = app.get(&format!("/v1/law/{}", edition.id)).await.body;
    assert!(rules["calendar_years"].as_array().unwrap().contains(&2027.into()), "{rules}");
    assert!(rules["rules"].as_array().unwrap().iter().any(|rule| rule["id"] == "AW-WINDOW" && rule["days"] == 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_window_moves_with_the_calendar_on_sqlite() {
    an_open_window_moves_with_the_calendar(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_window_moves_with_the_calendar_on_postgres() {
    an_open_window_moves_with_the_calendar(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_closed_stays_closed() {
    let (app, cast) = on_the_eve(Engine::Sqlite).await;
    let edition = with_2027();
    upload(&app, &cast.supervisor, &edition).await;
    app.clock.set("2027-01-06T16:00:01.000Z".parse().unwrap());
    app.ledger.propose_due().await.unwrap();
    assert_eq!(app.get("/v1/tenders/N-1").await.body["status"], "cleared");
    adopt(&app, &cast.supervisor, &edition).await.accepted();
    assert_eq!(app.get("/v1/tenders/N-1").await.body["status"], "cleared");
    let late =
        app.post(&cast.enterprise, "/v1/tenders/N-1/objections", &stream("N-1"), &act(fixture::objection("o-1"))).await;
    assert_eq!(late.problem(), "window-closed");
    must_hold(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn law_is_adopted_by_a_supervisor_once_and_only_when_it_can_be_interpreted() {
    let (app, cast) = on_the_eve(Engine::Sqlite).await;
    let edition = with_2027();
    assert_eq!(adopt(&app, &cast.supervisor, &edition).await.problem(), "document-missing");
    upload(&app, &cast.supervisor, &edition).await;
    for by in [&cast.centre, &cast.enterprise, &app.operator()] {
        assert_eq!(adopt(&app, by, &edition).await.problem(), "role-not-entitled");
    }
    adopt(&app, &cast.supervisor, &edition).await.accepted();
    assert_eq!(adopt(&app, &cast.supervisor, &edition).await.problem(), "state-forbids");
    // Not an edition, and one with a rule that this program doesn't know.
    let mut files = Editions::newest().files();
    files.insert("scoring.toml".into(), "x = 1".into());
    for bytes in [b"{}".to_vec(), Edition::pack(files.iter().map(|(name, text)| (&**name, &**text)))] {
        let id = DocumentId::from(gongshi::log::Hash::of(&bytes));
        let mut document = edition.document();
        (document.sha256, document.size) = (id, bytes.len() as u64);
        let request = app.client.put(format!("{}/v1/documents/{id}", app.base)).bearer_auth(app.token(&cast.centre));
        app.send(request.header("content-type", "application/json").body(bytes)).await;
        let act: Act = identity::Act::from(LawAdoption { edition: document, reason: "试".parse().unwrap() }).into();
        let refused = app.post(&cast.supervisor, "/v1/law/adoptions", &Stream::LOG, &act).await;
        assert_eq!(refused.problem(), "law-unknown");
    }
    must_hold(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_counts_from_the_edition_that_has_it() {
    let (app, cast) = on_the_eve(Engine::Sqlite).await;
    let stricter = edited(|name, text| match name {
        "windows.toml" => text.replacen("days = 3", "days = 5", 1),
        "edition.toml" => text.replace("2027-09\"", "stricter\""),
        _ => text,
    });
    upload(&app, &cast.supervisor, &stricter).await;
    adopt(&app, &cast.supervisor, &stricter).await.accepted();
    let refused = app.post(&cast.centre, "/v1/tenders", &stream("N-2"), &act(over_new_year(&cast))).await;
    assert_eq!((refused.problem(), refused.body["rule"]["id"].as_str()), ("window-too-short", Some("AW-WINDOW")));
    // The one that was disclosed under the older edition stands, for every auditor.
    must_hold(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_starts_again_reads_what_was_adopted() {
    let (app, cast) = on_the_eve(Engine::Sqlite).await;
    let edition = with_2027();
    upload(&app, &cast.supervisor, &edition).await;
    adopt(&app, &cast.supervisor, &edition).await.accepted();
    let app = app.restart().await;
    assert_eq!(window(&app, "N-1").await, ("2027-01-11T16:00:00.000Z".into(), false));
    app.post(&cast.centre, "/v1/tenders", &stream("N-2"), &act(over_new_year(&cast))).await.accepted();
    must_hold(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_that_is_not_there_is_a_finding() {
    let (app, cast) = on_the_eve(Engine::Sqlite).await;
    let edition = with_2027();
    upload(&app, &cast.supervisor, &edition).await;
    let adopted = adopt(&app, &cast.supervisor, &edition).await.accepted()["index"].as_u64().unwrap();
    app.post(&cast.centre, "/v1/tenders", &stream("N-2"), &act(over_new_year(&cast))).await.accepted();
    let copy = tempfile::tempdir().unwrap();
    export_log(&app.ledger.database, copy.path()).await.unwrap();
    let file = copy.path().join(format!("law/{}", edition.id));
    let bytes = std::fs::read(&file).unwrap();
    assert!(judge(copy.path()).holds());
    let unknown = |report: Report| {
        let found: Vec<_> = report.findings.iter().map(|finding| (finding.index, finding.reason)).collect();
        assert_eq!(found, [(Some(adopted), Reason::LawUnknown)], "{:?}", report.findings);
    };
    std::fs::remove_file(&file).unwrap();
    unknown(judge(copy.path()));
    // Another one in its place is not the one that was adopted.
    std::fs::write(&file, Editions::newest().bytes()).unwrap();
    unknown(judge(copy.path()));
    std::fs::write(&file, bytes).unwrap();
    assert!(judge(copy.path()).holds());
}

/// A batch names an edition twice: on PostgreSQL a statement may not touch a row twice.
#[tokio::test(flavor = "multi_thread")]
async fn law_is_adopted_there_and_back_and_there_again_in_one_batch() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let (app, cast) = on_the_eve(engine).await;
        let (next, first) = (with_2027(), Editions::newest());
        upload(&app, &cast.supervisor, &next).await;
        upload(&app, &cast.supervisor, &first).await;
        let mut underway = Vec::new();
        // The first is written at once, the others meanwhile wait and are one batch.
        for edition in [&next, &first, &next, &first, &next] {
            let record = app.ledger.sign(&cast.supervisor.key, &Stream::LOG, &adoption(edition));
            let admitted = app.ledger.admit(record, None).await.unwrap();
            underway.push(app.ledger.enqueue(admitted).await.unwrap());
        }
        for record in underway {
            app.ledger.outcome(record).await.unwrap();
        }
        assert_eq!(window(&app, "N-1").await, ("2027-01-11T16:00:00.000Z".into(), false));
        must_hold(&app).await;
    }
}

/// Logs that earlier programs kept, whole, as each wrote them on the day in its name; and how many entries they have.
const KEPT: &[(&str, u64)] = &[("2026-11-28", 222), ("2026-11-29", 337)];

/// An honest log verifies for ever.
#[test]
fn logs_of_earlier_programs_hold() {
    for (name, entries) in KEPT {
        let path = format!("{}/tests/kept/{name}.zip", env!("CARGO_MANIFEST_DIR"));
        let report = verify_bundle(Path::new(&path), None, &Editions::built_in()).unwrap().report;
        assert!(report.holds(), "{name}: {:?}", report.findings);
        assert_eq!(report.entries, *entries, "{name}");
    }
}

/// A log that began when there were no rules of evaluation, credit and access yet.
async fn what_the_law_is_silent_on_waits_for_an_edition_that_speaks(engine: Engine) {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual(START.parse().unwrap()));
    let first = NewLog { law: Arc::clone(&Editions::shipped()[0]), ..new_log(ORIGIN) };
    let url = engine.database(folder.path());
    let ledger = open_new(first, folder.path(), url, clock.clone(), None).await.unwrap();
    let app = App::serve(folder, ledger, clock, unlimited()).await;
    let cast = app.cast().await;
    app.post(&cast.centre, "/v1/tenders", &stream("N-1"), &act(fixture::preannouncement(&cast.centre)))
        .await
        .accepted();
    upload(&app, &cast.supervisor, &Editions::newest()).await;
    let whom = &cast.rival.id;
    let bar = access::Act::from(court_list(&app, &cast));
    let (path, on) = (format!("/v1/access/{whom}/bars"), Stream::of(&access::AccessId(whom.clone())));
    let silent = app.post(&cast.supervisor, &path, &on, &bar.clone().into()).await;
    assert_eq!((silent.status, silent.problem()), (409, "law-silent"), "{silent:?}");
    app.days_pass(2).await;
    assert_eq!(app.ledger.grade_due().await.unwrap(), 0);
    let credit = app.get(&format!("/v1/organisations/{whom}/credit")).await;
    assert_eq!(credit.problem(), "law-silent", "{credit:?}");
    let listed = app.get(&format!("/v1/law/{}", Editions::shipped()[0].id)).await.body;
    assert!(listed["rules"].as_array().unwrap().iter().all(|rule| rule["id"] != "CR-18"), "{listed}");
    must_hold(&app).await;

    adopt(&app, &cast.supervisor, &Editions::newest()).await.accepted();
    app.post(&cast.supervisor, &path, &on, &bar.into()).await.accepted();
    app.days_pass(1).await;
    assert_eq!(app.ledger.grade_due().await.unwrap(), 1);
    assert_eq!(app.get(&format!("/v1/organisations/{whom}/credit")).await.body["grade"], "D");
    // What has rules once keeps having some.
    let back = adopt(&app, &cast.supervisor, &Editions::shipped()[0]).await;
    assert_eq!((back.status, &back.body["errors"][0]["pointer"]), (422, &"/edition".into()), "{back:?}");
    must_hold(&app).await;
}

fn court_list(app: &App, cast: &Cast) -> Barring {
    let today = Day::from(app.now().shanghai_day());
    Barring {
        id: "b-1".parse().unwrap(),
        organisation: cast.rival.id.clone(),
        kind: "court-list".parse().unwrap(),
        name: "某公司".parse().unwrap(),
        authority: Some(Party { name: "某区人民法院".parse().unwrap(), id: None }),
        decision: Some("（2026）豫0105执1234号".parse().unwrap()),
        article: Some("法〔2016〕285号".parse().unwrap()),
        scope: Some(BarScope::default()),
        from: Some(today),
        to: Some(Day::from(app.now().plus_millis(90 * DAY).shanghai_day())),
        document: Some(Editions::newest().document()),
        regime: None,
        numbers_confirmed: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_law_is_silent_on_waits_for_an_edition_that_speaks_on_sqlite() {
    what_the_law_is_silent_on_waits_for_an_edition_that_speaks(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_law_is_silent_on_waits_for_an_edition_that_speaks_on_postgres() {
    what_the_law_is_silent_on_waits_for_an_edition_that_speaks(Engine::Postgres).await;
}
