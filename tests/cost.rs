//! What a cheap request costs: every public GET says what bounds it, however long the log is and whatever strangers wrote.

#![cfg(feature = "shell")]

#[path = "cost/gets.rs"]
mod gets;
#[path = "cost/lists.rs"]
mod lists;
mod support;

use gets::{GETS, pages_of_lists};
use gongshi::deposit::IS_PUBLIC;
use gongshi::organisation::Role;
use gongshi::record::Record;
use gongshi::search::projection::catch_up;
use gongshi::tender::Objection;
use lists::{fill_lists, lists_have_an_index_on_postgres, requests};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use support::fixture::{self, act, stream};
use support::{Actor, App, Cast};
use tracing::field::{Field, Visit};

/// The longest answer but for one thing that is longer by itself: a document, a tile of entries.
const ANSWER_BYTES_MAX: usize = 1 << 20;

#[test]
fn every_get_says_what_bounds_it() {
    let document = include_str!("../openapi/gongshi.yaml");
    let mut known = BTreeSet::new();
    let mut path = "";
    for line in document.lines() {
        if let Some(rest) = line.strip_prefix("  /") {
            path = &line[2..3 + rest.len() - 1];
        } else if line == "    get:" {
            known.insert(path);
        }
    }
    let routes = include_str!("../src/server/mod.rs");
    known.extend(routes.split(".at(\"").skip(1).filter_map(|rest| rest.split('"').next()));
    known.insert("/api");
    // Both languages have the same pages, and each costs what the views cost that it reads.
    let pages = include_str!("../src/page/mod.rs").split(".at(").skip(1);
    let pages = pages.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
    let pages: Vec<_> = pages
        .map(|path| match path {
            "/" => "/zh/".to_owned(),
            "/robots.txt" | "/sitemap.xml" => path.to_owned(),
            path => format!("/zh{path}"),
        })
        .chain(pages_of_lists())
        .collect();
    known.extend(pages.iter().map(String::as_str));
    known.insert("/");
    let listed: BTreeSet<&str> = GETS.iter().map(|(path, _)| *path).collect();
    assert_eq!(known.difference(&listed).collect::<Vec<_>>(), [&""; 0], "say in GETS what bounds them");
    assert_eq!(listed.difference(&known).collect::<Vec<_>>(), [&""; 0], "take them off GETS");
}

/// One test at a time: statements are heard of whoever in this process asks.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

async fn log_size(app: &App) -> u64 {
    app.get("/v1/log").await.body["size"].as_u64().unwrap()
}

async fn disclose(app: &App, cast: &Cast, code: &str) {
    let disclosed = act(fixture::preannouncement(&cast.centre));
    app.post(&cast.centre, "/v1/tenders", &stream(code), &disclosed).await.accepted();
}

/// Every statement that the store was asked for.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<BTreeSet<String>>>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Statements {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut seen = Words::default();
            event.record(&mut seen);
            let statement = if seen.statement.trim().is_empty() { seen.summary } else { seen.statement };
            self.0.lock().unwrap().insert(statement.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
}

#[derive(Default)]
struct Words {
    summary: String,
    statement: String,
}

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.statement),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// As many long objections as one enterprise may file, by several of them.
async fn flooded(app: &App, cast: &Cast, code: &str, enterprises: &[Actor]) {
    disclose(app, cast, code).await;
    for (at, enterprise) in enterprises.iter().enumerate() {
        let lines = (0..60).map(|n| {
            let objection = Objection {
                facts: "文".repeat(8000).parse().unwrap(),
                remedy: "字".repeat(1000).parse().unwrap(),
                ..fixture::objection(&format!("o-{at}-{n}"))
            };
            let act = act(objection);
            let payload = serde_json::to_vec(&act.to_value()).unwrap();
            Record::sign(&enterprise.key, &app.header(enterprise, &stream(code), act.kind()), &payload).to_json()
        });
        let body = lines.collect::<Vec<_>>().join("\n");
        let request =
            app.client.post(format!("{}/v1/records", app.base)).header("content-type", "application/x-ndjson");
        let answer = app.send(request.body(body)).await.body;
        let refused = answer.as_array().unwrap().iter().filter(|line| line.get("problem").is_some()).count();
        assert_eq!(refused, 10, "one enterprise files at most 50");
    }
}

