//! `keygen`, `sign` and `continue`.

use super::Location;
use super::language::either;
use super::say::say;
use super::serve::{Name, guarded};
use anyhow::{Context, anyhow, bail};
use clap::Args;
use gongshi::clock::{self, Clock};
use gongshi::field::Instant;
use gongshi::ledger::Ledger;
use gongshi::log::NoteSigner;
use gongshi::organisation::possession_header;
use gongshi::record::{Header, PrivateKey, Record, load_key, save_key};
use gongshi::sequencer::Receipt;
use gongshi::world::{Act, Stream};
use serde_json::json;
use std::io::Read;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub struct Keygen {
    /// 私钥文件（JWK，0600） · File for the private key (JWK, mode 0600)
    out: PathBuf,
    /// 输出 log.checkpoint_key_added 的内容 · Print the payload of log.checkpoint_key_added for the log of this origin
    #[arg(long, value_name = "ORIGIN")]
    checkpoint_of: Option<String>,
    /// 输出 key.added（organisation/<代码>）或 log.service_key_added（log）的内容，含持有证明 · Print the payload of key.added
    /// or log.service_key_added, with the proof of possession
    #[arg(long, value_name = "STREAM", requires = "origin", conflicts_with = "checkpoint_of")]
    add_to: Option<Stream>,
    /// 日志名 · Origin of the log
    #[arg(long)]
    origin: Option<String>,
}

impl Keygen {
    pub fn run(self) -> anyhow::Result<()> {
        let key = PrivateKey::generate();
        save_key(&self.out, &key)?;
        let public = serde_json::to_value(key.public().to_jwk())?;
        let printed = match (self.checkpoint_of, self.add_to, self.origin) {
            (Some(origin), _, _) => json!({ "log_key": NoteSigner::new(&origin, key)?.verifier().to_string() }),
            (None, Some(stream), Some(origin)) => {
                let header = possession_header(key.key_id(), &origin, &stream, Clock::System.now());
                json!({ "key": public, "possession": Record::sign(&key, &header, b"").detached() })
            }
            (None, _, _) => json!({ "kid": key.key_id(), "key": public }),
        };
        say!("{printed}");
        Ok(())
    }
}

/// What is signed, and with what.
#[derive(Args, Clone)]
pub struct Signing {
    /// 私钥文件 · File of the private key
    #[arg(long, env = "GONGSHI_KEY")]
    pub key: PathBuf,
    /// 记录类型 · Record kind, e.g. tender.preannounced
    #[arg(long)]
    pub kind: String,
    /// 对象 · Stream, e.g. tender/HNZB-2026-0042
    #[arg(long)]
    pub stream: String,
    /// 所见版本：与之不符则被拒绝，其后若有缺失也会被发现 · Version of the stream that you saw: the record is refused where it is
    /// another one, and whoever takes a record before it away is found out
    #[arg(long)]
    pub ver: Option<u64>,
    /// 内容文件（JSON），- 为标准输入 · File with the payload, - for standard input
    pub payload: PathBuf,
}

#[derive(Args)]
pub struct Sign {
    #[command(flatten)]
    signing: Signing,
    /// 日志名 · Origin of the log (aud)
    #[arg(long)]
    origin: String,
    /// 输出完整 JWS · Print the flattened JWS instead of the x-jws-signature value
    #[arg(long)]
    json: bool,
}

pub fn read_input(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes)?;
    } else {
        bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    }
    Ok(bytes)
}

impl Signing {
    pub fn payload(&self) -> anyhow::Result<Vec<u8>> {
        read_input(&self.payload)
    }

    /// Checks the payload as the service would, then signs exactly its bytes.
    pub fn sign(&self, origin: &str, now: Instant, payload: &[u8], ver: Option<u64>) -> anyhow::Result<Record> {
        let key = load_key(&self.key)?;
        if !Act::kinds().any(|kind| kind == self.kind) {
            bail!("{}: {}", self.kind, Act::kinds().collect::<Vec<_>>().join(" "));
        }
        Act::parse(&self.kind, payload)?;
        let stream: Stream = self.stream.parse()?;
        let header = Header::new(key.key_id(), origin, &self.kind, stream.as_str(), now.seconds());
        let header = Header { ver, ..header };
        Ok(Record::sign(&key, &header, payload))
    }
}

impl Sign {
    pub fn run(self) -> anyhow::Result<()> {
        let record =
            self.signing.sign(&self.origin, Clock::System.now(), &self.signing.payload()?, self.signing.ver)?;
        say!("{}", if self.json { record.to_json() } else { record.detached() });
        Ok(())
    }
}

/// After a theft of the checkpoint key.
#[derive(Args)]
pub struct Continue {
    #[command(flatten)]
    location: Location,
    #[command(flatten)]
    name: Name,
    /// 新日志名 · The new origin
    #[arg(long = "as", value_name = "ORIGIN")]
    new_origin: String,
    /// 原因 · Why: it stands in the log for ever
    #[arg(long)]
    reason: String,
}

impl Continue {
    pub async fn run(self) -> anyhow::Result<()> {
        let reason = self.reason.parse().map_err(|fault| anyhow!("--reason: {fault}"))?;
        let key = new_checkpoint_key(&self.location.data)?;
        let clock = guarded(&self.location, clock::TOLERANCE);
        let ledger = super::serve::open(&self.location, &self.name, None, None, clock).await?;
        let receipt = ledger.continue_as(&self.new_origin, &key, None, reason).await?;
        ledger.close().await;
        say_continued(&self.new_origin, &receipt, &ledger);
        Ok(())
    }
}

/// A checkpoint key beside those that there are.
pub fn new_checkpoint_key(data: &Path) -> anyhow::Result<PrivateKey> {
    let folder = data.join("keys");
    let unused = (2..).map(|number| folder.join(format!("log-{number}.jwk"))).find(|file| !file.exists());
    let key = PrivateKey::generate();
    save_key(&unused.context("no name left")?, &key)?;
    Ok(key)
}

pub fn say_continued(origin: &str, receipt: &Receipt, ledger: &Ledger) {
    say!("{}: {}", either("日志已更名续写，记录序号", "The log goes on under another name; record"), receipt.index);
    say!("{}", ledger.identity().checkpoint_keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
    say!("{} --origin {origin}", either("今后以此启动：", "Serve it from now on with"));
}
