//! The index of texts: on both engines what stands in a text is found and nothing else, and nothing depends on how the index came
//! about.

mod many;

use super::support;
use super::support::dice::Dice;
use super::support::fixture::{self, act, stream};
use super::support::{App, Cast, DAY, Engine};
use gongshi::field::{Line, Prose};
use gongshi::search::projection::{
    Fit, FoundThing, Matcher, Search, SearchFilters, SearchedThing, ThingChange, catch_up, changes,
};
use gongshi::search::{FoldedText, SearchKind, SearchQuery, phrases_of, places_of, words_of};
use std::collections::BTreeMap;

const TENDERS: usize = 40;
const QUERIES: usize = 200;
/// Searches with filters.
const SEARCHES: usize = 100;
/// Few characters, so that many texts have the same pairs; traditional ones beside their simplified ones.
const CHARACTERS: [char; 12] = ['监', '監', '理', '采', '採', '购', '購', '路', '桥', '，', 'A', '7'];
/// All things of a log of these tests.
const ALL: usize = 500;

fn text(dice: &mut Dice, length: usize) -> String {
    let length = 2 + dice.below(length);
    std::iter::once('工').chain((0..length).map(|_| dice.pick(&CHARACTERS))).collect()
}

/// Tenders with long texts, each with an objection; the index is brought on in between.
async fn fill(app: &App, cast: &Cast, dice: &mut Dice) {
    for n in 0..TENDERS {
        let mut disclosed = fixture::preannouncement(&cast.centre);
        disclosed.title = Line::new(text(dice, 12)).unwrap();
        let clause = match dice.below(8) {
            // One pair more often than PostgreSQL keeps its places, and something behind it.
            0 => format!("{}{}", "采".repeat(600), text(dice, 300)),
            _ => text(dice, 1_200),
        };
        disclosed.clauses[0].text = Prose::new(clause).unwrap();
        let tender = stream(&format!("T-{n}"));
        app.post(&cast.centre, "/v1/tenders", &tender, &act(disclosed)).await.accepted();
        let mut objection = fixture::objection("o-1");
        objection.facts = Prose::new(text(dice, 300)).unwrap();
        let path = format!("/v1/tenders/T-{n}/objections");
        app.post(&cast.enterprise, &path, &tender, &act(objection)).await.accepted();
        if dice.percent(20) {
            catch_up(&app.ledger).await.unwrap();
        }
    }
}

fn search(query: &str) -> Search {
    Search { query: SearchQuery::parse(query), filters: SearchFilters::default() }
}

async fn found(app: &App, query: &str) -> Vec<FoundThing> {
    search(query).page(&app.ledger, None, ALL).await.unwrap().things
}

fn key(thing: &FoundThing) -> String {
    format!("{} {}", thing.kind.name(), thing.key)
}

async fn keys(app: &App, query: &str) -> Vec<String> {
    found(app, query).await.iter().map(key).collect()
}

/// Every text of each thing, as the table has them.
async fn texts(app: &App) -> Vec<(String, Vec<String>)> {
    let rows =
        app.ledger.database.read("SELECT kind, key, title, body FROM searched ORDER BY id DESC", &[]).await.unwrap();
    let texts = rows.iter().map(|row| {
        let body = row.text(3).unwrap().lines().map(|line| line.split_once('\t').unwrap().1);
        let texts = [row.text(2).unwrap(), row.text(1).unwrap()].into_iter().chain(body).map(str::to_owned);
        (format!("{} {}", row.text(0).unwrap(), row.text(1).unwrap()), texts.collect())
    });
    texts.collect()
}

/// A piece of a text, of letters alone half of the time, else of Han characters alone.
fn query_of(texts: &[(String, Vec<String>)], dice: &mut Dice) -> String {
    let (_, of_one) = dice.one_of(texts).unwrap();
    let source: Vec<char> = dice.one_of(of_one).unwrap().chars().collect();
    let start = dice.below(source.len().saturating_sub(8).max(1));
    let piece = source.iter().skip(start).take(2 + dice.below(7));
    if dice.percent(50) {
        piece.collect()
    } else {
        piece.filter(|letter| ('\u{4e00}'..'\u{a000}').contains(*letter)).collect()
    }
}

