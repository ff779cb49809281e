//! Money on deposits: postings a second through the whole path (signed, decided, sequenced, durable), and a page of a long
//! statement. The limit of the postings is a plain SQL ledger in the same run, which does none of that: so a ratio above 1 says
//! that the log costs less than what it takes the place of.

mod payees;
mod plain;
mod rate;

use super::Scale;
use super::fixture::Authors;
use super::ingest::Service;
use super::load::{Load, Requests, drive};
use super::place::{Folder, open_now};
use super::postgres::Postgres;
use super::report::{Measurement, Reporter};
use crate::ledger::Ledger;
use crate::record::Bearer;
use payees::{Payees, Receiving};
use plain::PlainLedger;
use rate::rate;
use std::sync::Arc;
use std::time::Duration;

/// Eight clients of one custody account on PostgreSQL, of a plain ledger with as many: wanted is twice that at least.
const HOT: &str = "deposit_hot_account_postgres";
/// One client alone.
const HOT_ONE: &str = "deposit_hot_account_postgres_1";
/// The eight of the one: more clients must not slow each other down, so wanted is 0.95 at least.
const HOT_SCALING: &str = "deposit_hot_account_postgres_8_of_1";
/// Eight clients of many payees' accounts on SQLite, of a plain ledger with as many accounts.
const SPREAD: &str = "deposit_spread_sqlite";
/// A page of the statement of an account with [`STATEMENT_POSTINGS`].
const PAGE: &str = "deposit_statement_page";

const CLIENTS: usize = 8;
/// Payees of the log whose accounts are many.
const MANY_PAYEES: usize = 16;
/// Deposits of each payee: receipts go to them in turn.
const DEPOSITS: usize = 64;
const STATEMENT_POSTINGS: usize = 100_000;
const STATEMENT_PAGES: usize = 200;
const PAGE_LIMIT_MS: f64 = 20.0;

pub(super) fn wanted_on_postgres(report: &Reporter<'_>) -> bool {
    [HOT, HOT_ONE, HOT_SCALING].iter().any(|row| report.wants(row))
}

pub(super) async fn postgres(
    server: &Postgres,
    folder: &Folder,
    scale: Scale,
    report: &mut Reporter<'_>,
) -> anyhow::Result<()> {
    if !wanted_on_postgres(report) {
        return Ok(());
    }
    let plain = PlainLedger::open(&server.new_schema("plain").await?, 1).await?;
    let (plain_one, plain_eight) = (plain.rate(1, scale).await?, plain.rate(CLIENTS, scale).await?);
    plain.close().await;
    let (ledger, payees) = payees(&server.new_schema("deposits").await?, folder, 1).await?;
    let one = posted(&ledger, &payees, 1, scale).await?;
    let eight = posted(&ledger, &payees, CLIENTS, scale).await?;
    report.row(Measurement::new(HOT, eight, "/s").of(Some(plain_eight)))?;
    report.row(Measurement::new(HOT_ONE, one, "/s").of(Some(plain_one)))?;
    report.row(Measurement::new(HOT_SCALING, eight, "/s").of(Some(one)))?;
    ledger.database.close().await;
    Ok(())
}

pub(super) async fn sqlite(folder: &Folder, scale: Scale, report: &mut Reporter<'_>) -> anyhow::Result<()> {
    if report.wants(SPREAD) {
        let plain = PlainLedger::open(&folder.sqlite_url("plain"), MANY_PAYEES).await?;
        let limit = plain.rate(CLIENTS, scale).await?;
        plain.close().await;
        let (ledger, payees) = payees(&folder.sqlite_url("deposits"), folder, MANY_PAYEES).await?;
        let rate = posted(&ledger, &payees, CLIENTS, scale).await?;
        report.row(Measurement::new(SPREAD, rate, "/s").of(Some(limit)))?;
        ledger.database.close().await;
    }
    if report.wants(PAGE) {
        let (ledger, payees) = payees(&folder.sqlite_url("statement"), folder, 1).await?;
        payees.receive(&ledger, STATEMENT_POSTINGS).await?;
        let page = page(&ledger, &payees).await?;
        report.row(Measurement::new(PAGE, page, "ms").of(Some(PAGE_LIMIT_MS)))?;
        ledger.database.close().await;
    }
    Ok(())
}

async fn payees(url: &str, folder: &Folder, count: usize) -> anyhow::Result<(Arc<Ledger>, Payees)> {
    let ledger = open_now(url, folder.path()).await?;
    let authors = Authors::admit(&ledger).await?;
    let payees = Payees::open(&ledger, &authors, count, DEPOSITS).await?;
    Ok((ledger, payees))
}

async fn posted(ledger: &Arc<Ledger>, payees: &Payees, clients: usize, scale: Scale) -> anyhow::Result<f64> {
    let time = scale.warm_up + scale.http_time;
    let clients = (0..clients).map(|_| Receiving::new(ledger, payees, clients, time));
    rate(clients.collect(), scale).await
}

/// The middle of the times that a page of the most lines takes its payee over HTTP, anywhere in the statement.
async fn page(ledger: &Arc<Ledger>, payees: &Payees) -> anyhow::Result<f64> {
    let (payee, key) = payees.first()?;
    let token = Bearer::issue(key, &ledger.origin(), ledger.clock.now());
    let (account, size) = (payees::CUSTODY, *ledger.size().borrow());
    let mut requests = Requests::default();
    for n in 0..STATEMENT_PAGES as u64 {
        // A prime step visits places all over the statement.
        let after = n * 7919 % size;
        let get = format!("GET /v1/deposits/{payee}/postings?account={account}&limit=500&after={after}.0 HTTP/1.1");
        requests.push(format!("{get}\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n").as_bytes());
    }
    let service = Service::start(Arc::clone(ledger)).await?;
    let load = Load { clients: 1, warm_up: Duration::ZERO, time: Duration::from_secs(60), status: 200 };
    let measured = drive(service.address, Arc::new(requests), load).await?;
    service.stop().await?;
    Ok(measured.p50_ms)
}
