//! What a webhook is sent: JSON with a type, a time and what there is to tell.

use super::news::{NewThing, Tidings};
use crate::field::Instant;
use crate::search::{SearchAsked, view_path};
use serde::Serialize;

/// The challenge: whoever runs the webhook answers it, or nothing more is sent there.
pub const CHALLENGE: &str = "subscription.challenge";
/// Something is newly found.
pub const FOUND: &str = "subscription.found";

/// Where links of a message begin, and which subscription it is about.
pub struct Sender<'a> {
    /// Of the service, without a slash at its end.
    pub base: &'a str,
    pub origin: &'a str,
    pub asked: &'a SearchAsked,
    /// The page with the button that stops it.
    pub manage: String,
}

#[derive(Serialize)]
struct Event<'a, T> {
    r#type: &'static str,
    timestamp: Instant,
    data: Data<'a, T>,
}

#[derive(Serialize)]
struct Data<'a, T> {
    /// Name of the log.
    log: &'a str,
    filter: &'a SearchAsked,
    #[serde(flatten)]
    tells: T,
    /// Page on which it is stopped.
    manage: &'a str,
}

#[derive(Serialize)]
struct Challenge<'a> {
    challenge: &'a str,
}

#[derive(Serialize)]
struct FoundBy<'a> {
    /// Index of the entry that brought it.
    entry: u64,
    /// The entry, and its proof.
    record: String,
    proof: String,
    things: Vec<ThingOf<'a>>,
}

#[derive(Serialize)]
struct ThingOf<'a> {
    #[serde(flatten)]
    thing: &'a NewThing,
    url: String,
}

impl Sender<'_> {
    fn event(&self, r#type: &'static str, timestamp: Instant, tells: impl Serialize) -> String {
        let data = Data { log: self.origin, filter: self.asked, tells, manage: &self.manage };
        serde_json::to_string(&Event { r#type, timestamp, data }).unwrap_or_default()
    }

    /// The challenge, to be answered with `{"challenge": "…"}`.
    pub fn challenge(&self, challenge: &str, asked_at: Instant) -> String {
        self.event(CHALLENGE, asked_at, Challenge { challenge })
    }

    /// What an entry brought.
    pub fn found(&self, news: &Tidings) -> String {
        let record = format!("{}/v1/records/{}", self.base, news.entry);
        let url = |thing: &NewThing| format!("{}{}", self.base, view_path(thing.kind, &thing.key));
        let things = news.told.things.iter().map(|thing| ThingOf { url: url(thing), thing }).collect();
        let proof = format!("{record}/proof");
        self.event(FOUND, news.told.time, FoundBy { entry: news.entry, record, proof, things })
    }
}
