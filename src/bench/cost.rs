//! What one GET costs the service in processor time, in a long log with a tender that was flooded: rows `get_cost_…`. What a
//! stranger may ask for must not cost more than asking.

use super::Scale;
use super::append::{append, fill};
use super::fixture::{Authors, code, objection, register};
use super::ingest::Service;
use super::load::{Load, Requests, drive};
use super::place::{Folder, open_now};
use super::report::{Measurement, Reporter};
use crate::act::Acts;
use crate::ledger::Ledger;
use crate::organisation::Role;
use crate::record::{Header, PrivateKey, Record};
use crate::tender;
use std::sync::Arc;
use std::time::Duration;

/// Milliseconds of processor for one GET: fifty of them fill a core for a second.
const LIMIT_MS: f64 = 20.0;
/// Times that each is asked for.
const TIMES: usize = 10;
/// Who floods a tender, each as much as it may.
const ENTERPRISES: usize = 60;
const OBJECTIONS_OF_ONE: usize = 50;

/// Names of rows, and what they ask for.
const GETS: &[(&str, &str)] = &[
    ("record", "/v1/records/5"),
    ("proof", "/v1/records/30000/proof"),
    ("records", "/v1/records?limit=500"),
    ("records_contested", "/v1/records?contested=true&limit=500"),
    ("records_of_kind", "/v1/records?kind=tender.cleared&limit=500"),
    ("records_of_author", "/v1/records?author=XM-BENCH-CENTRE1&limit=500"),
    ("records_of_author_and_kind", "/v1/records?author=XM-BENCH-CENTRE1&kind=tender.cleared"),
    ("records_of_stream_and_kind", "/v1/records?stream=tender/BENCH-2026-00000000&kind=tender.cleared"),
    ("tenders", "/v1/tenders?limit=500"),
    ("tenders_with_words", "/v1/tenders?q=zzz&limit=500"),
    ("tenders_of_region", "/v1/tenders?region=99"),
    ("tenders_of_status", "/v1/tenders?status=closed"),
    ("tenders_of_centre_and_nature", "/v1/tenders?centre=XM-BENCH-CENTRE1&nature=goods"),
    ("objections", "/v1/objections?limit=500"),
    ("objections_of_tender", "/v1/objections?tender=BENCH-2026-00000000&limit=500"),
    ("objections_of_status", "/v1/objections?status=ruled"),
    ("lots", "/v1/lots?status=awarded"),
    ("organisations", "/v1/organisations?q=zzz"),
    ("commitments", "/v1/commitments?status=lapsed"),
    ("access_bars", "/v1/access/bars?limit=500"),
    ("access", "/v1/organisations/XM-BENCH-CENTRE1/access"),
    ("tender", "/v1/tenders/BENCH-2026-00000000"),
    ("tender_lots", "/v1/tenders/BENCH-2026-00000000/lots"),
    ("organisation", "/v1/organisations/XM-BENCH-CENTRE1"),
    ("log", "/v1/log"),
    ("checkpoint", "/log/checkpoint"),
    ("tile", "/log/tile/0/000"),
    ("entries", "/log/tile/entries/000"),
];

fn name(get: &str) -> String {
    format!("get_cost_{get}")
}

pub(super) async fn measure(folder: &Folder, scale: Scale, report: &mut Reporter<'_>) -> anyhow::Result<()> {
    if !GETS.iter().any(|(get, _)| report.wants(&name(get))) {
        return Ok(());
    }
    let ledger = open_now(&folder.sqlite_url("cost"), folder.path()).await?;
    let authors = Authors::admit(&ledger).await?;
    fill(&ledger, &authors, scale.records).await?;
    flood(&ledger, &authors).await?;
    let service = Service::start(Arc::clone(&ledger)).await?;
    for (get, path) in GETS.iter().filter(|(get, _)| report.wants(&name(get))).copied().collect::<Vec<_>>() {
        // What is folded or cached once is not what strangers can ask for again and again.
        ask(&service, path, 1).await?;
        let before = processor_time();
        ask(&service, path, TIMES).await?;
        let each = (processor_time() - before).as_secs_f64() * 1000.0 / TIMES as f64;
        report.row(Measurement::new(name(get), each, "ms").of(Some(LIMIT_MS)))?;
    }
    service.stop().await?;
    ledger.database.close().await;
    Ok(())
}

/// The first tender gets as many long objections as so many enterprises may file.
async fn flood(ledger: &Arc<Ledger>, authors: &Authors) -> anyhow::Result<()> {
    let centre = authors.keys().next().ok_or_else(|| anyhow::anyhow!("no centre"))?;
    for enterprise in 0..ENTERPRISES {
        let key = PrivateKey::generate();
        register(ledger, &key, &format!("XM-BENCH-ENTERPRISE{enterprise}"), Role::Enterprise, centre).await?;
        let records = (0..OBJECTIONS_OF_ONE).map(|n| {
            let act = tender::Act::from(objection(&format!("o-{enterprise}-{n}"))?);
            let stream = format!("tender/{}", code(0));
            let header = Header::new(key.key_id(), &ledger.origin(), act.kind(), &stream, ledger.clock.now().seconds());
            Ok(Record::sign(&key, &header, &serde_json::to_vec(&act.to_value())?))
        });
        append(ledger, records.collect::<anyhow::Result<_>>()?).await?;
    }
    Ok(())
}

async fn ask(service: &Service, path: &str, times: usize) -> anyhow::Result<()> {
    let mut requests = Requests::default();
    for _ in 0..times {
        requests.push(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes());
    }
    let load = Load { clients: 1, warm_up: Duration::ZERO, time: Duration::from_secs(60), status: 200 };
    drive(service.address, Arc::new(requests), load).await.map(drop)
}

/// Of this process: the one who asks is in it, and takes a little.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), u32::try_from(time.tv_nsec).unwrap_or_default())
}
