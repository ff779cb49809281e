//! `mirror`: a verified copy of a log in a plain folder.

use super::language::either;
use super::say::say;
use super::serve::read_policy;
use super::stopped;
use clap::Args;
use gongshi::log::NoteKey;
use gongshi::mirror::{Advance, Blame, LogClient, Mirror as Mirroring, MirrorError, Trust};
use indicatif::{ProgressBar, ProgressStyle};
use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

const NOTES: &str = "\
没有公钥不镜像；中断后从断处继续；日志失信时两份检查点存于 DIR/evidence。
Without a key of the log nothing is mirrored. A mirror can be killed and goes on where it was. When the log misbehaves,
both checkpoints are kept in DIR/evidence.

退出码 · Exit codes:
  0  已同步 · the folder is at the log's newest checkpoint
  1  日志失信 · the log misbehaved: it shows what it did not sign, went back, or forked
  2  用法或本机故障 · usage, or this machine
  3  不可达或见证不足 · the log was not reached, or is not witnessed as the policy asks";

#[derive(Args)]
#[command(after_help = NOTES)]
pub struct Mirror {
    /// 服务或镜像的网址 · URL of a service or of another mirror
    url: String,
    /// 目录 · Folder: checkpoint, tile/…, as any static web server can serve it
    dir: PathBuf,
    #[command(flatten)]
    trusted: Trusted,
    /// 持续跟随 · Go on until interrupted
    #[arg(long)]
    follow: bool,
    /// 跟随间隔 · Pause between two looks at the log
    #[arg(long, default_value = "2s", value_parser = humantime::parse_duration)]
    every: Duration,
    /// 并行请求数 · Requests at a time
    #[arg(long, default_value = "16")]
    parallel: NonZero<usize>,
}

/// Whose checkpoints count.
#[derive(Args)]
pub struct Trusted {
    /// 日志公钥（vkey），换钥期间可给两个 · Verifier key of the log; two while it changes. Or a log line in the policy
    #[arg(long)]
    key: Vec<NoteKey>,
    /// 更名前的公钥（vkey） · Key under which the folder knows the log, if it has gone on under another name since
    #[arg(long)]
    former_key: Vec<NoteKey>,
    /// 见证策略（C2SP tlog-policy） · File with the policy that says which cosignatures are needed
    #[arg(long)]
    policy: Option<PathBuf>,
}

impl Trusted {
    pub fn read(&self) -> anyhow::Result<Trust> {
        let policy = self.policy.as_deref().map(read_policy).transpose()?;
        Ok(Trust::new(self.key.clone(), policy)?.formerly(self.former_key.clone()))
    }
}

/// Usage, or this machine.
pub const OWN_FAULT: u8 = 2;

impl Mirror {
    pub async fn run(self) -> ExitCode {
        let outcome = tokio::select! {
            outcome = self.follow() => outcome,
            _ = stopped() => return ExitCode::SUCCESS,
        };
        let Err(error) = outcome else { return ExitCode::SUCCESS };
        eprintln!("gongshi: {error:#}");
        ExitCode::from(match error.downcast_ref().map(MirrorError::blame) {
            Some(Blame::Log) => 1,
            Some(Blame::Own) | None => OWN_FAULT,
            Some(Blame::Passing) => 3,
        })
    }

    async fn follow(&self) -> anyhow::Result<()> {
        let trust = self.trusted.read()?;
        let client = LogClient::locate(&self.url).await.map_err(MirrorError::Fetch)?;
        let mut mirror = Mirroring::open(client, trust, &self.dir, self.parallel)?;
        loop {
            match self.step(&mut mirror).await {
                Ok(step) if !self.follow || step.checkpoint.size > step.old => say(&step),
                Ok(_) => {}
                Err(error) if self.follow && error.blame() == Blame::Passing => {
                    tracing::warn!(%error, "the log is not followed for now");
                }
                Err(error) => return Err(error.into()),
            }
            if !self.follow {
                return Ok(());
            }
            tokio::time::sleep(self.every).await;
        }
    }

    async fn step(&self, mirror: &mut Mirroring) -> Result<Advance, MirrorError> {
        // It shows itself only on a terminal.
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} × 256 {per_sec} {eta}") {
            bar.set_style(style);
        }
        let step = mirror
            .step(|done, count| {
                bar.set_length(count);
                bar.set_position(done);
            })
            .await;
        bar.finish_and_clear();
        step
    }
}

fn say(step: &Advance) {
    let size = step.checkpoint.size;
    let root = step.checkpoint.root.to_base64();
    say!("{}: {} → {size}  {}: {root}", either("条目", "entries"), step.old, either("树根", "root"));
}
