//! Webhooks over HTTPS. What a name leads to is looked at when it is connected to, so a name can't lead elsewhere later on.

use super::limits::{ANSWER_BYTES_MAX, WEBHOOK_TIME};
use super::reach::WebhookReach;
use super::target::WebhookUrl;
use chrono::DateTime;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, header};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Why a message was not delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// It is worth another attempt.
    #[error("{why}")]
    ForNow {
        why: String,
        /// Not before so long from now, as the receiver asks.
        after: Option<Duration>,
    },
    /// It was refused for good.
    #[error("{0}")]
    Refused(String),
    /// As Standard Webhooks has it: nothing is wanted any more.
    #[error("HTTP 410")]
    Gone,
}

impl Undelivered {
    pub fn for_now(why: impl Into<String>) -> Self {
        Self::ForNow { why: why.into(), after: None }
    }
}

/// A message as it is sent.
pub struct SignedEvent {
    pub id: String,
    /// Of the attempt.
    pub seconds: i64,
    pub signature: String,
    pub body: String,
}

/// Names of hosts, and of their addresses those within reach.
struct Reachable(WebhookReach);

impl Resolve for Reachable {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let within: Vec<SocketAddr> = found.filter(|address| reach.includes(address.ip())).collect();
            if within.is_empty() {
                return Err("the host has no address of the public network".into());
            }
            let within: Addrs = Box::new(within.into_iter());
            Ok(within)
        })
    }
}

/// Sends to webhooks.
pub struct WebhookSender {
    client: Client,
    reach: WebhookReach,
}

impl WebhookSender {
    /// # Errors
    /// No TLS is available.
    pub fn new(reach: WebhookReach) -> reqwest::Result<Self> {
        let client = Client::builder()
            .user_agent(concat!("gongshi/", env!("CARGO_PKG_VERSION")))
            // A proxy would connect for us, and to whom it likes.
            .no_proxy()
            .redirect(Policy::none())
            .dns_resolver(Arc::new(Reachable(reach)))
            .pool_max_idle_per_host(0)
            .timeout(WEBHOOK_TIME)
            .build()?;
        Ok(Self { client, reach })
    }

    /// Sends a message; the answer of whoever has taken it.
    pub(super) async fn send(&self, url: &WebhookUrl, event: SignedEvent) -> Result<Response, Undelivered> {
        if let Some(fault) = url.fault(self.reach) {
            return Err(Undelivered::Refused(fault.to_string()));
        }
        let request = self
            .client
            .post(url.url().clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", event.id)
            .header("webhook-timestamp", event.seconds)
            .header("webhook-signature", event.signature)
            .body(event.body);
        let answer = request.send().await.map_err(|error| Undelivered::for_now(words(&error)))?;
        match answer.status() {
            status if status.is_success() => Ok(answer),
            StatusCode::GONE => Err(Undelivered::Gone),
            status => Err(Undelivered::ForNow {
                why: format!("HTTP {}", status.as_u16()),
                after: retry_after(&answer, event.seconds),
            }),
        }
    }
}

/// The first bytes of an answer, as many as a challenge may be answered with.
pub(super) async fn beginning_of(mut answer: Response) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Ok(Some(piece)) = answer.chunk().await {
        bytes.extend_from_slice(&piece[..piece.len().min(ANSWER_BYTES_MAX - bytes.len())]);
        if bytes.len() == ANSWER_BYTES_MAX {
            break;
        }
    }
    bytes
}

/// `Retry-After` (RFC 9110 §10.2.3), in seconds or as a date, of an answer to what was sent at some second.
fn retry_after(answer: &Response, sent: i64) -> Option<Duration> {
    let said = answer.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = match said.parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => (DateTime::parse_from_rfc2822(said).ok()?.timestamp() - sent).try_into().ok()?,
    };
    Some(Duration::from_secs(seconds))
}

/// The last of the reasons, which says most, and no URL.
fn words(error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    if error.is_timeout() { "no answer in time".to_owned() } else { reason.to_string() }
}
