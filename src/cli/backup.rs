//! `backup` and `restore`.

use super::Location;
use super::language::either;
use super::say::say;
use super::serve::{Name, guarded, objects, open_marked};
use anyhow::{Context, anyhow, bail, ensure};
use clap::Args;
use gongshi::backup::{Backup as Copying, Restored, Restorer, copy_keys};
use gongshi::clock::{self, Clock};
use gongshi::field::DocumentId;
use gongshi::highwater::HighWater;
use gongshi::law::Editions;
use gongshi::ledger::LogKeys;
use gongshi::log::NoteKey;
use gongshi::private;
use gongshi::record::PrivateKey;
use gongshi::store::Database;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct Backup {
    #[command(flatten)]
    location: Location,
    /// 文件存储：S3 设置（TOML） · TOML file with the settings of an S3-compatible store for documents
    #[arg(long, env = "GONGSHI_DOCUMENTS")]
    documents: Option<PathBuf>,
    /// 输出目录，须不存在 · Folder to make; it must not be there yet
    #[arg(long)]
    out: PathBuf,
    /// 连同日志私钥 · With the private keys of the log
    #[arg(long)]
    with_keys: bool,
}

impl Backup {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let objects = objects(&self.location, self.documents.as_deref())?;
        let database = Database::open(&self.location.database_url()).await?;
        let keys = self.location.data.join("keys");
        let copying =
            Copying { database: &database, objects: &objects, keys: self.with_keys.then_some(keys.as_path()) };
        let taken = copying.take(&self.out, || Clock::System.now()).await;
        database.close().await;
        let taken = taken?;
        say!("{}: {}", either("已备份条目", "Entries in the backup"), taken.size);
        say!("{}: {}", either("文件", "Documents"), taken.documents);
        say!("{}: {}", either("披露", "Disclosures"), taken.disclosures);
        say_missing(&taken.missing);
        Ok(if taken.missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn say_missing<'a>(missing: impl IntoIterator<Item = &'a DocumentId>) {
    for id in missing {
        say!("✗ {}: {id}", either("缺失文件", "Document missing"));
    }
}

const NOTES: &str = "\
不覆盖任何已有条目；服务须停止。 · Nothing that is there is overwritten; the service must be stopped.

退出码 · Exit codes:
  0  日志已达所知最远处 · the log is as far as is known
  1  仍有缺失 · something is still missing: entries that the high-water mark knows, or cited documents";

#[derive(Args)]
#[command(after_help = NOTES)]
pub struct Restore {
    #[command(flatten)]
    location: Location,
    #[command(flatten)]
    name: Name,
    /// 文件存储：S3 设置（TOML） · TOML file with the settings of an S3-compatible store for documents
    #[arg(long, env = "GONGSHI_DOCUMENTS")]
    documents: Option<PathBuf>,
    /// 备份目录 · A backup
    #[arg(long, value_name = "FOLDER")]
    from: Option<PathBuf>,
    /// 补回其后条目的来源（服务、镜像或发布目录），可多次 · Whoever may have later entries: a service, a mirror, a published folder
    #[arg(long, value_name = "URL|FOLDER")]
    catch_up: Vec<String>,
    /// 除本机私钥外另信任的日志公钥（vkey） · Verifier key of the log that is believed besides those of the keys at hand
    #[arg(long)]
    key: Vec<NoteKey>,
    /// 确无从补回：将损失记入日志并更名续写 · Nobody has the rest: record the loss and go on under another name
    #[arg(long, requires_all = ["new_origin", "reason"])]
    accept_loss: bool,
    /// 所失条目的最后检查点；默认取高水位 · The furthest checkpoint that is known of what is lost; by default the high-water mark
    #[arg(long, value_name = "FILE", requires = "accept_loss")]
    lost: Option<PathBuf>,
    /// 新日志名 · The new origin
    #[arg(long = "as", value_name = "ORIGIN")]
    new_origin: Option<String>,
    /// 原因 · Why: it stands in the log for ever
    #[arg(long)]
    reason: Option<String>,
}

impl Restore {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        ensure!(
            self.from.is_some() || !self.catch_up.is_empty() || self.accept_loss,
            either(
                "须给出 --from、--catch-up 或 --accept-loss",
                "one of --from, --catch-up and --accept-loss is needed"
            )
        );
        let data = &self.location.data;
        private::data_folder(data, "keys").with_context(|| data.display().to_string())?;
        let keys = self.keys()?;
        let missing = self.take(&keys).await?;
        say_missing(&missing);
        let short = self.short().await?;
        if let (true, Some(size)) = (self.accept_loss, short) {
            self.record_loss(size).await?;
        } else if let Some(size) = short {
            let mark = HighWater::in_folder(data)?.mark().map_or(0, |(_, mark)| mark.size);
            say!(
                "✗ {}",
                either(
                    &format!(
                        "现有 {size} 条，高水位所知为 {mark} 条：请从其他来源补回（--catch-up），或接受损失（--accept-loss）"
                    ),
                    &format!(
                        "{size} entries are here, the high-water mark knows {mark}: take the rest from somebody else \
                         (--catch-up), or accept the loss (--accept-loss)"
                    ),
                )
            );
            return Ok(ExitCode::FAILURE);
        }
        Ok(if missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// The keys at hand; those of the backup where there are none.
    fn keys(&self) -> anyhow::Result<Vec<PrivateKey>> {
        let folder = self.location.data.join("keys");
        if let Some(saved) = self.from.as_ref().map(|from| from.join("keys")).filter(|saved| saved.is_dir())
            && !folder.exists()
        {
            copy_keys(&saved, &folder).with_context(|| folder.display().to_string())?;
        }
        // New ones would sign for nobody.
        if folder.is_dir() { Ok(LogKeys::in_folder(&folder)?.checkpoint) } else { Ok(Vec::new()) }
    }

    /// Takes what each source has; the documents that are cited there and that it had not.
    async fn take(&self, keys: &[PrivateKey]) -> anyhow::Result<Vec<DocumentId>> {
        let objects = objects(&self.location, self.documents.as_deref())?;
        let database = Database::open(&self.location.database_url()).await?;
        let restorer = Restorer {
            database: &database,
            objects: &objects,
            editions: &Editions::built_in(),
            keys,
            trusted: &self.key,
        };
        let mut missing = Vec::new();
        let mut say = |source: &str, restored: Restored| {
            say!("{source}: {} {} → {}", either("条目", "entries"), restored.from, restored.to);
            missing.extend(restored.documents_missing);
        };
        let taken = async {
            if let Some(from) = &self.from {
                let name = from.display().to_string();
                say(&name, restorer.take_backup(from).await.with_context(|| name.clone())?);
            }
            for source in &self.catch_up {
                say(source, restorer.catch_up(source).await.with_context(|| source.clone())?);
            }
            anyhow::Ok(())
        };
        let taken = taken.await;
        database.close().await;
        taken.map(|()| missing)
    }

    /// How many entries there are, if the high-water mark knows more.
    async fn short(&self) -> anyhow::Result<Option<u64>> {
        let database = Database::open(&self.location.database_url()).await?;
        let head = database.head().await;
        database.close().await;
        let size = head?.map_or(0, |(size, _)| size);
        let mark = HighWater::in_folder(&self.location.data)?.mark();
        let known = mark.is_some_and(|(_, mark)| mark.size > size) || self.lost.is_some();
        Ok(known.then_some(size))
    }

    /// Goes on under another name and key, over what there is.
    async fn record_loss(&self, size: u64) -> anyhow::Result<()> {
        let (Some(origin), Some(reason)) = (&self.new_origin, &self.reason) else { bail!("--as, --reason") };
        let reason = reason.parse().map_err(|fault| anyhow!("--reason: {fault}"))?;
        ensure!(size > 0, either("没有任何条目可续", "there is nothing to go on from"));
        let data = &self.location.data;
        let marked = HighWater::in_folder(data)?;
        let lost = match &self.lost {
            Some(file) => std::fs::read_to_string(file).with_context(|| file.display().to_string())?,
            None => marked.mark().map(|(note, _)| note).unwrap_or_default(),
        };
        let lost = lost.parse().map_err(|fault| anyhow!("--lost: {fault}"))?;
        let key = super::keys::new_checkpoint_key(data)?;
        let clock = guarded(&self.location, clock::TOLERANCE);
        // The mark is what the log falls short of: it is in the record, and begins anew with it.
        let ledger =
            open_marked(&self.location, &self.name, self.documents.as_deref(), None, clock, HighWater::default());
        let ledger = ledger.await?;
        let receipt = ledger.continue_as(origin, &key, Some(lost), reason).await?;
        let (note, checkpoint) = ledger.checkpoint().await?;
        marked.raise(&note, &checkpoint)?;
        ledger.close().await;
        super::keys::say_continued(origin, &receipt, &ledger);
        Ok(())
    }
}
