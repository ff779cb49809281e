//! An index of more things than PostgreSQL looks through for a few.

use super::search;
use super::support::{App, Engine};
use gongshi::search::{SearchKind, SearchRow, TextPart};

const LONG: u64 = 2_500;

fn one_of_many(id: u64) -> SearchRow {
    let rare = if id < 60 { "罕见" } else { "寻常" };
    SearchRow {
        id,
        kind: SearchKind::Tender,
        key: format!("T-{id}"),
        title: if id.is_multiple_of(3) { "道路工程".to_owned() } else { format!("桥梁{rare}") },
        parts: vec![TextPart::new("clauses/1", if id.is_multiple_of(700) { "道路百年" } else { rare })],
        status: "announced",
        nature: None,
        method: None,
        region: None,
        unit: None,
        deadline: None,
        opening: None,
        time: "2026-08-03T01:00:00.000Z".parse().unwrap(),
    }
}

/// What few have is found wherever in a long index it stands, the newest first, on as many pages as it takes.
async fn few_among_many(engine: Engine) {
    let app = App::start_on(engine).await;
    let mut write = app.ledger.database.begin_write().await.unwrap();
    let all: Vec<u64> = (1..=LONG).map(|at| at + 100_000).collect();
    let things = all.iter().rev().map(|id| SearchRow { id: *id, ..one_of_many(id - 100_000) });
    write.put_searched(things.map(|thing| (thing.values(), thing.words())).collect()).await.unwrap();
    write.commit().await.unwrap();
    let has = |query: &str, in_title: bool| {
        let fits = |at: &u64| {
            let thing = one_of_many(*at);
            let text = if in_title { thing.title } else { thing.title + "，" + &thing.parts[0].text };
            query.split(' ').all(|word| text.contains(word))
        };
        (1..=LONG).rev().filter(fits).collect::<Vec<_>>()
    };
    for (query, limit) in
        [("罕见", 7), ("道路", 50), ("罕见 桥梁", 20), ("百年", 2), ("百年", 20), ("罕见 百年", 3), ("道路 寻常", 50)]
    {
        let (search, mut after, mut seen) = (search(query), None, Vec::new());
        loop {
            let page = search.page(&app.ledger, after, limit).await.unwrap();
            seen.extend(page.things.iter().map(|thing| thing.id - 100_000));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let in_title = has(query, true);
        let behind = has(query, false).into_iter().filter(|at| !in_title.contains(at));
        assert_eq!(seen, in_title.iter().copied().chain(behind).collect::<Vec<_>>(), "{query}");
        let newest = search.newest(&app.ledger, 3).await.unwrap();
        let newest: Vec<u64> = newest.iter().map(|thing| thing.id - 100_000).collect();
        assert_eq!(newest, has(query, false).into_iter().take(3).collect::<Vec<_>>(), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn few_are_found_among_many_on_both_engines() {
    few_among_many(Engine::Sqlite).await;
    few_among_many(Engine::Postgres).await;
}
