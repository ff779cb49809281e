//! A word of two characters looked for among many tenders, with counts: row `search_bigrams`. The limit is a plain scan of the same texts
//! for the same words.

use super::Scale;
use super::place::{Folder, open_now};
use super::report::{Measurement, Reporter};
use crate::field::Instant as Moment;
use crate::search::projection::{Search, SearchFilters};
use crate::search::{SearchKind, SearchQuery, SearchRow, TextPart};
use crate::store::Value;
use std::time::{Duration, Instant};

const ROW: &str = "search_bigrams";
/// The same as milliseconds.
const ROW_MS: &str = "search_bigrams_ms";
/// What a search may take.
const LIMIT_MS: f64 = 10.0;
/// Things of the log, for each ten of its records.
const RECORDS_EACH: u64 = 10;
/// Things that are written at a time.
const THINGS_AT_A_TIME: u64 = 500;
const QUERIES: usize = 40;
/// Words that texts are made of, the earlier ones oftener.
pub(super) const WORDS: [&str; 24] = [
    "采购", "招标", "公告", "服务", "工程", "施工", "监理", "道路", "设备", "医院", "学校", "改造", "桥梁", "绿化",
    "软件", "检测", "消防", "电梯", "污水", "管网", "勘察", "物业", "保安", "食堂",
];
const CLAUSES: usize = 6;
const CLAUSE_WORDS: usize = 60;

/// A number that looks random, the same in every run.
pub(super) fn dice(seed: u64) -> usize {
    let mixed = (seed ^ (seed >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 33) as usize
}

fn text(seed: u64, words: usize) -> String {
    // The product of two of them makes the earlier words likelier.
    let word = |n: usize| {
        let seed = seed.wrapping_mul(1_000_003).wrapping_add(n as u64);
        WORDS[dice(seed) % WORDS.len() * (dice(seed ^ 0xabcd) % WORDS.len()) / WORDS.len()]
    };
    (0..words).map(word).collect()
}

pub(super) fn thing(id: u64) -> SearchRow {
    SearchRow {
        id,
        kind: SearchKind::Tender,
        key: format!("BENCH-{id}"),
        title: text(id * 31, 8),
        parts: (0..CLAUSES)
            .map(|n| TextPart::new(format!("clauses/{n}"), &text(id * 31 + n as u64 + 1, CLAUSE_WORDS)))
            .collect(),
        status: "announced",
        nature: Some(["works", "goods", "services"][dice(id) % 3]),
        method: Some("open"),
        region: Some(format!("41{:02}00", dice(id) % 18)),
        unit: None,
        deadline: None,
        opening: None,
        time: Moment::from_seconds(1_700_000_000 + id as i64 * 60),
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

pub(super) async fn measure(folder: &Folder, scale: Scale, report: &mut Reporter<'_>) -> anyhow::Result<()> {
    if !report.wants(ROW) && !report.wants(ROW_MS) {
        return Ok(());
    }
    let ledger = open_now(&folder.sqlite_url("search"), folder.path()).await?;
    let count = scale.start_records / RECORDS_EACH;
    let ids: Vec<u64> = (1..=count).map(|at| at * RECORDS_EACH).collect();
    for some in ids.chunks(THINGS_AT_A_TIME as usize) {
        let mut write = ledger.database.begin_write().await?;
        write
            .put_searched(some.iter().rev().map(|id| thing(*id)).map(|thing| (thing.values(), thing.words())).collect())
            .await?;
        write.commit().await?;
    }
    let (mut found, mut scanned) = (Vec::new(), Vec::new());
    for n in 0..QUERIES {
        let word = WORDS[n % WORDS.len()];
        let search = Search { query: SearchQuery::parse(word), filters: SearchFilters::default() };
        let began = Instant::now();
        let page = search.page(&ledger, None, 20).await?;
        let counted = search.counted(&ledger).await?;
        found.push(began.elapsed());
        let began = Instant::now();
        let sql = "SELECT COUNT(*) FROM searched WHERE title LIKE $1 OR body LIKE $1";
        let rows = ledger.database.read(sql, &[Value::from(format!("%{word}%"))]).await?;
        scanned.push(began.elapsed());
        let all = rows.first().map_or(Ok(0), |row| row.unsigned(0))?;
        anyhow::ensure!(counted.things == all || counted.is_cut, "{word}: {} of {all}", counted.things);
        anyhow::ensure!(page.things.len() as u64 == all.min(20), "{word}: {} things", page.things.len());
    }
    let (found, scanned) = (median(found).as_secs_f64(), median(scanned).as_secs_f64());
    report.row(Measurement::new(ROW, 1.0 / found, "/s").of(Some(1.0 / scanned)))?;
    report.row(Measurement::new(ROW_MS, found * 1e3, "ms").of(Some(LIMIT_MS)))?;
    ledger.database.close().await;
    Ok(())
}
