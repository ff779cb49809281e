//! What must hold after any run: live state = replay = audit = bundle, and nothing that was acknowledged is lost.

use super::fault::{Fault, fault};
use super::home::folder;
use super::oracle::Oracle;
use super::run::Run;
use super::seam;
use gongshi::audit::{Finding, Reason, Report};
use gongshi::bundle::Scope;
use gongshi::deposit::{DepositBook, DepositBookId};
use gongshi::field::Instant;
use gongshi::http::Limits;
use gongshi::ledger::Ledger;
use gongshi::server::Server;
use gongshi::store::{Pools, export_log};
use gongshi::world::Stream;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Every record for which somebody has a receipt stands where the receipt says, byte for byte.
pub fn nothing_lost(run: &Run) -> Result<(), Fault> {
    for known in &run.acknowledged {
        let found = run.oracle.entries.get(known.index);
        if found.is_none_or(|entry| (entry.hash, entry.digest) != (known.hash, known.digest)) {
            let size = run.oracle.size();
            return Err(fault("lost", format!("entry {} was acknowledged; the log has {size}", known.index)));
        }
    }
    Ok(())
}

/// Once the service has done what is due, nothing is, unless its key or its clock forbids it to act.
pub fn nothing_is_due(run: &Run, now: Instant) -> Result<(), Fault> {
    let world = &run.oracle.world;
    let service = seam::log(world).and_then(|log| log.service_key(&run.service));
    let able = service.is_some_and(|key| key.is_valid(now));
    if !able || now < run.oracle.last_time {
        return Ok(());
    }
    for stream in streams(run)? {
        if let Some(act) = seam::due(world, &stream, now) {
            return Err(fault("due", format!("{} on {stream} is still due", act.kind())));
        }
        if let Some(id) = stream.id() {
            let graded = seam::due_grade(world, &id, now);
            let day = graded.map(|graded| graded.day);
            day.map_or(Ok(()), |day| Err(fault("due", format!("a grade of {id} for {day} is still due"))))?;
        }
    }
    for stream in run.oracle.owed() {
        if let Some(act) = seam::owed(world, &stream) {
            return Err(fault("due", format!("{} on {stream} is still owed", act.kind())));
        }
    }
    Ok(())
}

fn streams(run: &Run) -> Result<Vec<Stream>, Fault> {
    run.oracle
        .streams
        .iter()
        .map(|sub| sub.parse().map_err(|e: gongshi::problem::Refusal| fault("stream", e)))
        .collect()
}

/// Everything that can be compared.
pub async fn everything(run: &mut Run, at_the_end: bool) -> Result<(), Fault> {
    let ledger = Arc::clone(&run.writers[run.writers.len() - 1]);
    nothing_lost(run)?;
    books_hold(run)?;
    states(run, &ledger).await?;
    replayed(&ledger).await?;
    let copies = folder()?;
    audited(run, &ledger, copies.path()).await?;
    bundled(run, &ledger, copies.path(), at_the_end).await?;
    if !at_the_end {
        return Ok(());
    }
    run.publish(false).await?;
    published(run)?;
    views(run, &ledger).await
}

/// Every book of deposits keeps what it always keeps.
fn books_hold(run: &Run) -> Result<(), Fault> {
    for id in streams(run)?.iter().filter_map(Stream::id::<DepositBookId>) {
        let broken = seam::deposits(&run.oracle.world, &id.0).map(DepositBook::check).unwrap_or_default();
        if let Some(broken) = broken.first() {
            return Err(fault("books", format!("{id}: {broken}")));
        }
    }
    Ok(())
}

async fn states(run: &Run, ledger: &Ledger) -> Result<(), Fault> {
    let folded = seam::states(ledger, &streams(run)?).await.map_err(|e| fault("states", e))?;
    for sub in &run.oracle.streams {
        let (expected, found) = (seam::shown(&run.oracle.world, sub), seam::shown(&folded, sub));
        if expected != found {
            return Err(fault("states", format!("{sub}: {}", difference(&expected, &found))));
        }
    }
    Ok(())
}

/// The first line that differs.
fn difference(expected: &str, found: &str) -> String {
    let lines = expected.lines().zip(found.lines()).find(|(a, b)| a != b);
    lines.map_or("one is longer".to_owned(), |(a, b)| format!("{} is {}", a.trim(), b.trim()))
}

/// Every table is what the entries say, and a replay finds nothing to repair.
async fn replayed(ledger: &Ledger) -> Result<(), Fault> {
    // The index of texts is behind, wherever it was when it last looked.
    seam::index_texts(ledger).await.map_err(|e| fault("replay", e))?;
    let found = seam::mismatches(&ledger.database).await.map_err(|e| fault("replay", e))?;
    if !found.is_empty() {
        return Err(fault("replay", found.join("; ")));
    }
    let repaired = seam::replay(&ledger.database).await.map_err(|e| fault("replay", e))?;
    if repaired.is_empty() { Ok(()) } else { Err(fault("replay", repaired)) }
}

/// Nothing is wrong, but for what the service owes: a service without a key, or that nobody lets act, begins nothing.
fn holds(oracle: &Oracle, class: &'static str, what: &str, report: Result<Report, String>) -> Result<Report, Fault> {
    let report = report.map_err(|e| fault(class, format!("{what}: {e}")))?;
    let owed = oracle.owed();
    let is_owed = |detail: &str| owed.iter().any(|stream| detail.starts_with(&format!("{stream} ")));
    let is_excused = |finding: &Finding| finding.reason == Reason::ActOwed && is_owed(&finding.detail);
    match report.findings.iter().find(|finding| !is_excused(finding)) {
        None => Ok(report),
        Some(finding) => Err(fault(class, format!("{what}: {finding} ({} findings)", report.findings.len()))),
    }
}

