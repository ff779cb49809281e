//! `post`, `get` and `token`: a service from outside.

use super::keys::Signing;
use super::language::{either, is_chinese};
use super::say::say;
use anyhow::{Context, bail};
use clap::Args;
use gongshi::clock::Clock;
use gongshi::field::Instant;
use gongshi::record::{Bearer, Header, PrivateKey, Record, load_key};
use gongshi::sandbox::CLOCK_HEADER;
use gongshi::world::{Act, Stream};
use reqwest::RequestBuilder;
use serde_json::Value;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A service.
#[derive(Args, Clone)]
pub struct Remote {
    /// 服务地址 · Address of the service
    #[arg(long, env = "GONGSHI_SERVER", default_value = "http://127.0.0.1:8080")]
    server: String,
}

#[derive(Args)]
pub struct Post {
    #[command(flatten)]
    remote: Remote,
    #[command(flatten)]
    signing: Signing,
    /// 不注明所见版本 · Don't sign the stream's version: without --ver, the one that the service has is signed
    #[arg(long, conflicts_with = "ver")]
    any_version: bool,
    /// 回执文件 · Keep the proof of the receipt in this file
    #[arg(long)]
    receipt: Option<PathBuf>,
}

#[derive(Args)]
pub struct Get {
    #[command(flatten)]
    remote: Remote,
    /// 路径 · Path, e.g. /v1/tenders
    path: String,
}

/// What a service says no with, in the reader's language: the words of its problem, and one line for each field at fault.
#[derive(Debug, thiserror::Error)]
pub struct Refused {
    problem: Value,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |of: &Value, name: &str| {
            let name = if is_chinese() { name.to_owned() } else { format!("{name}_en") };
            of[name].as_str().unwrap_or_default().to_owned()
        };
        let (title, detail) = (word(&self.problem, "title"), word(&self.problem, "detail"));
        write!(f, "{}: {title}", either("被拒绝", "refused"))?;
        if detail != title {
            write!(f, ": {detail}")?;
        }
        for field in self.problem["errors"].as_array().into_iter().flatten() {
            write!(f, "\n  {}: {}", field["pointer"].as_str().unwrap_or_default(), word(field, "detail"))?;
        }
        Ok(())
    }
}

/// The log of a service, as a client sees it before it signs.
pub struct Met {
    pub origin: String,
    /// The time to sign at: this machine's, but in a sandbox the sandbox's.
    pub now: Instant,
}

impl Remote {
    pub fn url(&self, path: &str) -> String {
        format!("{}/{}", self.server.trim_end_matches('/'), path.trim_start_matches('/'))
    }

    pub async fn json(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        let response = request.send().await?;
        let status = response.status();
        let text = response.text().await?;
        let value: Value = serde_json::from_str(&text).with_context(|| format!("{status}: {text}"))?;
        if status.is_success() {
            return Ok(value);
        }
        let is_problem = value["type"].as_str().is_some_and(|kind| kind.starts_with("/problems/"));
        if is_problem { Err(Refused { problem: value }.into()) } else { bail!("{status}: {value}") }
    }

    pub async fn meet(&self, client: &reqwest::Client) -> anyhow::Result<Met> {
        let response = client.get(self.url("/v1/log")).send().await?;
        let now = match response.headers().get(CLOCK_HEADER) {
            Some(time) => time.to_str()?.parse()?,
            None => Clock::System.now(),
        };
        let log: Value = serde_json::from_str(&response.error_for_status()?.text().await?)?;
        let origin = log["origin"].as_str().context("/v1/log names no origin")?.to_owned();
        Ok(Met { origin, now })
    }
}

/// A service, and the key of whoever asks it.
#[derive(Args, Clone)]
pub struct Account {
    #[command(flatten)]
    pub remote: Remote,
    /// 私钥文件 · File of the private key
    #[arg(long, env = "GONGSHI_KEY")]
    key: PathBuf,
}

/// Ready to ask, by the name of a key.
pub struct Session {
    pub client: reqwest::Client,
    pub remote: Remote,
    key: PrivateKey,
    met: Met,
}

