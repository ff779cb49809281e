//! A mixed load for a long time: `scripts/soak MINUTES [ENGINE]`.
//!
//! Posts, lists, long polls, event streams, uploads, proofs, and people who break off or send rubbish. Memory, open files
//! and the write-ahead log are measured every few seconds; the second half may not go up (`trend`).

mod samples;
mod traffic;
mod trend;

use super::client::Client;
use super::people::People;
use super::service::Service;
use super::support::{Engine, postgres};
use super::{engines, number};
use anyhow::{bail, ensure};
use gongshi::record::load_key;
use samples::Samples;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::LocalSet;
use traffic::Traffic;

/// Of a plain `cargo test`: whether everything is answered as it should be, no more.
const SECONDS: u64 = 5;
/// Nothing can be said of a trend before caches are full.
const JUDGED_FROM: Duration = Duration::from_secs(300);
/// A log of some size to begin with: SQLite's page caches (64 MiB) and the states that the sequencer keeps (20,000 streams)
/// grow with it until they are full, and that is no leak.
const RECORDS_BEFORE: usize = 30_000;
const SAMPLES: u32 = 360;
const SAMPLE_EVERY_MIN: Duration = Duration::from_secs(1);

pub fn run() -> ExitCode {
    trend::check_the_judge();
    let time = Duration::from_secs(number("GONGSHI_SOAK_MINUTES").map_or(SECONDS, |minutes| minutes * 60));
    for engine in engines() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        if let Err(fault) = LocalSet::new().block_on(&runtime, soak(engine, time)) {
            println!("{engine:?}: {fault:#}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

async fn soak(engine: Engine, time: Duration) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("gongshi-soak-").tempdir()?;
    let database = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(postgres::fresh_database()),
    };
    let mut service = Service::spawn(folder.path(), database.as_deref())?;
    let client = Client::new(service.listening().await?)?;
    let people = Rc::new(People::new());
    let data = folder.path().join("data");
    for record in people.admission(&load_key(&data.join("keys/operator.jwk"))?) {
        ensure!(client.post_all(&[record]).await?[0].is_some(), "an idle service has no answer");
    }
    if time >= JUDGED_FROM {
        traffic::fill(&client, &people, RECORDS_BEFORE).await?;
    }
    let mut samples = Samples::of(service.pid()?, database.is_none().then_some(&data));
    let mut traffic = Traffic::start(&client, &people);
    let (began, every) = (Instant::now(), SAMPLE_EVERY_MIN.max(time / SAMPLES));
    while began.elapsed() < time {
        traffic.flows(every).await?;
        ensure!(service.is_running(), "it ended by itself\n{}", service.said());
        samples.take()?;
    }
    let done = traffic.end().await?;
    println!("{engine:?}, {} s: {done}", began.elapsed().as_secs());
    samples.print();
    let rising = samples.rising();
    let said = service.said();
    // Everything that is a fault of the service's own it says as an error.
    ensure!(!said.contains("ERROR") && !said.contains("panicked"), "{said}");
    service.kill().await?;
    if !rising.is_empty() && time >= JUDGED_FROM {
        bail!("{}", rising.join("; "));
    }
    Ok(())
}
