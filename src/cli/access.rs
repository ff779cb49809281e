//! `access`: who is barred, for scripts.

use super::client::Remote;
use super::language::either;
use super::mirror::OWN_FAULT;
use super::say::say;
use clap::Args;
use serde_json::Value;
use std::io::Read;
use std::process::ExitCode;

const NOTES: &str = "\
每项禁入一行，以制表符分隔：代码、状态、起、止、作出机关、文号、法律依据、记录序号、异议。
One line a bar, parted by tabs: code, state, first day, last day, authority, number, article, index of the record, dispute.

退出码 · Exit codes:
  0  均未被禁入 · nobody is barred
  1  有被禁入的 · somebody is barred
  2  用法、网络或服务故障，或有不是代码的内容 · usage, network or service; or something that is no code";

#[derive(Args)]
#[command(after_help = NOTES)]
pub struct Access {
    #[command(flatten)]
    remote: Remote,
    /// 时刻（RFC 3339），默认为现在 · The time that is asked about (RFC 3339); now when absent
    #[arg(long)]
    at: Option<String>,
    /// 输出服务的 JSON · Print what the service says, as JSON
    #[arg(long)]
    json: bool,
    /// 代码，- 为标准输入 · Codes; - or nothing: from standard input
    codes: Vec<String>,
}

impl Access {
    pub async fn run(self) -> ExitCode {
        match self.ask().await {
            Ok(answer) if answer["malformed_count"] != 0 => ExitCode::from(OWN_FAULT),
            Ok(answer) => {
                ExitCode::from(u8::from(answer["barred"].as_array().is_some_and(|barred| !barred.is_empty())))
            }
            Err(error) => {
                eprintln!("gongshi: {error:#}");
                ExitCode::from(OWN_FAULT)
            }
        }
    }

    async fn ask(&self) -> anyhow::Result<Value> {
        let codes = if self.codes.is_empty() || self.codes == ["-"] {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            text
        } else {
            self.codes.join("\n")
        };
        let asks = reqwest::Client::new().post(self.remote.url("/v1/access/check"));
        let asks = asks.query(&self.at.iter().map(|at| ("at", at)).collect::<Vec<_>>());
        let answer = self.remote.json(asks.header("content-type", "text/plain").body(codes)).await?;
        if self.json {
            say!("{answer}");
        } else {
            for barred in answer["barred"].as_array().into_iter().flatten() {
                tell(barred);
            }
        }
        for line in answer["malformed"].as_array().into_iter().flatten() {
            eprintln!("{}: {}", either("不是代码", "no code"), line["text"].as_str().unwrap_or_default());
        }
        Ok(answer)
    }
}

fn tell(barred: &Value) {
    let code = barred["organisation"].as_str().unwrap_or_default();
    for bar in barred["bars"].as_array().into_iter().flatten() {
        let text = |name: &str| bar[name].as_str().unwrap_or_default().replace(['\t', '\n'], " ");
        let disputed = if bar["disputed"] == true { either("异议中", "disputed") } else { "" };
        let (first, last) = (text("first_day"), text("last_day"));
        let (authority, decision, article) = (text("authority"), text("decision"), text("article"));
        say!("{code}\tbarred\t{first}\t{last}\t{authority}\t{decision}\t{article}\t{}\t{disputed}", bar["entry"]);
    }
    // Of what was repaired since nothing is told but the record.
    for entry in barred["closed"].as_array().into_iter().flatten() {
        say!("{code}\tbarred\t\t\t\t\t\t{entry}\t");
    }
}
