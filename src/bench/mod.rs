//! `gongshi bench`: what this machine can do at best, and how near the service comes to it.
//!
//! All rows of one run are measured on one machine, with the load generator on the same machine: first the limits
//! (signature checks, durable commits; that of an audit around each), then the log in process, over HTTP, read, audited and started. Rates are
//! counted over a fixed time after a warm-up; everything that is sent was signed before.

mod access;
mod append;
mod audit;
mod child;
mod commits;
mod cost;
mod credit;
mod deposits;
mod fixture;
mod ingest;
mod load;
mod mirror;
mod offline;
mod pages;
mod place;
mod postgres;
mod reads;
mod report;
mod search;
mod signatures;
mod start;
mod subscriptions;

pub use report::Measurement;

use child::Task;
use place::Folder;
use postgres::Postgres;
use report::Reporter;
use std::io::Write;
use std::time::Duration;

/// What to measure and how to say it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// One JSON object a line instead of a table.
    pub json: bool,
    /// Short runs: everything in some three minutes on two cores.
    pub quick: bool,
    /// Only rows whose name begins like this.
    pub only: Option<String>,
    /// `postgres://…` of a server to measure on; otherwise one is started and thrown away.
    pub postgres: Option<String>,
}

/// How long and how much.
#[derive(Debug, Clone, Copy)]
struct Scale {
    /// One rate in process.
    loop_time: Duration,
    /// One rate over HTTP, after the warm-up.
    http_time: Duration,
    warm_up: Duration,
    /// Records of the log that is appended in process and mirrored.
    records: u64,
    /// Records of the log that is audited and started from, and how the row calls it.
    start_records: u64,
    start_name: &'static str,
    /// Records of the log of some and of the log of many whose pages are read on PostgreSQL.
    postgres_page_records: [u64; 2],
}

impl Scale {
    const QUICK: Self = Self {
        loop_time: Duration::from_millis(700),
        http_time: Duration::from_millis(1500),
        warm_up: Duration::from_millis(250),
        records: 50_000,
        start_records: 100_000,
        start_name: "start_up_100k",
        // It takes longer to fill than SQLite; both have more than the 2,000 that lists and searches count.
        postgres_page_records: [2_500, 10_000],
    };
    const FULL: Self = Self {
        loop_time: Duration::from_secs(3),
        http_time: Duration::from_secs(6),
        warm_up: Duration::from_secs(1),
        records: 200_000,
        start_records: 1_000_000,
        start_name: "start_up_1m",
        postgres_page_records: [10_000, 1_000_000],
    };
}

/// Measures and writes one row after the other.
///
/// # Errors
/// Something that is measured fails, or `only` names nothing.
pub async fn run(options: Options, out: &mut impl Write) -> anyhow::Result<()> {
    match Task::asked() {
        Some(Task::Start { url, folder }) => return start::start_and_say(&url, &folder, out).await,
        Some(Task::Audit { copy, key }) => return audit::audit_and_say(&copy, &key, out),
        None => {}
    }
    let scale = if options.quick { Scale::QUICK } else { Scale::FULL };
    let mut report = Reporter::new(out, options.json, options.only.clone());
    let folder = Folder::create()?;

    let limits = signatures::measure(scale, &mut report).await?;
    commits::sqlite(&folder, scale, &mut report).await?;
    offline::measure(&folder, scale, &limits, &mut report).await?;
    ingest::sqlite(&folder, scale, &limits, &mut report).await?;

    cost::measure(&folder, scale, &mut report).await?;
    credit::measure(&folder, scale, &mut report).await?;
    access::measure(&folder, scale, &mut report).await?;
    search::measure(&folder, scale, &mut report).await?;
    pages::sqlite(&folder, scale, &mut report).await?;
    deposits::sqlite(&folder, scale, &mut report).await?;
    subscriptions::measure(&mut report)?;

    let on_postgres = ingest::wanted(&report, "postgres")
        || deposits::wanted_on_postgres(&report)
        || pages::wanted_on_postgres(&report);
    if report.wants("postgres_commit") || on_postgres {
        match Postgres::find(options.postgres.as_deref(), &folder).await {
            Ok(postgres) => {
                commits::postgres(&postgres, scale, &mut report).await?;
                ingest::postgres(&postgres, &folder, scale, &limits, &mut report).await?;
                deposits::postgres(&postgres, &folder, scale, &mut report).await?;
                pages::postgres(&postgres, &folder, scale, &mut report).await?;
                postgres.stop().await;
            }
            Err(reason) => report.skipped(
                "postgres_commit, http_ingest_postgres_*, deposit_hot_account_postgres*, page_*_postgres_*",
                &format!("{reason:#}"),
            )?,
        }
    }
    report.finish()
}