/// Reading a whole table, or sorting what no index has in order, is what a plan may not say.
async fn plan(app: &App, statement: &str) -> Vec<String> {
    let rows = app.ledger.database.read_built(format!("EXPLAIN QUERY PLAN {statement}"), &[]).await.unwrap();
    let lines = rows.iter().map(|row| row.text(3).unwrap().to_owned());
    lines.collect()
}

/// Tables that are short by rule: one row, one a law edition.
const SHORT: [&str; 4] = ["SCAN law", "SCAN log_head", "SCAN cosigned", "SCAN search_head"];

/// The log's own stream, when it has grown, and those of organisations whose keys were not met yet: few entries by rule, and
/// remembered.
const REMEMBERED: &str = "WHERE stream IN (";

/// What the index of texts finds, the newest so many, which are then counted and sorted.
const FOUND: &str = "WHERE id IN (SELECT id FROM (SELECT -rowid AS id FROM searched_words";

/// The first rows of a list, so many, which are then counted by the values of its filters.
const LOOKED_AT: &str = ") AS looked GROUP BY ";

/// The newest record of each row's stream is looked up at the end of an index that covers it: for so many rows as a page has.
const NEWEST: [&str; 2] = ["COALESCE((SELECT idx FROM entries WHERE stream = ", " ORDER BY version DESC LIMIT 1), 0)"];

fn without_newest_records(statement: &str) -> String {
    let [begin, end] = NEWEST;
    let mut pieces = statement.split(begin);
    let first = pieces.next().unwrap_or_default();
    pieces.fold(first.to_owned(), |text, piece| text + piece.split_once(end).map_or(piece, |(_, rest)| rest))
}

