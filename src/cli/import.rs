//! `import notices`: real notices, signed under demo keys, into a log of their own.

use super::Location;
use super::language::either;
use super::say::say;
use anyhow::ensure;
use clap::{Args, Subcommand};
use gongshi::clock::Clock;
use gongshi::field::{Instant, OrganisationId};
use gongshi::import::{self, Signatories, Signatory, Step};
use gongshi::ledger::Ledger;
use gongshi::organisation::{Act, Confirmation, Registration, Role};
use gongshi::private;
use gongshi::record::{PrivateKey, load_key, save_key};
use gongshi::world::Stream;
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Subcommand)]
pub enum Import {
    /// 真实公告（JSON 行） · Real notices (JSON lines), each under its own date
    Notices(ImportFrom),
    /// 采购中心的表格（CSV 或 XLSX，格式见 IMPORT.md） · A centre's table (CSV or XLSX; its format: IMPORT.md)
    Table(ImportFrom),
}

#[derive(Args)]
pub struct ImportFrom {
    /// 公告目录，或表格文件 · Folder with the notices, or the table's file
    source: PathBuf,
    /// 只输出报告，不写入任何内容 · Print the report alone, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Not needed where nothing is written.
    /// 数据目录（须为新目录） · Data folder, a new one; not needed with --dry-run
    #[arg(long, env = "GONGSHI_DATA", required_unless_present = "dry_run")]
    data: Option<PathBuf>,
    /// PostgreSQL 连接 · postgres://… instead of the SQLite file in the data folder
    #[arg(long, env = "GONGSHI_DATABASE")]
    database: Option<String>,
}

const SUPERVISOR: &str = "11410100005260004Y";
const CENTRE: &str = "91410100MA0000015B";

impl Import {
    pub async fn run(self) -> anyhow::Result<()> {
        let by = Signatories { supervisor: SUPERVISOR.parse()?, centre: CENTRE.parse()? };
        let (from, read) = match self {
            Self::Notices(from) => {
                let read = import::read(&from.source, &by);
                (from, read)
            }
            Self::Table(from) => {
                let read = import::read_table(&from.source, &by);
                (from, read)
            }
        };
        let (steps, report) = read.map_err(|error| {
            let said = error.said();
            anyhow::anyhow!("{}: {}", from.source.display(), either(&said.zh, &said.en))
        })?;
        if let Some(data) = from.data.filter(|_| !from.dry_run) {
            write(&Location { data, database: from.database }, steps, by).await?;
        }
        say!("{}", serde_json::to_string_pretty(&report)?);
        Ok(())
    }
}

/// The log's clock follows the dates of the notices: windows are as long as they were. So the log must be new.
async fn write(location: &Location, steps: Vec<Step>, by: Signatories) -> anyhow::Result<()> {
    let first = steps.first().map_or_else(|| Clock::System.now(), |step| step.at);
    let clock = Clock::manual(first.plus_millis(-3_600_000));
    let ledger = super::serve::open(location, &super::serve::Name::demo(), None, None, clock.clone()).await?;
    ensure!(
        *ledger.size().borrow() == 1,
        "{}",
        either(
            "导入须用新的数据目录：公告按其日期写入",
            "import into a new data folder: notices enter under their own dates"
        )
    );
    let keys = location.data.join("demo-keys");
    private::folder(&keys)?;
    let supervisor = demo_key(&keys.join("supervisor.jwk"))?;
    let operator = ledger.operator_key().clone();
    register(&ledger, &supervisor, &operator, by.supervisor, "导入监督部门", Role::Supervisor).await?;
    let centre_key = demo_key(&keys.join("centre.jwk"))?;
    register(&ledger, &centre_key, &supervisor, by.centre, "导入采购中心", Role::Centre).await?;
    let bar = ProgressBar::new(steps.len() as u64);
    for step in steps {
        advance(&ledger, &clock, step.at).await?;
        let key = match step.who {
            Signatory::Supervisor => &supervisor,
            Signatory::Centre => &centre_key,
        };
        // What the log would refuse was left out when the steps were rehearsed.
        let stream = Stream::of(&step.tender);
        ledger.act_as(key, &stream, &step.act.into()).await.map_err(|error| anyhow::anyhow!("{stream}: {error}"))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    ledger.database.close().await;
    Ok(())
}

/// Lets time pass until `to`, at the pace of what falls due.
async fn advance(ledger: &Arc<Ledger>, clock: &Clock, to: Instant) -> anyhow::Result<()> {
    clock.set(to.max(clock.now()));
    ledger.propose_due().await?;
    Ok(())
}

fn demo_key(path: &Path) -> anyhow::Result<PrivateKey> {
    if !path.exists() {
        save_key(path, &PrivateKey::generate())?;
    }
    Ok(load_key(path)?)
}

async fn register(
    ledger: &Arc<Ledger>,
    key: &PrivateKey,
    admitter: &PrivateKey,
    id: OrganisationId,
    name: &str,
    role: Role,
) -> anyhow::Result<()> {
    let stream = Stream::of(&id);
    let name = name.parse().map_err(|fault| anyhow::anyhow!("{fault}"))?;
    let registration =
        Registration { id, name, key: key.public().to_jwk(), roles: vec![role], region: None, code_as_issued: false };
    ledger.act_as(key, &stream, &Act::from(registration).into()).await?;
    let confirmation = Confirmation { kid: key.key_id(), roles: vec![role], code_document: None };
    ledger.act_as(admitter, &stream, &Act::from(confirmation).into()).await?;
    Ok(())
}
