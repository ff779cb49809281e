//! `export log`: a plain folder in tlog-tiles layout, that any static web server can serve.

use super::Location;
use super::language::either;
use clap::{Args, Subcommand};
use gongshi::store::{Database, export_log};
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum Export {
    /// 整个日志 · The whole log: checkpoint, tiles, entry bundles
    Log(ExportLog),
}

#[derive(Args)]
pub struct ExportLog {
    #[command(flatten)]
    location: Location,
    /// 输出目录 · Folder to write
    #[arg(long)]
    out: PathBuf,
}

impl Export {
    pub async fn run(self) -> anyhow::Result<()> {
        let Self::Log(export) = self;
        let database = Database::open(&export.location.database_url()).await?;
        let size = export_log(&database, &export.out).await?;
        database.close().await;
        println!("{}: {size}", either("已导出条目", "Entries exported"));
        Ok(())
    }
}
