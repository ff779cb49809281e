//! 统计: each number is as many as the list that it names, on both engines, of the demo, of what was lived through, and of anything.

mod rules;

use super::support::dice::Dice;
use super::support::fixture::{self, act, stream};
use super::support::{self, App, Engine, unlimited};
use gongshi::clock::Clock;
use gongshi::demo;
use gongshi::store::Value as Cell;
use serde_json::Value;
use std::collections::BTreeSet;

/// The present of the demo.
const PRESENT: &str = "2026-11-23T02:00:00.000Z";

async fn demo_on(engine: Engine) -> App {
    let present: gongshi::field::Instant = PRESENT.parse().unwrap();
    let clock = Clock::manual(present.plus_millis(-demo::DAYS_BACK * 86_400_000));
    let (folder, keys) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = App::start_by(clock.clone(), folder, engine, unlimited(), None).await;
    demo::fill(&app.ledger, &clock, present, keys.path()).await.unwrap();
    app
}

/// What an address answers once it has counted the whole log.
async fn counted(app: &App, path: &str) -> Value {
    let size = app.size();
    for _ in 0..200 {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        if answer.body["size"] == size {
            return answer.body;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{path} does not follow the log")
}

/// How many items a list has, on all of its pages.
async fn length(app: &App, list: &str) -> u64 {
    let (mut count, mut after) = (0, String::new());
    loop {
        let joint = if list.contains('?') { '&' } else { '?' };
        let page = app.get(&format!("{list}{joint}limit=500{after}")).await;
        assert_eq!(page.status, 200, "{list}: {}", page.body);
        count += page.body["items"].as_array().unwrap().len() as u64;
        let next = if list == "/v1/records" {
            page.body["more"].as_bool().and(Some(&page.body["next"]))
        } else {
            page.body.get("next")
        };
        match next {
            Some(Value::String(next)) => after = format!("&after={}", gongshi::http::encoded(next)),
            Some(Value::Number(next)) => after = format!("&after={next}"),
            _ => return count,
        }
    }
}

/// Numbers that are wrong, and how many lists were looked at.
#[derive(Default)]
struct Compared {
    seen: BTreeSet<String>,
    cases: u64,
}

impl Compared {
    async fn number(&mut self, app: &App, number: &Value) {
        let Some(list) = number["list"].as_str() else { return };
        let count = number["count"].as_u64().unwrap();
        if self.seen.insert(list.to_owned()) {
            assert_eq!(length(app, list).await, count, "{list}");
            self.cases += count;
        }
        if let Some(page) = number["page"].as_str() {
            assert_eq!(page.strip_prefix("/zh"), list.strip_prefix("/v1"));
        }
    }

    async fn group(&mut self, app: &App, group: &Value) {
        for figure in group["figures"].as_array().unwrap() {
            for part in ["met", "unmet", "unknown"] {
                self.number(app, &figure[part]).await;
            }
        }
    }

    async fn statistics(&mut self, app: &App, question: &str) -> Value {
        let view = counted(app, &format!("/v1/statistics?{question}")).await;
        self.group(app, &view["all"]).await;
        for group in view["groups"].as_array().unwrap() {
            self.group(app, group).await;
        }
        view
    }

    /// Everything, by everything, and each group of it.
    async fn all(&mut self, app: &App) {
        for by in ["year", "region", "unit"] {
            let view = self.statistics(app, &format!("by={by}")).await;
            for statistic in 0..view["about"].as_array().unwrap().len() {
                for part in ["met", "unmet", "unknown"] {
                    let of = |group: &Value| group["figures"][statistic][part]["count"].as_u64().unwrap();
                    let sum: u64 = view["groups"].as_array().unwrap().iter().map(of).sum();
                    assert_eq!(sum, of(&view["all"]), "{by} {statistic} {part}");
                }
            }
            for group in view["groups"].as_array().unwrap() {
                let Some(key) = group["key"].as_str() else { continue };
                match by {
                    "region" => self.statistics(app, &format!("by=region&region={key}")).await,
                    "unit" => self.statistics(app, &format!("by=year&unit={key}")).await,
                    _ => self.statistics(app, &format!("by=unit&from={key}-02-01&to={key}-10-31&region=41")).await,
                };
            }
        }
        for total in counted(app, "/v1/totals").await["items"].as_array().unwrap() {
            let (list, count) = (total["list"].as_str().unwrap(), total["count"].as_u64().unwrap());
            assert_eq!(length(app, list).await, count, "{list}");
        }
        let refunds = counted(app, "/v1/deposits/refunds").await;
        for payee in refunds["items"].as_array().unwrap().iter().chain([&refunds["all"]]) {
            for number in ["in_time", "late", "overdue", "running", "not_due", "nothing"] {
                self.number(app, &payee[number]).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_the_demo_are_those_of_their_lists() {
    let mut answers = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = demo_on(engine).await;
        let mut compared = Compared::default();
        compared.all(&app).await;
        assert!(compared.seen.len() > 60 && compared.cases > 100, "{} {}", compared.seen.len(), compared.cases);
        let file = app.get("/v1/statistics.csv?by=region&region=41").await;
        let view = counted(&app, "/v1/statistics?by=region&region=41").await;
        let (lines, groups) = (file.body.as_str().unwrap().lines().count(), view["groups"].as_array().unwrap().len());
        assert_eq!(lines, 1 + groups * view["about"].as_array().unwrap().len());
        answers.push(view["groups"].clone());
    }
    assert_eq!(answers[0], answers[1], "both engines count the same");
}

const REGIONS: [&str; 5] = ["410105", "410300", "420581", "110000", ""];
const UNITS: [Option<&str>; 4] =
    [Some("12410100MB1D56789Y"), Some("91410100MA0000015B"), Some("91410105MA0000023E"), None];
/// The last milliseconds of a year in Shanghai, and the first of the next, among other times.
const TIMES: [i64; 6] =
    [1_767_196_799_999, 1_767_196_800_000, 1_770_000_000_000, 1_735_660_799_999, 1_735_660_800_000, 1_750_000_000_000];

/// Rows of anything that the tables may hold.
async fn fill(app: &App, dice: &mut Dice, n: usize) {
    let mut write = app.ledger.database.begin_write().await.unwrap();
    let text = |text: &str| Cell::from(text);
    let code = format!("T-{n}");
    let (region, unit, time) = (dice.pick(&REGIONS), dice.pick(&UNITS), Cell::Integer(dice.pick(&TIMES)));
    // A statement of our own can't tell PostgreSQL of what type a NULL is.
    let unit = text(unit.unwrap_or_default());
    let status = dice.pick(&["preannounced", "announced", "closed", "waiting"]);
    let sql = "INSERT INTO tenders (code, title, status, nature, region, centre, unit, unit_name, first_time, last_time, version) \
               VALUES ($1, 'x', $2, 'works', $3, 'x', NULLIF($4, ''), 'x', $5, 1, 1)";
    write.read(sql, &[text(&code), text(status), text(region), unit.clone(), time.clone()]).await.unwrap();
    for lot in 0..dice.below(4) {
        let sql = "INSERT INTO lots (tender, id, title, status, region, unit, published, awards, candidates, open_challenges, \
                   bidding, opening, challenges_in_time, challenges_late, challenges_running) \
                   VALUES ($1, $2, 'x', 'opened', $3, NULLIF($4, ''), $5, '[]', 1, 1, $6, $7, $8, $9, 1)";
        let bidding = dice.pick(&["single", "several", "nobody", "unknown"]);
        let opening = dice.pick(&["in_time", "late", "unknown"]);
        let row = [
            text(&code),
            text(&lot.to_string()),
            text(region),
            unit.clone(),
            time.clone(),
            text(bidding),
            text(opening),
            Cell::Integer(dice.below(3) as i64),
            Cell::Integer(dice.below(3) as i64),
        ];
        write.read(sql, &row).await.unwrap();
    }
    for objection in 0..dice.below(4) {
        let sql = "INSERT INTO objections (tender, id, objector, status, centre, region, filed, unit, result, answered) \
                   VALUES ($1, $2, 'x', 'filed', 'x', $3, $4, NULLIF($5, ''), $6, $7)";
        let filed = Cell::Integer(dice.pick(&TIMES));
        let (result, answered) = (dice.pick(&["upheld", "rejected", "open"]), dice.pick(&["in_time", "late", "open"]));
        let row = [
            text(&code),
            text(&objection.to_string()),
            text(region),
            filed,
            unit.clone(),
            text(result),
            text(answered),
        ];
        write.read(sql, &row).await.unwrap();
    }
    if let Some(payee) = dice.pick(&UNITS) {
        let sql = "INSERT INTO deposits (book, id, entry, scheme, kind, tender, currency, status, pay_by, clock_day, due_provisional, \
                   last_entry, required, shortfall, guaranteed, available, held, excess, refund_payable, disputed, refunded, \
                   interest_paid, refund) VALUES ($1, $2, $3, 'x', 'x', NULLIF($4, ''), 'CNY', $5, '2026-08-01', NULLIF($6, ''), 0, 1, 0, 0, 1, 0, 0, 0, \
                   0, 0, 0, 0, $7)";
        let day = dice.pick(&["2025-12-31", "2026-01-01", ""]);
        let timing = dice.pick(&["in_time", "late", "running", "not_due", "nothing"]);
        let status = dice.pick(&["closed", "overdue", "refund_due"]);
        let tender = if dice.percent(80) { &*code } else { "" };
        let id = format!("d-{n}");
        let row = [
            text(payee),
            text(&id),
            Cell::Integer(1_000 + n as i64),
            text(tender),
            text(status),
            text(day),
            text(timing),
        ];
        write.read(sql, &row).await.unwrap();
    }
    write.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_anything_are_those_of_their_lists() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = App::start_on(engine).await;
        let mut dice = Dice::new(29);
        for n in 0..120 {
            fill(&app, &mut dice, n).await;
        }
        let mut compared = Compared::default();
        compared.all(&app).await;
        assert!(compared.seen.len() > 200 && compared.cases > 1_000, "{} {}", compared.seen.len(), compared.cases);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_late_stays_late_and_what_is_not_known_is_no_zero() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = App::start_on(engine).await;
        let cast = app.cast().await;
        let disclosed = act(fixture::preannouncement(&cast.centre));
        app.post(&cast.centre, "/v1/tenders", &stream("T-1"), &disclosed).await.accepted();
        for id in ["o-1", "o-2"] {
            let objection = act(fixture::objection(id));
            app.post(&cast.enterprise, "/v1/tenders/T-1/objections", &stream("T-1"), &objection).await.accepted();
        }
        let part = |view: &Value, statistic: &str, part: &str| {
            let mut figures = view["all"]["figures"].as_array().unwrap().iter();
            let figure = figures.find(|figure| figure["statistic"] == statistic).unwrap();
            assert_eq!(figure.get("share_ppm"), None, "there are few");
            figure[part]["count"].as_u64().unwrap()
        };
        let view = counted(&app, "/v1/statistics").await;
        let answered = ["met", "unmet", "unknown"].map(|of| part(&view, "objections_answered", of));
        assert_eq!(answered, [0, 0, 2], "nothing is known yet");
        answer(&app, &cast, "o-1", "accepted").await;
        app.days_pass(30).await;
        let view = counted(&app, "/v1/statistics").await;
        let answered = ["met", "unmet", "unknown"].map(|of| part(&view, "objections_answered", of));
        assert_eq!(answered, [1, 1, 0], "the other one is late without an answer");
        answer(&app, &cast, "o-2", "rejected").await;
        let view = counted(&app, "/v1/statistics").await;
        let answered = ["met", "unmet", "unknown"].map(|of| part(&view, "objections_answered", of));
        let upheld = ["met", "unmet", "unknown"].map(|of| part(&view, "objections_upheld", of));
        assert_eq!((answered, upheld), ([1, 1, 0], [1, 1, 0]), "and stays so with one");
        assert_eq!(part(&view, "single_bids", "unmet") + part(&view, "single_bids", "unknown"), 0, "no lot was opened");
        let late = app.get("/v1/objections?answered=late").await.body;
        assert_eq!((&late["items"][0]["id"], late["items"].as_array().unwrap().len()), (&"o-2".into(), 1));
        Compared::default().all(&app).await;
    }
}

async fn answer(app: &App, cast: &support::Cast, objection: &str, outcome: &str) {
    let payload = serde_json::json!({"objection": objection, "outcome": outcome, "reasons": "理由如下"});
    let answer: gongshi::tender::ObjectionAnswer = serde_json::from_value(payload).unwrap();
    app.post(&cast.centre, "/v1/tenders/T-1/objection-answers", &stream("T-1"), &act(answer)).await.accepted();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_wrongly_is_refused_with_what_may_be_asked() {
    let app = App::start().await;
    for wrong in [
        "by=month",
        "region=zz",
        "region=4101051",
        "region=",
        "unit=x",
        "from=2026",
        "to=2026-02-30",
        "limit=0",
        "limit=101",
        "year=2026",
        "after=x",
    ] {
        let answer = app.get(&format!("/v1/statistics?{wrong}")).await;
        assert_eq!((answer.status, answer.problem()), (400, "bad-parameter"), "{wrong}");
        let (file, page) = (app.get(&format!("/v1/statistics.csv?{wrong}")).await, format!("/zh/statistics?{wrong}"));
        assert_eq!(file.status, 400, "{wrong}");
        // A form sends the fields that were left empty.
        let is_left_empty = wrong == "region=";
        assert_eq!(app.get(&page).await.status, if is_left_empty { 200 } else { 400 }, "{wrong}");
    }
    // Behind the end there is nothing, and an empty log has no shares.
    let view = app.get("/v1/statistics?after=99&by=unit").await;
    assert_eq!((view.status, &view.body["groups"]), (200, &serde_json::json!([])));
    assert_eq!(app.get("/v1/deposits/refunds?payee=91410100MA0000015B").await.body["items"], serde_json::json!([]));
}

/// Lists, each with what is asked of it: how many of them have a value is told beside the value.
const COUNTED: [&str; 19] = [
    "/v1/tenders?",
    "/v1/tenders?status=closed",
    "/v1/tenders?nature=works&region=41",
    "/v1/tenders?status=announced&nature=services&order=oldest",
    "/v1/tenders?q=采购&estimate_min=100000000",
    "/v1/lots?",
    "/v1/lots?bidding=several&status=accepted",
    "/v1/lots?opening=in_time&nature=goods",
    "/v1/objections?",
    "/v1/objections?result=upheld",
    "/v1/objections?answered=in_time&region=41",
    "/v1/organisations?",
    "/v1/organisations?role=enterprise",
    "/v1/organisations?status=pending",
    "/v1/commitments?",
    "/v1/evaluations?status=concluded",
    "/v1/deposits?refund=in_time",
    "/v1/documents?",
    "/v1/documents?source=commitment",
];

/// A question with one value set otherwise.
fn otherwise(question: &str, name: &str, value: &str) -> String {
    let (path, asked) = question.split_once('?').unwrap();
    let others = asked.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with(&format!("{name}=")));
    let pairs = others.map(str::to_owned).chain([format!("{name}={}", gongshi::http::encoded(value))]);
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_value_of_a_filter_has_as_many_as_the_list_shows() {
    let mut told = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = demo_on(engine).await;
        let (mut lists, mut all) = (BTreeSet::new(), Vec::new());
        for question in COUNTED {
            let page = app.get(&format!("{question}&counts=true&limit=1").replace("?&", "?")).await;
            assert_eq!(page.status, 200, "{question}: {}", page.body);
            let counts = &page.body["counts"];
            assert_eq!(counts["more"], false, "{question}");
            for filter in counts["filters"].as_array().unwrap() {
                let name = filter["filter"].as_str().unwrap();
                for value in filter["values"].as_array().unwrap() {
                    let list = otherwise(question, name, value["value"].as_str().unwrap());
                    assert_eq!(length(&app, &list).await, value["count"].as_u64().unwrap(), "{list}");
                    lists.insert(list);
                }
            }
            // A value that is asked for and not told is one that nothing has.
            for (name, value) in question.split(['?', '&']).filter_map(|pair| pair.split_once('=')) {
                let Some(filter) = counts["filters"].as_array().unwrap().iter().find(|of| of["filter"] == name) else {
                    continue;
                };
                let is_told = filter["values"].as_array().unwrap().iter().any(|told| told["value"] == value);
                assert_eq!(is_told, length(&app, question).await > 0, "{question}: {name}");
            }
            all.push(counts.clone());
        }
        assert!(lists.len() > 60, "{}", lists.len());
        assert!(app.get("/v1/tenders").await.body.get("counts").is_none(), "it is not counted unless asked for");
        told.push(all);
    }
    assert_eq!(told[0], told[1], "both engines count the same");
}
