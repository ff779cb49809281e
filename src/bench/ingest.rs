//! Accepted records a second over HTTP, on either engine.

use super::fixture::{Authors, Notice, PAYLOAD_BYTES};
use super::load::{Load, Requests, drive};
use super::place::{Folder, open_now};
use super::postgres::Postgres;
use super::report::{Measurement, Reporter};
use super::signatures::Limits;
use super::{Scale, reads};
use crate::http;
use crate::ledger::Ledger;
use crate::server::Server;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const CLIENTS: [usize; 4] = [1, 16, 64, 256];
/// More than this share of the single-core limit won't be accepted, so no more is signed in advance.
const SHARE_MAX: f64 = 0.7;
const REQUEST_BYTES: usize = PAYLOAD_BYTES + 768;

/// A running service whose only callers are ours.
pub(super) struct Service {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Service {
    pub async fn start(ledger: Arc<Ledger>) -> anyhow::Result<Self> {
        // All clients have one address and few keys, so the limits on callers would be what is measured.
        let limits = http::Limits { per_address: 0, per_key: 0, registrations: 0, ..http::Limits::default() };
        let server = Server::bind(ledger, (Ipv4Addr::LOCALHOST, 0).into(), limits).await?;
        let (stop, stopped) = oneshot::channel::<()>();
        let address = server.address();
        let task = tokio::spawn(server.serve(async move { drop(stopped.await) }));
        Ok(Self { address, stop, task })
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        let _ = self.stop.send(());
        Ok(self.task.await?)
    }
}

fn name(engine: &str, clients: usize) -> String {
    format!("http_ingest_{engine}_{clients}")
}

fn wants(report: &Reporter<'_>, engine: &str, clients: usize) -> bool {
    let name = name(engine, clients);
    ["", "_p50_ms", "_p99_ms"].iter().any(|end| report.wants(&format!("{name}{end}")))
}

pub(super) fn wanted(report: &Reporter<'_>, engine: &str) -> bool {
    CLIENTS.iter().any(|clients| wants(report, engine, *clients))
}

pub(super) async fn sqlite(
    folder: &Folder,
    scale: Scale,
    limits: &Limits,
    report: &mut Reporter<'_>,
) -> anyhow::Result<()> {
    let reads = reads::wanted(report);
    if !reads && !wanted(report, "sqlite") {
        return Ok(());
    }
    let ledger = open_now(&folder.sqlite_url("ingest"), folder.path()).await?;
    let authors = Authors::admit(&ledger).await?;
    let service = Service::start(Arc::clone(&ledger)).await?;
    ingest("sqlite", &service, &authors, scale, limits, report).await?;
    if reads {
        reads::measure(&service, &ledger, &authors, scale, report).await?;
    }
    service.stop().await?;
    ledger.database.close().await;
    Ok(())
}

pub(super) async fn postgres(
    server: &Postgres,
    folder: &Folder,
    scale: Scale,
    limits: &Limits,
    report: &mut Reporter<'_>,
) -> anyhow::Result<()> {
    if !wanted(report, "postgres") {
        return Ok(());
    }
    let ledger = open_now(&server.new_schema("ingest").await?, folder.path()).await?;
    let authors = Authors::admit(&ledger).await?;
    let service = Service::start(Arc::clone(&ledger)).await?;
    ingest("postgres", &service, &authors, scale, limits, report).await?;
    service.stop().await?;
    ledger.database.close().await;
    Ok(())
}

async fn ingest(
    engine: &str,
    service: &Service,
    authors: &Arc<Authors>,
    scale: Scale,
    limits: &Limits,
    report: &mut Reporter<'_>,
) -> anyhow::Result<()> {
    for clients in CLIENTS {
        if !wants(report, engine, clients) {
            continue;
        }
        let time = scale.warm_up + scale.http_time;
        let requests = sign(authors, clients, limits, time).await?;
        let load = Load { clients, warm_up: scale.warm_up, time: scale.http_time, status: 201 };
        let measured = drive(service.address, requests, load).await?;
        let name = name(engine, clients);
        report.row(Measurement::new(name.as_str(), measured.rate, "/s").of(Some(limits.single)))?;
        report.row(Measurement::new(format!("{name}_p50_ms"), measured.p50_ms, "ms"))?;
        report.row(Measurement::new(format!("{name}_p99_ms"), measured.p99_ms, "ms"))?;
    }
    Ok(())
}

/// Enough requests for the whole time, signed before it begins.
async fn sign(
    authors: &Arc<Authors>,
    clients: usize,
    limits: &Limits,
    time: Duration,
) -> anyhow::Result<Arc<Requests>> {
    // One client waits for the disk between any two records.
    let share = if clients == 1 { SHARE_MAX / 4.0 } else { SHARE_MAX };
    let count = (limits.single * share * time.as_secs_f64()) as u64;
    let authors = Arc::clone(authors);
    let requests = tokio::task::spawn_blocking(move || {
        let mut requests = Requests::default();
        for request in authors.sign_with(count, |notice| post(&notice)) {
            requests.push(&request);
        }
        requests
    });
    Ok(Arc::new(requests.await?))
}

fn post(notice: &Notice) -> Vec<u8> {
    let mut request = Vec::with_capacity(REQUEST_BYTES);
    let head = format!(
        "POST /v1/tenders HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-jws-signature: {}\r\ncontent-length: {}\r\n\r\n",
        notice.record.detached(),
        notice.payload.len()
    );
    request.extend_from_slice(head.as_bytes());
    request.extend_from_slice(notice.payload.as_bytes());
    request
}
