//! `keygen` and `sign`.

use anyhow::{Context, bail};
use clap::Args;
use gongshi::record::{Alg, Header, PrivateKey, Record, load_key, save_key};
use gongshi::world::{Act, Stream};
use std::io::Read;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub struct Keygen {
    /// 私钥文件（JWK，0600） · File for the private key (JWK, mode 0600)
    out: PathBuf,
}

impl Keygen {
    pub fn run(self) -> anyhow::Result<()> {
        let key = PrivateKey::generate();
        save_key(&self.out, &key)?;
        let public = serde_json::to_string(&key.public().to_jwk())?;
        println!(
            "{}",
            serde_json::json!({ "kid": key.key_id(), "key": serde_json::from_str::<serde_json::Value>(&public)? })
        );
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
    /// 所见版本 · Version of the stream that you saw
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
    /// Checks the payload as the service would, then signs exactly its bytes.
    pub fn sign(&self, origin: &str) -> anyhow::Result<Record> {
        let key = load_key(&self.key)?;
        let payload = read_input(&self.payload)?;
        if !Act::kinds().any(|kind| kind == self.kind) {
            bail!("{}: {}", self.kind, Act::kinds().collect::<Vec<_>>().join(" "));
        }
        Act::parse(&self.kind, &payload)?;
        let stream: Stream = self.stream.parse()?;
        let header = Header {
            alg: Alg::EdDsa,
            kid: key.key_id(),
            aud: origin.to_owned(),
            typ: self.kind.clone(),
            sub: stream.to_string(),
            jti: uuid::Uuid::new_v4(),
            iat: chrono::Utc::now().timestamp(),
            ver: self.ver,
        };
        Ok(Record::sign(&key, &header, &payload))
    }
}

impl Sign {
    pub fn run(self) -> anyhow::Result<()> {
        let record = self.signing.sign(&self.origin)?;
        println!("{}", if self.json { record.to_json() } else { record.detached() });
        Ok(())
    }
}