async fn audited(run: &Run, ledger: &Ledger, folder: &Path) -> Result<(), Fault> {
    let copy = folder.join("copy");
    export_log(&ledger.database, &copy).await.map_err(|e| fault("audit", e))?;
    let whole = holds(&run.oracle, "audit", "all states in memory", seam::audit(&copy, None))?;
    if whole.entries != run.oracle.size() as u64 {
        return Err(fault("audit", format!("{} entries of {}", whole.entries, run.oracle.size())));
    }
    let forgetful = holds(&run.oracle, "audit", "one state in memory", seam::audit(&copy, Some(1)))?;
    if forgetful == whole { Ok(()) } else { Err(fault("audit", "another report with one state in memory")) }
}

/// The static files are a copy like any other.
fn published(run: &Run) -> Result<(), Fault> {
    let report = holds(&run.oracle, "publishing", "the static files", seam::audit(run.published.path(), None))?;
    let (entries, size) = (report.entries, run.oracle.size());
    if entries == size as u64 { Ok(()) } else { Err(fault("publishing", format!("{entries} entries of {size}"))) }
}

/// Bundles at the end of a run. Those of organisations hold nearly everything, so a few tell as much as all.
const BUNDLES: usize = 10;

async fn bundled(run: &mut Run, ledger: &Ledger, folder: &Path, all: bool) -> Result<(), Fault> {
    let scope = |sub: &String| match sub.split_once('/') {
        Some(("tender", code)) => code.parse().ok().map(Scope::Tender),
        Some(("organisation", id)) => id.parse().ok().map(Scope::Organisation),
        Some(("commitment", id)) => id.parse().ok().map(Scope::Commitment),
        _ => None,
    };
    let mut scopes: Vec<Scope> = run.oracle.streams.iter().filter_map(scope).collect();
    scopes.push(Scope::All);
    // Which ones, the length of the log decides.
    let first = run.oracle.size() % scopes.len();
    scopes.rotate_left(first);
    scopes.truncate(if all { BUNDLES } else { 1 });
    for (at, scope) in scopes.into_iter().enumerate() {
        let (what, out) = (scope.to_string(), folder.join(format!("{at}.zip")));
        let keys = run.cast.checkpoint_keys();
        let made = seam::bundle(ledger, &keys, scope, run.oracle.last_time, &out).await;
        let whole = made.as_ref().is_ok_and(|(_, whole)| *whole);
        holds(&run.oracle, "bundle", &what, made.map(|(report, _)| report))?;
        if !whole {
            return Err(fault("bundle", format!("{what}: whether it is whole can't be judged")));
        }
        run.tally.bundles += 1;
    }
    Ok(())
}

/// Every page about what there is can be read.
async fn views(run: &Run, ledger: &Arc<Ledger>) -> Result<(), Fault> {
    let limits = Limits { per_address: 0, per_key: 0, ..Limits::default() };
    let any = "127.0.0.1:0".parse().map_err(|e| fault("setting", format!("{e}")))?;
    let server = Server::bind(Arc::clone(ledger), any, limits).await.map_err(|e| fault("setting", e))?;
    let address = server.address();
    let serving = tokio::spawn(server.serve(std::future::pending()));
    let lists =
        ["organisations", "tenders", "objections", "lots", "templates", "commitments", "access/bars", "records"];
    let mut paths: Vec<String> = lists.map(|list| format!("/v1/{list}?limit=500")).into();
    paths.extend(["/v1/log", "/log/checkpoint", "/metrics"].map(str::to_owned));
    paths.extend(run.oracle.streams.iter().filter_map(|sub| sub.split_once('/')).map(|(of, id)| match of {
        "access" | "credit" => format!("/v1/organisations/{id}/{of}"),
        of => format!("/v1/{of}s/{id}"),
    }));
    paths.push(format!("/v1/records/{}/proof", run.oracle.size() - 1));
    for path in paths {
        let status = get(address, &path).await.map_err(|e| fault("view", format!("{path}: {e}")))?;
        if status != 200 {
            return Err(fault("view", format!("{path}: {status}")));
        }
    }
    serving.abort();
    Ok(())
}

/// The status of an answer that is read to its end.
async fn get(address: std::net::SocketAddr, path: &str) -> Result<u16, String> {
    let mut stream = tokio::net::TcpStream::connect(address).await.map_err(|e| e.to_string())?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: simulated\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(|e| e.to_string())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.map_err(|e| e.to_string())?;
    let head = String::from_utf8_lossy(&answer[..answer.len().min(20)]).into_owned();
    head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(format!("no answer but {head:?}"))
}

/// SQLite: the file may grow no more. PostgreSQL: every connection is cut.
pub async fn limit_disk(ledger: &Ledger, on: bool) -> Result<(), Fault> {
    let done = match &ledger.database.pools {
        Pools::Sqlite { writer, .. } => {
            // A connection on which something failed is replaced: the next one must find the disk as full.
            let pages = if on { "1" } else { "1073741823" };
            writer.set_connect_options((*writer.connect_options()).clone().pragma("max_page_count", pages));
            let limit = if on { "PRAGMA max_page_count = 1" } else { "PRAGMA max_page_count = 1073741823" };
            sqlx::query(limit).fetch_all(writer).await.map(drop)
        }
        Pools::Postgres(pool) if on => {
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
            sqlx::query(cut).fetch_all(pool).await.map(drop)
        }
        Pools::Postgres(_) => Ok(()),
    };
    done.map_err(|e| fault("setting", e))
}
