//! `witness`: cosigns the checkpoints of logs that others run.

use super::language::either;
use super::say::say;
use super::stopped;
use anyhow::Context;
use clap::Args;
use gongshi::clock::Clock;
use gongshi::log::{Cosigner, NoteKey};
use gongshi::private;
use gongshi::record::load_or_make_key;
use gongshi::witness::{Witness as Witnessing, WitnessServer};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Args)]
pub struct Witness {
    /// 数据目录：密钥与所见检查点 · Folder for the key and for what was cosigned; never restore it from an old copy
    #[arg(long, env = "GONGSHI_WITNESS_DATA")]
    data: PathBuf,
    /// 见证名 · Name of the witness, a URL without scheme
    #[arg(long, env = "GONGSHI_WITNESS_NAME")]
    name: String,
    /// 监听地址 · Address to listen on
    #[arg(long, env = "GONGSHI_WITNESS_LISTEN", default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
    /// 所见证日志的公钥（vkey），可重复 · Verifier key of a log to witness; repeat it for more logs or for the next key
    #[arg(long, required = true)]
    log: Vec<NoteKey>,
}

/// The file in its folder with the key that it signs with.
const KEY: &str = "witness.jwk";

impl Witness {
    pub async fn run(self) -> anyhow::Result<()> {
        private::data_folder(&self.data, KEY).with_context(|| self.data.display().to_string())?;
        let key = load_or_make_key(&self.data.join(KEY))?;
        let cosigner = Cosigner::new(&self.name, key)?;
        let witness = Arc::new(Witnessing::open(&self.data, cosigner, self.log, Clock::System)?);
        let server = WitnessServer::bind(Arc::clone(&witness), self.listen).await?;
        let url = format!("http://{}", server.address());
        say!("{}", either("见证策略中写入：", "For the policy of logs and auditors:"));
        say!("witness {} {} {url}", self.name, witness.key());
        let stop = async {
            stopped().await;
        };
        server.serve(stop).await;
        Ok(())
    }
}