impl Account {
    pub async fn enter(&self) -> anyhow::Result<Session> {
        Session::begin(&self.remote, &self.key).await
    }
}

impl Session {
    pub async fn begin(remote: &Remote, key: &Path) -> anyhow::Result<Self> {
        let (client, key) = (reqwest::Client::new(), load_key(key)?);
        let met = remote.meet(&client).await?;
        Ok(Self { client, remote: remote.clone(), key, met })
    }

    pub fn token(&self) -> String {
        Bearer::issue(&self.key, &self.met.origin, self.met.now)
    }

    /// Sends a request with a token.
    pub async fn ask(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        self.remote.json(request.bearer_auth(self.token())).await
    }
}

impl Session {
    /// Signs an act and posts it, on whatever version the stream has; the receipt.
    pub async fn post(&self, stream: &Stream, act: &Act) -> anyhow::Result<Value> {
        let kid = self.key.key_id();
        let header = Header::new(kid, &self.met.origin, act.kind(), stream.as_str(), self.met.now.seconds());
        let record = Record::sign(&self.key, &header, &serde_json::to_vec(&act.to_value())?);
        let request = self
            .client
            .post(self.remote.url("/v1/records"))
            .header("content-type", "application/x-ndjson")
            .body(record.to_json());
        let answer = self.remote.json(request).await?;
        match answer[0].get("problem") {
            Some(problem) => Err(Refused { problem: problem.clone() }.into()),
            None => Ok(answer[0]["receipt"].clone()),
        }
    }
}

#[derive(Args)]
pub struct Token {
    #[command(flatten)]
    account: Account,
}

impl Token {
    pub async fn run(self) -> anyhow::Result<()> {
        say!("{}", self.account.enter().await?.token());
        Ok(())
    }
}

/// Somebody else may act on the stream between our look at it and our record.
const ATTEMPTS_MAX: u32 = 5;

impl Post {
    /// Posts the record; where nobody said which version was seen, the present one is signed.
    async fn post(&self, client: &reqwest::Client) -> anyhow::Result<Value> {
        let Met { origin, now } = self.remote.meet(client).await?;
        let payload = self.signing.payload()?;
        let looks = self.signing.ver.is_none() && !self.any_version;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let ver = if looks { Some(self.version(client).await?) } else { self.signing.ver };
            let record = self.signing.sign(&origin, now, &payload, ver)?;
            // Any kind goes through the bulk endpoint, as one line.
            let request = client
                .post(self.remote.url("/v1/records"))
                .header("content-type", "application/x-ndjson")
                .body(record.to_json());
            let answer = self.remote.json(request).await?;
            let is_stale = answer[0]["problem"]["type"] == "/problems/version-stale";
            if !(looks && is_stale && attempts < ATTEMPTS_MAX) {
                return Ok(answer);
            }
        }
    }

    /// How many records the stream has.
    async fn version(&self, client: &reqwest::Client) -> anyhow::Result<u64> {
        let newest = client.get(self.remote.url("/v1/records")).query(&[
            ("stream", &*self.signing.stream),
            ("before", &i64::MAX.to_string()),
            ("limit", "1"),
        ]);
        Ok(self.remote.json(newest).await?["items"][0]["version"].as_u64().unwrap_or_default())
    }

    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let answer = self.post(&reqwest::Client::new()).await?;
        if let Some(problem) = answer[0].get("problem") {
            eprintln!("{}", Refused { problem: problem.clone() });
            say!("{}", serde_json::to_string_pretty(problem)?);
            return Ok(ExitCode::FAILURE);
        }
        let receipt = &answer[0]["receipt"];
        if let Some(path) = &self.receipt {
            std::fs::write(path, receipt["proof"].as_str().unwrap_or_default())?;
        }
        say!("{}", serde_json::to_string_pretty(receipt)?);
        Ok(ExitCode::SUCCESS)
    }
}

impl Get {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let response = reqwest::get(self.remote.url(&self.path)).await?;
        let ok = response.status().is_success();
        say!("{}", response.text().await?);
        Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