fn is_dear(statement: &str, step: &str) -> bool {
    if statement.contains(LOOKED_AT) && statement.contains(" LIMIT ") {
        let of_list = statement.split(" AS fits FROM ").nth(1).unwrap_or(statement);
        let is_beginning = !of_list.contains(" WHERE ") && step.starts_with("SCAN ");
        let is_of_those = step == "SCAN looked" || step == "USE TEMP B-TREE FOR GROUP BY";
        return (step.starts_with("SCAN ") || step.contains("TEMP B-TREE")) && !is_beginning && !is_of_those;
    }
    if statement.contains(FOUND) && statement.contains(" LIMIT ") {
        let is_of_index =
            step.starts_with("SCAN searched_words VIRTUAL TABLE INDEX ") || step.starts_with("SCAN found");
        return step.starts_with("SCAN ") && !is_of_index;
    }
    if statement.contains(REMEMBERED) && step.contains("TEMP B-TREE") {
        return false;
    }
    // So many keys as are asked for.
    let is_short = SHORT.iter().any(|short| step.starts_with(short)) || step.ends_with("-ROW VALUES CLAUSE");
    // The beginning of an index, so many rows of it and no condition, is no scan.
    // Whether a deposit is public is looked up for each row by the key of its lot.
    let of_rows = without_newest_records(&statement.replace(IS_PUBLIC, ""));
    let is_beginning = of_rows.contains(" LIMIT ") && !of_rows.contains(" WHERE ");
    (step.starts_with("SCAN ") && !is_short && !is_beginning) || step.contains("TEMP B-TREE")
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_short_and_read_along_an_index() {
    let _alone = ALONE.lock().await;
    let app = App::start().await;
    let cast = app.cast().await;
    let third = app.admit("91410105MA0000023E", Role::Enterprise, &cast.supervisor).await;
    flooded(&app, &cast, "BIG", &[cast.enterprise.clone(), cast.rival.clone(), third]).await;
    fill_lists(&app).await;
    catch_up(&app.ledger).await.unwrap();
    let statements = Statements::default();
    let layer = tracing_subscriber::layer::SubscriberExt::with(tracing_subscriber::registry(), statements.clone());
    tracing::subscriber::set_global_default(layer).unwrap();
    let size = log_size(&app).await;
    for path in requests(&cast, size) {
        let answer = app.client.get(format!("{}{path}", app.base)).send().await.unwrap();
        assert!(answer.status() == 200 || answer.status() == 404, "{path}: {}", answer.status());
        let length = answer.bytes().await.unwrap().len();
        assert!(length <= ANSWER_BYTES_MAX, "{path}: {length} bytes");
    }
    for path in [format!("/v1/organisations/{}/indicators?limit=500", cast.centre.id), "/v1/indicators".to_owned()] {
        let answer = app.get_as(&cast.supervisor, &path).await;
        assert_eq!(answer.status, 200, "{path}");
        let found = ["items", "indicators"].map(|list| answer.body[list].as_array().map_or(0, Vec::len));
        assert!(found.iter().sum::<usize>() > 0, "{path}: {}", answer.body);
        let length = answer.body.to_string().len();
        assert!(length <= ANSWER_BYTES_MAX, "{path}: {length} bytes");
    }
    let asked: Vec<String> = statements.0.lock().unwrap().iter().cloned().collect();
    assert!(asked.len() > 40, "too few statements were heard: {asked:#?}");
    for statement in asked.iter().filter(|statement| statement.starts_with("SELECT")) {
        let plan = plan(&app, statement).await;
        assert!(!plan.iter().any(|step| is_dear(statement, step)), "{statement}\n{plan:#?}");
    }
    for dear in
        ["SELECT idx FROM entries WHERE version = 5 LIMIT 1", "SELECT idx FROM entries WHERE kind = 'x' ORDER BY time"]
    {
        assert!(plan(&app, dear).await.iter().any(|step| is_dear(dear, step)), "{dear}");
    }
    lists_have_an_index_on_postgres(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_counts_what_it_does_not_show_and_says_where_it_is() {
    let _alone = ALONE.lock().await;
    let app = App::start().await;
    let cast = app.cast().await;
    flooded(&app, &cast, "BIG", &[cast.enterprise.clone(), cast.rival.clone()]).await;
    let view = app.get("/v1/tenders/BIG").await.body;
    let length = |name: &str| view[name].as_array().unwrap().len() as u64;
    assert_eq!((length("objections"), &view["objection_count"]), (50, &100.into()));
    assert_eq!((length("lots"), &view["lot_count"], &view["disclosure_count"]), (1, &1.into(), &1.into()));
    assert!(length("records") < view["version"].as_u64().unwrap());
    assert_eq!(view["more"]["disclosures"], Value::Null);

    // Whoever follows the links has all of it, each once.
    let (mut ids, mut next) = (Vec::new(), String::new());
    loop {
        let list = view["more"]["objections"].as_str().unwrap();
        let page = app.get(&format!("{list}&limit=30{next}")).await.body;
        ids.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(after) = page["next"].as_str() else { break };
        next = format!("&after={after}");
    }
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!((ids.len(), distinct.len()), (100, 100));
    let mut versions: Vec<u64> =
        view["records"].as_array().unwrap().iter().map(|record| record["version"].as_u64().unwrap()).collect();
    let mut list = view["more"]["records"].as_str().unwrap().to_owned();
    loop {
        let page = app.get(&list).await.body;
        versions.extend(page["items"].as_array().unwrap().iter().map(|item| item["version"].as_u64().unwrap()));
        if page.get("more").is_none() {
            break;
        }
        list = format!("/v1/records?stream=tender/BIG&after={}", page["next"]);
    }
    assert_eq!(versions, (1..=101).collect::<Vec<_>>());

    // What is new since the view was folded is in it.
    app.days_pass(8).await;
    let later = app.get("/v1/tenders/BIG").await.body;
    assert_eq!((&later["status"], later["version"].as_u64()), (&"waiting".into(), app_version(&app).await));
    assert_eq!(app.get("/v1/tenders/NONE").await.status, 404);
    assert_eq!(app.get("/v1/tenders/NONE/lots").await.problem(), "tender-unknown");
}

async fn app_version(app: &App) -> Option<u64> {
    let newest = app.get(&format!("/v1/records?stream=tender/BIG&before={}&limit=1", i64::MAX)).await.body;
    newest["items"][0]["version"].as_u64()
}

/// A hundred who wait for something else are not a hundred searches for each record.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_something_else_is_told_from_memory() {
    let _alone = ALONE.lock().await;
    let app = App::start().await;
    let cast = app.cast().await;
    let head = log_size(&app).await - 1;
    let path = format!("{}/v1/records?after={head}&kind=tender.cleared&wait=20", app.base);
    let mut waiting: Vec<_> = (0..20).map(|_| tokio::spawn(app.client.get(&path).send())).collect();
    for n in 0..5 {
        disclose(&app, &cast, &format!("T-{n}")).await;
    }
    assert!(waiting.iter().all(|poll| !poll.is_finished()), "a poll was answered with nothing");
    app.days_pass(8).await;
    for poll in waiting.drain(..) {
        let body = poll.await.unwrap().unwrap().bytes().await.unwrap();
        let page: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(page["items"][0]["kind"], "tender.cleared", "{page}");
        assert!(page["next"].as_u64().unwrap() > head + 5);
    }
}
