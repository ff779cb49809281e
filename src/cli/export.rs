//! `export log`: a plain folder in tlog-tiles layout, that any static web server can serve. `export bundle`: one file to
//! hand over as evidence.

use super::Location;
use super::language::either;
use super::say::say;
use anyhow::bail;
use clap::{Args, Subcommand};
use gongshi::bundle::{Conclusion, Maker, Scope, export_bundle};
use gongshi::clock::Clock;
use gongshi::field::{CommitmentId, OrganisationId, TenderCode};
use gongshi::law::Editions;
use gongshi::ledger::LogKeys;
use gongshi::store::{Database, Documents, export_log};
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum Export {
    /// 整个日志 · The whole log: checkpoint, tiles, entry bundles
    Log(ExportLog),
    /// 证据包（zip），可离线核验 · An evidence bundle (zip) that is verified without a network
    Bundle(ExportBundle),
}

#[derive(Args)]
pub struct ExportLog {
    #[command(flatten)]
    location: Location,
    /// 输出目录 · Folder to write
    #[arg(long)]
    out: PathBuf,
}

#[derive(Args)]
pub struct ExportBundle {
    #[command(flatten)]
    location: Location,
    #[command(flatten)]
    about: About,
    /// 文件存储：S3 设置（TOML） · TOML file with the settings of an S3-compatible store for documents
    #[arg(long)]
    documents: Option<PathBuf>,
    /// 输出文件 · File to write
    #[arg(long)]
    out: PathBuf,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct About {
    /// 一个项目 · One tender
    #[arg(long, value_name = "CODE", value_parser = super::parsed::<TenderCode>)]
    tender: Option<TenderCode>,
    /// 一个主体 · One organisation: what is about it, and every stream that it signed on
    #[arg(long, value_name = "ID")]
    organisation: Option<OrganisationId>,
    /// 一份承诺 · One commitment, with how both sides judged each other
    #[arg(long, value_name = "ID", value_parser = super::parsed::<CommitmentId>)]
    commitment: Option<CommitmentId>,
    /// 整个日志 · The whole log
    #[arg(long)]
    all: bool,
}

impl About {
    fn scope(self) -> Scope {
        let part = self.tender.map(Scope::Tender).or(self.organisation.map(Scope::Organisation));
        part.or(self.commitment.map(Scope::Commitment)).unwrap_or(Scope::All)
    }
}

impl Export {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Log(export) => export.run().await,
            Self::Bundle(export) => export.run().await,
        }
    }
}

impl ExportLog {
    async fn run(self) -> anyhow::Result<()> {
        let database = Database::open(&self.location.database_url()).await?;
        let size = export_log(&database, &self.out).await?;
        database.close().await;
        say!("{}: {size}", either("已导出条目", "Entries exported"));
        Ok(())
    }
}

impl ExportBundle {
    async fn run(self) -> anyhow::Result<()> {
        let documents = Documents::new(super::serve::objects(&self.location, self.documents.as_deref())?);
        let database = Database::open(&self.location.database_url()).await?;
        let (editions, now) = (Editions::built_in(), Clock::System.now());
        // Whoever exports from a copy of the database has no keys, and is not given new ones.
        let folder = self.location.data.join("keys");
        let keys = if folder.is_dir() { LogKeys::in_folder(&folder)?.checkpoint } else { Vec::new() };
        let maker = Maker { database: &database, documents: &documents, editions: &editions, keys: &keys };
        let verified = export_bundle(maker, self.about.scope(), now, &self.out).await?;
        database.close().await;
        say!("{}: {}", either("已导出条目", "Entries exported"), verified.report.entries);
        for document in verified.bundle.iter().flat_map(|bundle| &bundle.documents_missing) {
            say!("{}: {document}", either("缺失文件", "Document missing"));
        }
        if verified.conclusion() == Conclusion::Open {
            say!(
                "{}",
                either(
                    "未附日志对各卷长度的签名声明（没有检查点密钥）：收到者无法判断是否齐全",
                    "Without the log's signed statement of its streams (no checkpoint key at hand): whoever gets it can't tell whether it is whole",
                )
            );
        }
        if let Some(finding) = verified.report.findings.first() {
            bail!("{}: {finding}", either("已写出，但核验不成立", "it was written, but does not hold"));
        }
        Ok(())
    }
}
