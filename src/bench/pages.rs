//! How long a reader waits for a page, in a log of some records and in one of many: rows
//! `page_tender_…`, `page_list_…` and `page_search_…`, on PostgreSQL `page_tender_postgres_…`.

use super::Scale;
use super::append::fill;
use super::fixture::{Authors, code};
use super::ingest::Service;
use super::load::{Load, Requests, drive};
use super::place::{Folder, open_now};
use super::postgres::Postgres;
use super::report::{Measurement, Reporter};
use crate::http::encoded;
use crate::search::projection::catch_up_by;
use std::sync::Arc;

/// What a page may take, in milliseconds.
const LIMIT_MS: f64 = 10.0;
/// How much longer it may take in the log of many records.
const GROWTH: f64 = 1.5;
/// Records of the log of some on SQLite.
const SOME: u64 = 10_000;
/// Entries that the index takes in one transaction. As it follows a log that others write to, it takes 32, and ten minutes for a million.
const INDEXED_AT_A_TIME: u64 = 5_000;
/// Different pages that are asked for in turn.
const ASKED: u64 = 1_000;
/// Words of many tenders, and of their clauses.
const WORDS: [&str; 3] = ["道路", "综合评分", "二级 市政"];

/// A page, how its rows on SQLite begin, and its addresses in a log of so many records.
struct Page {
    name: &'static str,
    path: fn(u64) -> String,
}

const PAGES: [Page; 3] = [
    Page { name: "page_tender", path: |number| format!("/zh/tenders/{}", code(number)) },
    // With how many there are of each status and nature.
    Page { name: "page_list", path: |_| "/zh/tenders?nature=works&q=%E9%81%93%E8%B7%AF".to_owned() },
    Page { name: "page_search", path: search },
];

/// In turn one of the words that all have, and what only this tender is called.
fn search(number: u64) -> String {
    let words = match WORDS.get(number as usize % (WORDS.len() + 1)) {
        Some(words) => (*words).to_owned(),
        None => format!("第{number:08}号"),
    };
    format!("/zh/search?q={}", encoded(&words))
}

/// How many records the log of some and the log of many have, and where each is.
type PageLogs = [(u64, String); 2];

impl Page {
    fn milliseconds(&self, engine: &str) -> String {
        format!("{}{engine}_ms", self.name)
    }

    fn growth(&self, engine: &str) -> String {
        format!("{}{engine}_growth", self.name)
    }

    /// The time in the middle, in milliseconds.
    async fn median(&self, service: &Service, records: u64, scale: Scale) -> anyhow::Result<f64> {
        let mut requests = Requests::endless();
        // A prime step visits places all over the log.
        for path in (0..ASKED).map(|n| (self.path)(n * 7919 % records)) {
            requests.push(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes());
        }
        let load = Load { clients: 1, warm_up: scale.warm_up, time: scale.http_time, status: 200 };
        Ok(drive(service.address, Arc::new(requests), load).await?.p50_ms)
    }
}

/// What the names of rows on PostgreSQL have more.
const ON_POSTGRES: &str = "_postgres";

pub(super) fn wanted_on_postgres(report: &Reporter<'_>) -> bool {
    wanted(report, ON_POSTGRES)
}

fn wanted(report: &Reporter<'_>, engine: &str) -> bool {
    PAGES.iter().any(|page| report.wants(&page.milliseconds(engine)) || report.wants(&page.growth(engine)))
}

pub(super) async fn sqlite(folder: &Folder, scale: Scale, report: &mut Reporter<'_>) -> anyhow::Result<()> {
    let log = |records: u64| (records, folder.sqlite_url(&format!("pages-{records}")));
    measure("", [log(SOME), log(scale.start_records)], folder, scale, report).await
}

pub(super) async fn postgres(
    server: &Postgres,
    folder: &Folder,
    scale: Scale,
    report: &mut Reporter<'_>,
) -> anyhow::Result<()> {
    let [some, many] = scale.postgres_page_records;
    let logs = [(some, server.new_schema("pages_some").await?), (many, server.new_schema("pages_many").await?)];
    measure(ON_POSTGRES, logs, folder, scale, report).await
}

async fn measure(
    engine: &str,
    [some, many]: PageLogs,
    folder: &Folder,
    scale: Scale,
    report: &mut Reporter<'_>,
) -> anyhow::Result<()> {
    if !wanted(report, engine) {
        return Ok(());
    }
    let some = medians(some, folder, scale).await?;
    let many = medians(many, folder, scale).await?;
    for ((page, some), many) in PAGES.iter().zip(some).zip(many) {
        report.row(Measurement::new(page.milliseconds(engine), many, "ms").of(Some(LIMIT_MS)))?;
        report.row(Measurement::new(page.growth(engine), many / some, "×").of(Some(GROWTH)))?;
    }
    Ok(())
}

/// Of each page in a log of so many records, each a tender of its own, once the index of texts knows all of them.
async fn medians((records, url): (u64, String), folder: &Folder, scale: Scale) -> anyhow::Result<[f64; PAGES.len()]> {
    let ledger = open_now(&url, folder.path()).await?;
    let authors = Authors::admit(&ledger).await?;
    fill(&ledger, &authors, records).await?;
    let known = catch_up_by(&ledger, INDEXED_AT_A_TIME).await?;
    anyhow::ensure!(known > records, "the index knows {known} entries");
    ledger.database.settle_searched().await?;
    let service = Service::start(Arc::clone(&ledger)).await?;
    let mut medians = [0.0; PAGES.len()];
    for (page, median) in PAGES.iter().zip(&mut medians) {
        *median = page.median(&service, records, scale).await?;
    }
    service.stop().await?;
    ledger.database.close().await;
    Ok(medians)
}
