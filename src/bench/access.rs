//! A hundred thousand codes checked over HTTP, in a long log with thousands of bars: rows `access_bulk_100k…`. The limit is the
//! bare look-up of the same keys along the same index.

use super::Scale;
use super::append::{append, fill};
use super::fixture::{Authors, register};
use super::ingest::Service;
use super::place::{Folder, open_now};
use super::report::{Measurement, Reporter};
use crate::access::{AccessId, Act, BarScope, Barring, bars_of};
use crate::act::{Acts, Stream};
use crate::field::{Day, DocumentRef, Line, OrganisationId, Party};
use crate::ledger::{Ledger, UncitedQuota};
use crate::log::Hash;
use crate::organisation::Role;
use crate::record::{Header, PrivateKey, Record};
use std::sync::Arc;
use std::time::{Duration, Instant};

const ROW: &str = "access_bulk_100k";
const CODES: usize = 100_000;
/// One in so many of them is barred.
const BARRED_EVERY: usize = 20;
/// What a hundred thousand codes may take.
const LIMIT_S: f64 = 2.0;
const RUNS: usize = 5;
const SUPERVISOR: &str = "XM-BENCH-BARRING";

pub(super) async fn measure(folder: &Folder, scale: Scale, report: &mut Reporter<'_>) -> anyhow::Result<()> {
    if !report.wants(ROW) && !report.wants(&format!("{ROW}_s")) {
        return Ok(());
    }
    let ledger = open_now(&folder.sqlite_url("access"), folder.path()).await?;
    let authors = Authors::admit(&ledger).await?;
    fill(&ledger, &authors, scale.start_records).await?;
    let codes: Vec<OrganisationId> =
        (0..CODES).map(|number| format!("XM-BENCH-FIRM{number:06}").parse()).collect::<Result<_, _>>()?;
    bar(&ledger, &codes).await?;
    let service = Service::start(Arc::clone(&ledger)).await?;

    let bare = median(async || {
        anyhow::ensure!(bars_of(&ledger.database, &codes).await?.len() == CODES / BARRED_EVERY);
        Ok(())
    });
    let bare = bare.await?;
    let (client, url) = (reqwest::Client::new(), format!("http://{}/v1/access/check", service.address));
    let body = codes.iter().map(OrganisationId::as_str).collect::<Vec<_>>().join("\n");
    let checked = median(async || {
        let request = client.post(&url).header("content-type", "text/plain").body(body.clone());
        let answer: serde_json::Value = serde_json::from_slice(&request.send().await?.bytes().await?)?;
        let barred = answer["barred"].as_array().map_or(0, Vec::len);
        anyhow::ensure!(barred == CODES / BARRED_EVERY, "{barred} are barred");
        Ok(())
    });
    let checked = checked.await?;
    let rate = |time: Duration| CODES as f64 / time.as_secs_f64();
    report.row(Measurement::new(ROW, rate(checked), "/s").of(Some(rate(bare))))?;
    report.row(Measurement::new(format!("{ROW}_s"), checked.as_secs_f64(), "s").of(Some(LIMIT_S)))?;
    service.stop().await?;
    ledger.database.close().await;
    Ok(())
}

async fn median(mut run: impl AsyncFnMut() -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let began = Instant::now();
        run().await?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    Ok(times[RUNS / 2])
}

/// Every twentieth of them is on a court's list.
async fn bar(ledger: &Arc<Ledger>, codes: &[OrganisationId]) -> anyhow::Result<()> {
    let key = PrivateKey::generate();
    register(ledger, &key, SUPERVISOR, Role::Supervisor, ledger.operator_key()).await?;
    let (bytes, now) = (bytes::Bytes::from_static(b"decision"), ledger.clock.now());
    let (sha256, size) = (Hash::of(&bytes).into(), bytes.len() as u64);
    let chunks = futures::stream::iter([Ok(bytes)]);
    ledger.keep_document(sha256, chunks, size, &SUPERVISOR.parse()?, UncitedQuota::NONE).await?;
    let fault = |fault| anyhow::anyhow!("{fault}");
    let line = |text: &str| text.parse::<Line<200>>().map_err(fault);
    let document = DocumentRef { sha256, size, media_type: crate::field::MediaType::Text, title: line("决定书")? };
    let records = codes.iter().step_by(BARRED_EVERY).map(|code| {
        let barring = Barring {
            id: "b-1".parse().map_err(fault)?,
            organisation: code.clone(),
            kind: "court-list".parse().map_err(fault)?,
            name: line(code.as_str())?,
            authority: Some(Party { name: line("某区人民法院")?, id: None }),
            decision: Some(line("（2026）某0105执1234号")?),
            article: Some("法〔2016〕285号".parse().map_err(fault)?),
            scope: Some(BarScope::default()),
            from: Some(Day::from(now.shanghai_day())),
            to: Some(Day::from(now.plus_millis(300 * 86_400_000).shanghai_day())),
            document: Some(document.clone()),
            regime: None,
            numbers_confirmed: None,
        };
        let (act, stream) = (Act::from(barring), Stream::of(&AccessId(code.clone())));
        let header = Header::new(key.key_id(), &ledger.origin(), act.kind(), stream.as_str(), now.seconds());
        Ok(Record::sign(&key, &header, &serde_json::to_vec(&act.to_value())?))
    });
    append(ledger, records.collect::<anyhow::Result<_>>()?).await
}
