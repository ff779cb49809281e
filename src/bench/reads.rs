//! Reads a second over HTTP: a notice with its history, and the proof of a record.

use super::Scale;
use super::append::append;
use super::fixture::Authors;
use super::ingest::Service;
use super::load::{Load, Requests, drive};
use super::report::{Measurement, Reporter};
use crate::ledger::Ledger;
use std::sync::Arc;

const CLIENTS: usize = 64;
/// Different notices and records that are asked for in turn.
const READ: u64 = 5_000;

pub(super) fn wanted(report: &Reporter<'_>) -> bool {
    report.wants("notice_reads") || report.wants("proof_reads")
}

pub(super) async fn measure(
    service: &Service,
    ledger: &Arc<Ledger>,
    authors: &Arc<Authors>,
    scale: Scale,
    report: &mut Reporter<'_>,
) -> anyhow::Result<()> {
    let records = authors.sign(READ);
    let mut paths = Vec::with_capacity(records.len());
    for record in &records {
        paths.push(format!("/v1/tenders/{}", record.header()?.sub.trim_start_matches("tender/")));
    }
    append(ledger, records).await?;
    rate("notice_reads", paths, service, scale, report).await?;

    let size = *ledger.size().borrow();
    // A prime step visits places all over the log.
    let paths = (0..READ).map(|n| format!("/v1/records/{}/proof", n * 7919 % size)).collect();
    rate("proof_reads", paths, service, scale, report).await
}

async fn rate(
    name: &str,
    paths: Vec<String>,
    service: &Service,
    scale: Scale,
    report: &mut Reporter<'_>,
) -> anyhow::Result<()> {
    if !report.wants(name) {
        return Ok(());
    }
    let mut requests = Requests::endless();
    for path in paths {
        requests.push(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes());
    }
    let load = Load { clients: CLIENTS, warm_up: scale.warm_up, time: scale.http_time, status: 200 };
    let measured = drive(service.address, Arc::new(requests), load).await?;
    report.row(Measurement::new(name, measured.rate, "/s"))
}
