//! `replay`, `openapi` and `bench`.

use super::Location;
use super::language::either;
use super::say::{self, say};
use anyhow::Context;
use clap::Args;
use gongshi::bench;
use gongshi::clock::Clock;
use gongshi::derived::{Replayed, replay};
use gongshi::law::Editions;
use gongshi::server::openapi_yaml;
use gongshi::store::Database;
use std::process::ExitCode;

#[derive(Args)]
pub struct Replay {
    #[command(flatten)]
    location: Location,
    /// 清空检索索引，服务运行后按日志重建 · Forget the index of texts; the service makes it anew from the log
    #[arg(long)]
    texts: bool,
}

impl Replay {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let database = Database::open(&self.location.database_url()).await?;
        let replayed = replay(&database, &Editions::built_in()).await;
        if self.texts {
            let mut write = database.begin_write().await?;
            write.forget_searched().await?;
            write.commit().await?;
        }
        database.close().await;
        let replayed = replayed.context(either("数据库未作改动", "nothing was changed"))?;
        print(&replayed);
        Ok(if replayed.left.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// What was repaired, table by table, and what could not be; the number of entries last.
fn print(replayed: &Replayed) {
    for (table, repaired) in &replayed.repaired {
        let (missing, surplus, changed) = (repaired.missing, repaired.surplus, repaired.changed);
        let [was, more, other] = [either("补足", "missing"), either("删除", "surplus"), either("改正", "changed")];
        say!("{}: {table}: {was} {missing}, {more} {surplus}, {other} {changed}", either("已修复", "Repaired"));
    }
    for mismatch in &replayed.left {
        say!("✗ {}", either(&mismatch.zh(), &mismatch.en()));
    }
    say!("{}: {}", either("已重放条目", "Entries replayed"), replayed.entries);
}

#[derive(Args)]
pub struct Bench {
    /// 每行一个 JSON 对象 · One JSON object a line
    #[arg(long)]
    json: bool,
    /// 短时测量，约三分钟 · Short runs: some three minutes
    #[arg(long)]
    quick: bool,
    /// 只测名称以此开头的项 · Only rows whose name begins so
    #[arg(long)]
    only: Option<String>,
    /// PostgreSQL 连接 · postgres://… for the PostgreSQL rows
    #[arg(long, env = "GONGSHI_TEST_POSTGRES")]
    postgres: Option<String>,
}

impl Bench {
    pub async fn run(self) -> anyhow::Result<()> {
        let Self { json, quick, only, postgres } = self;
        bench::run(bench::Options { json, quick, only, postgres }, &mut std::io::stdout()).await
    }
}

/// The description does not depend on any log; it is printed from an empty one in memory.
pub async fn openapi() -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("gongshi-openapi-{}", uuid::Uuid::new_v4()));
    let location = Location { data: folder.clone(), database: None };
    let ledger = super::serve::open(&location, &super::serve::Name::demo(), None, None, Clock::System).await?;
    say::out(format_args!("{}", openapi_yaml(&ledger)));
    ledger.close().await;
    std::fs::remove_dir_all(folder)?;
    Ok(())
}
