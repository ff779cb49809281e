//! `post` and `get`: a service from outside.

use super::keys::Signing;
use super::language::either;
use anyhow::{Context, bail};
use clap::Args;
use serde_json::Value;
use std::path::PathBuf;
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

impl Remote {
    pub fn url(&self, path: &str) -> String {
        format!("{}/{}", self.server.trim_end_matches('/'), path.trim_start_matches('/'))
    }

    pub async fn json(&self, request: reqwest::RequestBuilder) -> anyhow::Result<Value> {
        let response = request.send().await?;
        let status = response.status();
        let text = response.text().await?;
        let value: Value = serde_json::from_str(&text).with_context(|| format!("{status}: {text}"))?;
        if status.is_success() { Ok(value) } else { bail!("{status}: {value}") }
    }
}

/// Somebody else may act on the stream between our look at it and our record.
const ATTEMPTS_MAX: u32 = 5;

impl Post {
    /// Posts the record; where nobody said which version was seen, the present one is signed.
    async fn post(&self, client: &reqwest::Client) -> anyhow::Result<Value> {
        let log = self.remote.json(client.get(self.remote.url("/v1/log"))).await?;
        let origin = log["origin"].as_str().context("/v1/log names no origin")?;
        let payload = self.signing.payload()?;
        let looks = self.signing.ver.is_none() && !self.any_version;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let ver = if looks { Some(self.version(client).await?) } else { self.signing.ver };
            let record = self.signing.sign(origin, &payload, ver)?;
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
            let (title, detail) =
                if super::language::is_chinese() { ("title", "detail") } else { ("title_en", "detail_en") };
            eprintln!("{}: {}: {}", either("被拒绝", "refused"), problem[title], problem[detail]);
            println!("{}", serde_json::to_string_pretty(problem)?);
            return Ok(ExitCode::FAILURE);
        }
        let receipt = &answer[0]["receipt"];
        if let Some(path) = &self.receipt {
            std::fs::write(path, receipt["proof"].as_str().unwrap_or_default())?;
        }
        println!("{}", serde_json::to_string_pretty(receipt)?);
        Ok(ExitCode::SUCCESS)
    }
}

impl Get {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let response = reqwest::get(self.remote.url(&self.path)).await?;
        let ok = response.status().is_success();
        println!("{}", response.text().await?);
        Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
