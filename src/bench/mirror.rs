//! Mirroring over loopback, beside a plain download of the same files by the same client: what verifying costs.

use super::report::{Measurement, Reporter};
use crate::http::connection::{self, Doors};
use crate::ledger::Ledger;
use crate::log::{Resource, tiles_of_size};
use crate::mirror::{LogClient, Mirror, Trust, sync, write};
use crate::store::export_log;
use anyhow::ensure;
use futures::{StreamExt, TryStreamExt, stream};
use poem::http::{StatusCode, Uri};
use poem::web::Data;
use poem::{EndpointExt, Response, Route, get, handler};
use std::net::Ipv4Addr;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

const PARALLEL: NonZero<usize> = NonZero::new(16).expect("not zero");
/// Both take turns, so that neither has the quieter machine.
const RUNS: usize = 5;

pub(super) fn wanted(report: &Reporter<'_>) -> bool {
    report.wants("mirror") || report.wants("mirror_bytes")
}

/// Any static web server: one that only reads files.
#[handler]
async fn serve_file(folder: Data<&PathBuf>, uri: &Uri) -> Response {
    let path = folder.join(uri.path().trim_start_matches('/'));
    match tokio::fs::read(path).await {
        Ok(bytes) => bytes.into(),
        Err(_) => StatusCode::NOT_FOUND.into(),
    }
}

pub(super) async fn measure(ledger: &Ledger, folder: &Path, report: &mut Reporter<'_>) -> anyhow::Result<()> {
    let folder = folder.join("mirroring");
    let original = folder.join("original");
    let size = export_log(&ledger.database, &original).await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let files = Route::new().at("/*path", get(serve_file)).data(original).map_to_response();
    let server = tokio::spawn(connection::serve(listener, files, Doors::wide(), std::future::pending()));

    let (mut plain, mut mirrored, mut bytes) = (Vec::new(), Vec::new(), 0);
    for run in 0..RUNS {
        let target = folder.join(format!("plain-{run}"));
        let began = Instant::now();
        bytes = download(&LogClient::new(&url)?, size, &target).await?;
        plain.push(began.elapsed());

        let target = folder.join(format!("mirror-{run}"));
        let trust = Trust::new(vec![ledger.identity().checkpoint_keys[0].clone()], None)?;
        let began = Instant::now();
        let mut mirror = Mirror::open(LogClient::new(&url)?, trust, &target, PARALLEL)?;
        let step = mirror.step(|_, _| ()).await?;
        mirrored.push(began.elapsed());
        ensure!(step.checkpoint.size == size, "the mirror has {} of {size} entries", step.checkpoint.size);
    }
    server.abort();
    // Not before: a file system takes longer to make files where many were just deleted.
    std::fs::remove_dir_all(&folder)?;

    let rate = |amount: f64, times: &mut Vec<Duration>| {
        times.sort_unstable();
        amount / times[RUNS / 2].as_secs_f64()
    };
    let (records, megabytes) = (size as f64, bytes as f64 / 1e6);
    report.row(Measurement::new("mirror", rate(records, &mut mirrored), "/s").of(Some(rate(records, &mut plain))))?;
    let limit = rate(megabytes, &mut plain);
    report.row(Measurement::new("mirror_bytes", rate(megabytes, &mut mirrored), "MB/s").of(Some(limit)))
}

/// Fetches every file of the log and writes it as it comes, until all is on the disk; the bytes there were.
async fn download(client: &LogClient, size: u64, target: &Path) -> anyhow::Result<u64> {
    let tiles = tiles_of_size(size).into_iter().flat_map(|tile| {
        let entries = (tile.level == 0).then_some(Resource::Entries(tile));
        entries.into_iter().chain([Resource::Hashes(tile)])
    });
    let fetch = |resource: Resource| {
        let (client, path) = (client.clone(), target.join(format!("tile/{resource}")));
        let fetched = tokio::spawn(async move {
            let bytes = client.resource(resource).await?;
            let length = bytes.len() as u64;
            tokio::task::spawn_blocking(move || write(&path, &bytes)).await??;
            anyhow::Ok(length)
        });
        async { fetched.await? }
    };
    let files = stream::iter(tiles).map(fetch).buffer_unordered(PARALLEL.get());
    let bytes = files.try_fold(0, async |sum, length| Ok(sum + length)).await?;
    let note = client.checkpoint().await?;
    write(&target.join("checkpoint"), note.as_bytes())?;
    sync(target)?;
    Ok(bytes + note.len() as u64)
}