async fn finds_what_a_scan_finds(engine: Engine) -> Vec<Vec<String>> {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    let mut dice = Dice::new(27);
    fill(&app, &cast, &mut dice).await;
    assert_eq!(catch_up(&app.ledger).await.unwrap(), app.size());
    let texts = texts(&app).await;
    assert_eq!(keys(&app, "工").await.len(), 2 * TENDERS, "each title has it");
    let words: Vec<Vec<_>> =
        texts.iter().map(|(_, texts)| texts.iter().map(|text| words_of(&FoldedText::of(text))).collect()).collect();
    let folded = |title: &str| FoldedText::of(title).characters().iter().collect::<String>();
    let titles: Vec<String> = texts.iter().map(|(_, texts)| folded(&texts[0])).collect();
    let (mut answers, mut found_some) = (Vec::new(), 0);
    for _ in 0..QUERIES {
        let query = query_of(&texts, &mut dice);
        if query.chars().filter(|letter| letter.is_alphanumeric()).count() < 2 {
            continue;
        }
        let answer = keys(&app, &query).await;
        let parsed = SearchQuery::parse(&query);
        // A scan, with no index: each word stands in some text of the thing, a single character in its title.
        let has = |words: &[Vec<gongshi::search::Word>], title: &str| {
            parsed.phrases().iter().all(|phrase| {
                let single = phrase.len() == 1 && phrase[0].as_ref().is_some_and(|term| term.starts_with('\u{e001}'));
                let in_title = || phrase[0].as_ref().is_some_and(|term| title.contains(&term[3..]));
                if single { in_title() } else { words.iter().any(|text| places_of(text, phrase).next().is_some()) }
            })
        };
        let scanned = texts.iter().zip(&words).zip(&titles).filter(|((_, words), title)| has(words, title));
        let mut expected: Vec<_> = scanned.map(|(((key, _), _), _)| key.clone()).collect();
        let mut sorted = answer.clone();
        sorted.sort();
        expected.sort();
        assert_eq!(sorted, expected, "{query}");
        found_some += usize::from(!answer.is_empty());
        answers.push(answer);
    }
    assert!(found_some > QUERIES / 2, "{found_some} of {}", answers.len());
    let all = found(&app, "工").await;
    let mut write = app.ledger.database.begin_write().await.unwrap();
    write.forget_searched().await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(found(&app, "工").await, []);
    catch_up(&app.ledger).await.unwrap();
    assert_eq!(found(&app, "工").await, all, "made anew it is the same");
    assert_eq!(self::texts(&app).await, texts);
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_find_what_a_scan_finds() {
    let sqlite = finds_what_a_scan_finds(Engine::Sqlite).await;
    assert_eq!(sqlite, finds_what_a_scan_finds(Engine::Postgres).await);
}

/// Filters that some things of these tests pass.
fn filters(dice: &mut Dice, found: &FoundThing) -> SearchFilters {
    let mut filters = SearchFilters::default();
    let other = |dice: &mut Dice, value: &Option<String>, other: &str| {
        dice.percent(20).then(|| if dice.percent(80) { value.clone() } else { Some(other.into()) }).flatten()
    };
    filters.kind = dice.percent(20).then_some(found.kind);
    filters.status = other(dice, &Some(found.status.clone()), "closed");
    filters.nature = other(dice, &found.nature, "goods");
    filters.method = other(dice, &found.method, "inquiry");
    filters.region = other(dice, &found.region, "42");
    filters.region = filters.region.map(|region| region[..[2, 4, 6][dice.below(3)].min(region.len())].to_owned());
    filters.unit = other(dice, &found.unit, "1241010041580000XR");
    filters.year = dice.percent(10).then_some(2026);
    let day = |days: i64| Some(found.time.plus_millis(days * DAY).shanghai_day().into());
    filters.began_from = if dice.percent(20) { day(dice.below(3) as i64 - 1) } else { None };
    filters.began_to = if dice.percent(20) { day(dice.below(3) as i64 - 1) } else { None };
    filters
}

/// Asked of each thing as its last entry left it, a search finds in memory what the index finds; and what changed is the same in whatever
/// pieces it is asked for.
async fn memory_finds_what_the_index_finds(engine: Engine) {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    let mut dice = Dice::new(91);
    fill(&app, &cast, &mut dice).await;
    // Windows end, and tenders come into another state.
    app.days_pass(12).await;
    let size = catch_up(&app.ledger).await.unwrap();
    let all = changes(&app.ledger, 0, size).await.unwrap();
    let (mut pieces, mut from): (Vec<ThingChange>, u64) = (Vec::new(), 0);
    while from < size {
        let to = (from + 1 + dice.below(20) as u64).min(size);
        pieces.extend(changes(&app.ledger, from, to).await.unwrap());
        from = to;
    }
    assert_eq!(pieces, all);
    assert!(
        all.windows(2).all(|pair| pair[0].entry <= pair[1].entry) && all.iter().any(|change| change.before.is_some())
    );
    let last: BTreeMap<u64, SearchedThing> =
        all.iter().map(|change| (change.after.id, SearchedThing::of(&change.after))).collect();
    let texts = texts(&app).await;
    assert_eq!(last.len(), texts.len());
    let things = found(&app, "").await;
    let (mut found_some, mut found_not_all) = (0, 0);
    for _ in 0..SEARCHES {
        let query = if dice.percent(60) { query_of(&texts, &mut dice) } else { String::new() };
        let thing = dice.one_of(&things).unwrap();
        let search = Search { query: SearchQuery::parse(&query), filters: filters(&mut dice, thing) };
        let matcher = Matcher::of(&search);
        let in_memory: Vec<u64> = last.iter().filter(|(_, thing)| matcher.finds(thing)).map(|(id, _)| *id).collect();
        let mut indexed: Vec<u64> =
            search.page(&app.ledger, None, ALL).await.unwrap().things.iter().map(|thing| thing.id).collect();
        indexed.sort_unstable();
        assert_eq!(in_memory, indexed, "{search:?}");
        found_some += usize::from(!indexed.is_empty());
        found_not_all += usize::from(indexed.len() < last.len());
    }
    assert!(found_some > SEARCHES / 4 && found_not_all > SEARCHES / 2, "{found_some}, {found_not_all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_finds_what_the_index_finds_on_both_engines() {
    memory_finds_what_the_index_finds(Engine::Sqlite).await;
    memory_finds_what_the_index_finds(Engine::Postgres).await;
}

/// Every piece of at least two Han characters finds the text that it stands in.
async fn every_piece_is_found(engine: Engine) {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    let mut dice = Dice::new(5);
    fill(&app, &cast, &mut dice).await;
    catch_up(&app.ledger).await.unwrap();
    for (of, texts) in texts(&app).await.iter().take(30) {
        for text in texts {
            let runs =
                text.split(|letter| !('\u{4e00}'..'\u{a000}').contains(&letter)).filter(|run| run.chars().count() > 1);
            for run in runs.take(3) {
                let letters: Vec<char> = run.chars().collect();
                let first = dice.below(letters.len() - 1);
                let piece: String = letters[first..].iter().take(2 + dice.below(31)).collect();
                assert!(!phrases_of(&FoldedText::of(&piece)).is_empty());
                assert!(keys(&app, &piece).await.contains(of), "{piece} of {of}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_piece_is_found_on_both_engines() {
    every_piece_is_found(Engine::Sqlite).await;
    every_piece_is_found(Engine::Postgres).await;
}

/// One key.
fn only(key: &str) -> Vec<String> {
    vec![key.to_owned()]
}

async fn words_are_words(engine: Engine) {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    let mut disclosed = fixture::preannouncement(&cast.centre);
    for (code, title) in [
        ("ZB-2026-1", "道路監理"),
        ("ZB-2026-2", "道路监理服务"),
        ("ZB-2026-3", "桥梁 A座 检测"),
        ("ZB-2026-4", "桥梁A路7测绘"),
    ] {
        disclosed.title = Line::new(title).unwrap();
        app.post(&cast.centre, "/v1/tenders", &stream(code), &act(disclosed.clone())).await.accepted();
    }
    catch_up(&app.ledger).await.unwrap();
    let [first, second, third, fourth] = [1, 2, 3, 4].map(|n| format!("tender ZB-2026-{n}"));
    let both = [&first, &second].map(String::clone);
    assert_eq!(keys(&app, "道路监理").await, both, "the exact title before the newer one");
    assert_eq!(keys(&app, "監理 服务").await, only(&second));
    assert_eq!(keys(&app, "服务，道路").await, only(&second), "commas part words");
    assert_eq!(keys(&app, "A路7").await, only(&fourth));
    assert_eq!(keys(&app, "\"A，7\"").await, [""; 0], "a comma is no word");
    assert_eq!(keys(&app, "\"A，座检\"").await, [""; 0], "nor is it nothing");
    for code in ["ｚｂ－2026－3", "zb 2026 3", "ZB/2026/3"] {
        let found = found(&app, code).await;
        assert_eq!((found[0].fit, key(&found[0])), (Fit::Whole, third.clone()), "{code}");
    }
    assert_eq!(keys(&app, "检").await, only(&third), "one character, in titles");
    for query in ["a座检测", "\"A座 检测\"", "座检", "桥 检"] {
        assert_eq!(keys(&app, query).await, only(&third), "{query}");
    }
    for plain in [
        "NEAR(",
        "道路 OR 桥梁",
        "words : 道路",
        "title:道路",
        "^道路 -x",
        "道路*x",
        "\u{e001}道 桥梁",
        "\u{e002}kind\u{e002}tender",
    ] {
        assert_eq!(keys(&app, plain).await, [""; 0], "{plain:?}");
    }
    for nothing in ["\"", "*", "'", "' & !'", "\\", "\0", "\u{e000}", "%"] {
        assert_eq!(keys(&app, nothing).await, [""; 0], "{nothing:?}");
        assert!(search(nothing).nothing(&app.ledger).await.unwrap().is_no_word, "{nothing:?}");
    }
    assert_eq!(search("监理 飞机").nothing(&app.ledger).await.unwrap().words, ["飞机"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_words_on_both_engines() {
    words_are_words(Engine::Sqlite).await;
    words_are_words(Engine::Postgres).await;
}

/// Pages, filters and counts.
async fn pages_and_counts(engine: Engine) {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    let mut dice = Dice::new(3);
    fill(&app, &cast, &mut dice).await;
    catch_up(&app.ledger).await.unwrap();
    for query in ["工", "采购", "监理 路", ""] {
        let (search, mut after, mut seen) = (search(query), None, Vec::new());
        loop {
            let page = search.page(&app.ledger, after, 7).await.unwrap();
            assert!(page.things.len() <= 7);
            seen.extend(page.things);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, found(&app, query).await, "{query}");
        assert!(seen.is_sorted_by_key(|thing| (thing.fit, std::cmp::Reverse(thing.id))));
        let counted = search.counted(&app.ledger).await.unwrap();
        assert_eq!((counted.things, counted.is_cut), (seen.len() as u64, false));
        for (kind, count) in &counted.counts["kind"] {
            let kind: SearchKind = kind.parse().unwrap();
            let filtered =
                Search { filters: SearchFilters { kind: Some(kind), ..SearchFilters::default() }, ..search.clone() };
            let things = filtered.page(&app.ledger, None, ALL).await.unwrap().things;
            assert_eq!(things.len() as u64, *count);
            assert!(things.iter().all(|thing| thing.kind == kind));
            let beside = filtered.counted(&app.ledger).await.unwrap();
            assert_eq!(beside.counts["kind"], counted.counts["kind"], "what else there is, is counted too");
            assert_eq!(beside.things, *count);
        }
    }
    let all = found(&app, "工").await;
    let day = |days: i64| all[0].time.plus_millis(days * 86_400_000).shanghai_day().into();
    for (from, to, count) in
        [(Some(0), Some(0), all.len()), (Some(1), None, 0), (None, Some(-1), 0), (None, Some(0), all.len())]
    {
        let days = SearchFilters { began_from: from.map(day), began_to: to.map(day), ..SearchFilters::default() };
        let within = Search { filters: days, ..search("工") };
        assert_eq!(within.page(&app.ledger, None, ALL).await.unwrap().things.len(), count, "{from:?} {to:?}");
        assert_eq!(within.counted(&app.ledger).await.unwrap().things, count as u64);
        assert_eq!(within.newest(&app.ledger, ALL).await.unwrap().len(), count);
    }
    let region = SearchFilters { region: Some("41".into()), ..SearchFilters::default() };
    let regional = Search { filters: region, ..search("工") }.counted(&app.ledger).await.unwrap();
    assert!(regional.counts["region"].iter().all(|(region, _)| region.len() == 4 && region.starts_with("41")));
    let elsewhere = SearchFilters { region: Some("11".into()), ..SearchFilters::default() };
    let elsewhere = Search { filters: elsewhere, ..search("工") };
    assert_eq!(elsewhere.page(&app.ledger, None, ALL).await.unwrap().things, []);
    assert!(elsewhere.nothing(&app.ledger).await.unwrap().is_filtered);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_counts_on_both_engines() {
    pages_and_counts(Engine::Sqlite).await;
    pages_and_counts(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_is_shown_where_it_stands() {
    let app = App::start().await;
    let cast = app.cast().await;
    let mut disclosed = fixture::preannouncement(&cast.centre);
    disclosed.title = Line::new("道路 監理招标").unwrap();
    disclosed.clauses[0].text = Prose::new(format!("{}投标人须具备\n監理甲级资质。", "前".repeat(50))).unwrap();
    app.post(&cast.centre, "/v1/tenders", &stream("T-1"), &act(disclosed.clone())).await.accepted();
    catch_up(&app.ledger).await.unwrap();
    let found = found(&app, "道路监理 甲级").await;
    let [thing] = &found[..] else { panic!("{found:?}") };
    let shown = |text: &str, (first, length): (usize, usize)| text.chars().skip(first).take(length).collect::<String>();
    assert_eq!(thing.stretches.iter().map(|stretch| shown(&thing.title, *stretch)).collect::<Vec<_>>(), ["道路 監理"]);
    let single = &self::found(&app, "路 标").await[0];
    assert_eq!(single.stretches, [(1, 1), (6, 1)], "{}", single.title);
    let snippet = thing.snippet.as_ref().unwrap();
    assert_eq!(snippet.part, format!("clauses/{}", disclosed.clauses[0].id));
    assert_eq!(snippet.stretches.iter().map(|stretch| shown(&snippet.text, *stretch)).collect::<Vec<_>>(), ["甲级"]);
}

/// Over HTTP: the first page has counts, an empty one says why, and what is not known is refused.
#[tokio::test(flavor = "multi_thread")]
async fn the_api_answers_and_refuses() {
    let app = App::start().await;
    let cast = app.cast().await;
    let mut dice = Dice::new(11);
    fill(&app, &cast, &mut dice).await;
    let size = catch_up(&app.ledger).await.unwrap();
    let page = app.get("/v1/search?q=工&kind=tender&limit=15").await.body;
    assert_eq!((page["size"].as_u64().unwrap(), page["items"].as_array().unwrap().len()), (size, 15));
    assert_eq!(page["counts"]["things"], TENDERS);
    let counts: Vec<_> =
        page["counts"]["filters"].as_array().unwrap().iter().map(|of| of["filter"].as_str().unwrap()).collect();
    assert_eq!(counts, ["kind", "method", "nature", "region", "status", "year"]);
    let next = page["next"].as_str().unwrap();
    let second = app.get(&format!("/v1/search?q=工&kind=tender&limit=50&after={next}")).await.body;
    assert_eq!((second["items"].as_array().unwrap().len(), second["next"].is_null()), (TENDERS - 15, true));
    assert!(second["counts"].is_null() && second["nothing"].is_null());
    let code = second["items"][0]["key"].as_str().unwrap();
    let exact = app.get(&format!("/v1/search?q={code}")).await.body;
    assert_eq!((&exact["items"][0]["fit"], &exact["items"][0]["key"]), (&"whole".into(), &code.into()));
    let nothing = app.get("/v1/search?q=工%20飞机").await.body;
    assert_eq!(nothing["nothing"]["words"], serde_json::json!(["飞机"]));
    assert!(nothing["nothing"]["zh"].as_str().unwrap().contains("飞机"));
    for (asked, parameter) in [
        ("kind=bid", "kind"),
        ("status=lost", "status"),
        ("region=4", "region"),
        ("region=4x", "region"),
        ("year=12", "year"),
        ("limit=51", "limit"),
        ("after=text", "after"),
        ("after=text~99999999999999999999", "after"),
        ("query=x", "query"),
    ] {
        let refused = app.get(&format!("/v1/search?{asked}")).await;
        assert_eq!(refused.status, 400, "{asked}: {}", refused.body);
        assert!(refused.body.to_string().contains(parameter), "{asked}: {}", refused.body);
    }
    let csv = String::from_utf8(app.bytes("/v1/search.csv?q=工").await).unwrap();
    assert_eq!(csv.lines().count(), 1 + 2 * TENDERS, "{csv}");
    // Each line ends with the address of the page, in full.
    let pages = format!(",{}/zh/tenders/", app.base);
    assert_eq!(csv.lines().filter(|line| line.contains(&pages)).count(), 2 * TENDERS, "{csv}");
}
