//! `sandbox`: a throw-away log whose clock can be moved.

use super::Location;
use super::language::either;
use super::say::say;
use super::serve::{Elsewhere, Name, open, serve};
use anyhow::ensure;
use clap::Args;
use gongshi::clock::Clock;
use gongshi::http::{Limits, TrustedProxies};
use gongshi::sandbox::Sandbox as Furnished;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Args)]
pub struct Sandbox {
    /// 监听地址，仅限本机 · Address to listen on, of this machine alone: everybody's keys are given to whoever asks
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// 各角色私钥存放目录 · Folder in which everybody's keys are left; in the sandbox's own, which goes with it, when absent
    #[arg(long, value_name = "FOLDER")]
    keys: Option<PathBuf>,
}

impl Sandbox {
    pub async fn run(self) -> anyhow::Result<()> {
        ensure!(
            self.listen.ip().is_loopback(),
            either(
                "--listen：沙盒会把所有私钥交给询问者，只能监听本机地址（127.0.0.1）",
                "--listen: a sandbox gives all its keys to whoever asks, and listens to its own machine alone (127.0.0.1)"
            )
        );
        let folder = std::env::temp_dir().join(format!("gongshi-sandbox-{}", uuid::Uuid::new_v4()));
        let played = self.play(&folder).await;
        std::fs::remove_dir_all(&folder)?;
        played
    }

    async fn play(&self, folder: &std::path::Path) -> anyhow::Result<()> {
        let location = Location { data: folder.to_owned(), database: None };
        let ledger = open(&location, &Name::sandbox(), None, None, Clock::ahead()).await?;
        let keys = self.keys.clone().unwrap_or_else(|| folder.join("actors"));
        let furnished = Arc::new(Furnished::furnish(Arc::clone(&ledger), &keys).await?);
        say!(
            "{}",
            either(
                "沙盒：停止后一切消失。各角色及其私钥：",
                "A sandbox: all of it goes when it stops. Who is there, with whose key:"
            )
        );
        for actor in furnished.actors() {
            let key = keys.join(format!("{}.jwk", actor.file));
            say!("  {:<14} {} {} {}", actor.role.name(), actor.id, key.display(), actor.name);
        }
        say!("{}", either("拨动时钟（只能向前）：", "To move the clock, which goes forward only:"));
        say!(
            "  curl -H 'content-type: application/json' -d '{{\"forward\": \"9days\"}}' {}/sandbox/clock",
            self.listen
        );
        let limits = Limits { per_address: 0, per_key: 0, registrations: 0, ..Limits::default() };
        serve(
            ledger,
            &location,
            self.listen,
            limits,
            TrustedProxies::default(),
            Elsewhere::of_sandbox(self.listen),
            Some(furnished),
        )
        .await
    }
}
