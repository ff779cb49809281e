//! The surface of the service, as clients, crawlers, proxies and hostile strangers meet it over real HTTP.

#![cfg(feature = "shell")]

mod answers;
mod attachments;
mod bodies;
mod browsers;
mod bulk;
mod caching;
mod changed;
mod clock;
mod coding;
mod commands;
mod configuration;
mod documents;
mod faults;
mod feed;
mod hoarding;
mod lists;
mod modes;
mod operations;
mod outages;
mod pages;
mod parameters;
mod problems;
mod proxy;
mod questions;
mod registry;
mod rehearsal;
mod remote;
mod rounds;
mod sandbox;
mod steps;
mod strangers;
#[path = "../support/mod.rs"]
mod support;
mod suspended;
mod time;
mod uploads;

use gongshi::record::Record;
use gongshi::tender::Preannouncement;
use serde_json::Value;
use std::time::Duration;
use support::fixture::{self, act, stream};
use support::{Actor, Answer, App, Cast};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Every wait of these tests is bounded by this, or by less.
const PATIENCE: Duration = Duration::from_secs(30);

/// The outcome of what must come to an end.
#[track_caller]
fn within<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let caller = std::panic::Location::caller();
    async move { tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| panic!("{caller}: still not done")) }
}

/// A signed pre-announcement, not yet posted.
fn preannounced(app: &App, cast: &Cast, code: &str) -> Record {
    signed(app, &cast.centre, code, fixture::preannouncement(&cast.centre))
}

fn signed(app: &App, actor: &Actor, code: &str, payload: impl Into<gongshi::tender::Act>) -> Record {
    let act = act(payload);
    let payload = serde_json::to_vec(&act.to_value()).unwrap();
    Record::sign(&actor.key, &app.header(actor, &stream(code), act.kind()), &payload)
}

/// The size of the log, as its checkpoint says.
async fn log_size(app: &App) -> u64 {
    app.get("/v1/log").await.body["size"].as_u64().unwrap()
}

async fn disclose(app: &App, cast: &Cast, code: &str) -> Value {
    let payload: Preannouncement = fixture::preannouncement(&cast.centre);
    within(app.post(&cast.centre, "/v1/tenders", &stream(code), &act(payload))).await.accepted()
}

/// The problem as RFC 9457 wants it: its code, its status, its media type and its words.
#[track_caller]
fn refused(answer: &Answer, problem: &str, status: u16) {
    assert_eq!((answer.problem(), answer.status), (problem, status), "{answer:?}");
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
}

fn chinese(text: &Value) -> bool {
    text.as_str().unwrap().chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// Reads until `mark` was seen `count` times.
async fn read_until(reader: &mut (impl AsyncRead + Unpin), mark: &str, count: usize) -> String {
    let mut seen = Vec::new();
    within(async {
        while String::from_utf8_lossy(&seen).matches(mark).count() < count {
            assert_ne!(reader.read_buf(&mut seen).await.unwrap(), 0, "ended after {}", String::from_utf8_lossy(&seen));
        }
    })
    .await;
    String::from_utf8(seen).unwrap()
}
