//! `monitor`: watches a log, for cron and chat bots.

use super::mirror::{OWN_FAULT, Trusted};
use super::say::say;
use super::stopped;
use clap::Args;
use clap::builder::PossibleValuesParser;
use gongshi::clock::Clock;
use gongshi::field::OrganisationId;
use gongshi::monitor::{EventLine, Gravity, Monitor as Monitoring, Query, Watch};
use gongshi::world::Act;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

const NOTES: &str = "\
每行一个 JSON 事件；每次从上次停下处继续；换一种查询则从头查起；定日志之过的检查点存于 STATE/evidence。
One JSON event a line: event, time, its details, message_zh, message_en. Each run goes on where the last one ended. A match
is told before it is remembered: after a kill some may be told again, none is dropped. Another query is answered from the
beginning of the log. Checkpoints that convict the log are kept in STATE/evidence.

退出码与事件 · Exit codes and events:
  0  无异常 · nothing is wrong: match
  1  日志失信 · misbehaviour: split-view, roll-back, missing-entries, tampered-entry, bad-signature
  2  用法或本机故障 · usage, or this machine
  3  或可自愈 · it may pass: late-checkpoint, unwitnessed, unreachable";

#[derive(Args)]
#[command(after_help = NOTES)]
pub struct Monitor {
    /// 日志网址 · URL of the log: a service, or a mirror
    #[arg(long)]
    log: String,
    #[command(flatten)]
    trusted: Trusted,
    /// 状态目录 · Folder of what was seen so far; one for each monitor
    #[arg(long)]
    state: PathBuf,
    /// 镜像网址，可重复 · URL of a mirror to compare with; may be repeated
    #[arg(long)]
    mirror: Vec<String>,
    /// 见证网址，可重复 · URL of a gongshi witness to compare with, beside those of the policy; may be repeated
    #[arg(long)]
    witness: Vec<String>,
    /// 检查点可迟滞多久 · How long a checkpoint may lag behind what others have seen, or behind its entries' times
    #[arg(long, default_value = "10m", value_parser = humantime::parse_duration)]
    late: Duration,
    #[command(flatten)]
    query: Asked,
    /// 持续监察 · Go on until interrupted; what stands is told once
    #[arg(long)]
    follow: bool,
    /// 监察间隔 · Pause between two looks
    #[arg(long, default_value = "30s", value_parser = humantime::parse_duration)]
    every: Duration,
}

/// Which entries to tell of: of each option that is given, one value must fit.
#[derive(Args)]
struct Asked {
    /// 单位代码 · Entries by or about this organisation
    #[arg(long = "match-organisation", value_name = "CODE")]
    organisations: Vec<OrganisationId>,
    /// 行政区划代码的前几位 · Entries about tenders of a region: the first digits of its code, e.g. 41 or 4101
    #[arg(long = "match-region", value_name = "DIGITS", value_parser = region)]
    regions: Vec<String>,
    /// 记录类型 · Entries of this kind, e.g. tender.objected
    #[arg(long = "match-kind", value_name = "KIND", value_parser = PossibleValuesParser::new(Act::kinds()))]
    #[arg(hide_possible_values = true)]
    kinds: Vec<String>,
    /// 文字 · Entries with this text
    #[arg(long = "match-text", value_name = "TEXT")]
    texts: Vec<String>,
}

fn region(digits: &str) -> Result<String, &'static str> {
    let fits = (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(digits.to_owned()) } else { Err("one to six digits (GB/T 2260)") }
}

impl Monitor {
    pub async fn run(self) -> ExitCode {
        let mut worst = Gravity::Fine;
        let outcome = tokio::select! {
            outcome = self.watch(&mut worst) => outcome,
            _ = stopped() => Ok(()),
        };
        if let Err(error) = outcome {
            eprintln!("gongshi: {error:#}");
            return ExitCode::from(OWN_FAULT);
        }
        ExitCode::from(match worst {
            Gravity::Fine => 0,
            Gravity::Misbehaviour => 1,
            Gravity::Warning => 3,
        })
    }

    async fn watch(self, worst: &mut Gravity) -> anyhow::Result<()> {
        let trust = self.trusted.read()?;
        let Asked { organisations, regions, kinds, texts } = self.query;
        let query = Query { organisations, regions, kinds, texts };
        let Self { log, mirror: mirrors, witness: witnesses, late, .. } = self;
        let watch = Watch { log, mirrors, witnesses, trust, late, query };
        let mut monitor = Monitoring::open(watch, &self.state, Clock::System)?;
        loop {
            *worst = monitor.round(&mut tell).await?.max(*worst);
            if !self.follow {
                return Ok(());
            }
            tokio::time::sleep(self.every).await;
        }
    }
}

fn tell(line: &EventLine) -> std::io::Result<()> {
    say!("{}", serde_json::to_string(line)?);
    Ok(())
}
