//! What a client makes of an answer, and of none.

use anyhow::{Context, bail};
use gongshi::record::{PrivateKey, Record};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// Longer than any limit of the service on a request.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
}

/// `None`: no answer, or one that says that the service can't tell. Whether it was done is unknown.
pub type Maybe<T> = Option<T>;

impl Client {
    pub fn new(base: String) -> anyhow::Result<Self> {
        Ok(Self { http: reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?, base })
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    pub fn request_as(&self, key: &PrivateKey, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(super::people::token(key))
    }

    /// The body of a good answer.
    ///
    /// # Errors
    /// A refusal: whatever is sent here is allowed. A 500, too.
    pub async fn send(&self, request: RequestBuilder) -> anyhow::Result<Maybe<Vec<u8>>> {
        let Ok(response) = request.send().await else { return Ok(None) };
        let status = response.status();
        let Ok(body) = response.bytes().await else { return Ok(None) };
        match status {
            StatusCode::SERVICE_UNAVAILABLE => Ok(None),
            status if status.is_success() => Ok(Some(body.to_vec())),
            other => bail!("{other}: {}", String::from_utf8_lossy(&body)),
        }
    }

    /// # Errors
    /// As [`Self::send`], and when there is no answer.
    pub async fn get(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        let answer = self.send(self.request(Method::GET, path)).await;
        answer.with_context(|| path.to_owned())?.with_context(|| format!("{path}: no answer"))
    }

    /// A record by itself, as a typed act with a detached signature: its receipt.
    pub async fn post(&self, path: &str, record: &Record) -> anyhow::Result<Maybe<Value>> {
        let request = self.request(Method::POST, path).header("content-type", "application/json");
        let request = request.header("x-jws-signature", record.detached()).body(record.payload_bytes()?);
        let answer = self.send(request).await.with_context(|| path.to_owned())?;
        Ok(answer.map(|body| serde_json::from_slice(&body)).transpose()?)
    }

    /// Many records in one request: their receipts.
    pub async fn post_all(&self, records: &[Record]) -> anyhow::Result<Vec<Maybe<Value>>> {
        let lines: Vec<String> = records.iter().map(Record::to_json).collect();
        let request = self.request(Method::POST, "/v1/records").header("content-type", "application/x-ndjson");
        let Some(body) = self.send(request.body(lines.join("\n"))).await? else {
            return Ok(vec![None; records.len()]);
        };
        let answers: Vec<Value> = serde_json::from_slice(&body)?;
        anyhow::ensure!(answers.len() == records.len(), "{} answers to {} lines", answers.len(), records.len());
        answers.into_iter().map(judged).collect()
    }
}

fn judged(line: Value) -> anyhow::Result<Maybe<Value>> {
    match (&line["receipt"], line["problem"]["status"].as_u64()) {
        (receipt, None) if receipt.is_object() => Ok(Some(receipt.clone())),
        (_, Some(503)) => Ok(None),
        _ => bail!("refused: {line}"),
    }
}
