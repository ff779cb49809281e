//! The command line: thin, every command calls the library.

mod access;
mod backup;
mod client;
mod config;
mod data;
mod evaluate;
mod export;
mod import;
mod keys;
mod language;
mod law;
mod logging;
mod mirror;
mod monitor;
mod reconcile;
mod sandbox;
pub mod say;
mod serve;
mod sources;
mod statement;
mod uploads;
mod usage;
mod verify;
mod witness;

pub use config::command_line;

use clap::{Args, Parser, Subcommand};
use gongshi::field::Fault;
use logging::Logging;
use std::path::PathBuf;
use std::str::FromStr;

/// A field as the command line has it, with what is wrong in both languages.
fn parsed<T: FromStr<Err = Fault>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|fault: Fault| fault.to_string())
}

/// 公示 gongshi：公共采购诚信公示账本 · the integrity ledger of public procurement
#[derive(Parser)]
#[command(name = "gongshi", version, max_term_width = 110)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 启动服务（SIGUSR1：确认时钟无误） · Run the service (SIGUSR1 confirms that its clock is right as it is)
    Serve(serve::Serve),
    /// 以示例数据启动服务 · Run the service with a believable example data set
    Demo(serve::Demo),
    /// 沙盒：时钟可拨、密钥齐备、用完即弃 · A throw-away log whose clock can be moved, with everybody's keys at hand
    Sandbox(sandbox::Sandbox),
    /// 输出 serve 的设置文件 · Print the configuration file of `serve`, with every option explained; or check one
    Config(config::Config),
    /// 生成密钥 · Make a key
    Keygen(keys::Keygen),
    /// 更名续写日志 · Go on under another origin and key, after the checkpoint key was stolen; the service must be stopped
    Continue(keys::Continue),
    /// 签名记录 · Sign a record without sending it
    Sign(keys::Sign),
    /// 签名并提交记录 · Sign a record, send it, keep the receipt
    Post(client::Post),
    /// 输出访问令牌，五分钟有效 · Print a bearer token for scripts, good for five minutes
    Token(client::Token),
    /// 上传文件，输出记录中的引用 · Upload a document, print how records cite it
    Upload(uploads::Upload),
    /// 密封一个值，输出记录中的摘要 · Seal a personal value, print the digest that stands for it in a payload
    Seal(uploads::Seal),
    /// 打开密封的值 · Open a sealed value: its name and what it says, checked against the digest
    Open(uploads::Open),
    /// 永久删除密封的值 · Erase a sealed value for ever; the log holds as before
    Erase(uploads::Erase),
    /// 密封或公开践诺评价 · Seal a rating, and reveal it later
    #[command(subcommand)]
    Evaluate(evaluate::Evaluate),
    /// 读取资源 · Read a resource of a service
    Get(client::Get),
    /// 准入核验：某代码是否在禁入期内 · Who of these organisations is barred, and by which record
    Access(access::Access),
    /// 离线核验日志 · Verify a whole log: a folder, a data folder or a URL
    Verify(verify::Verify),
    /// 见证日志 · Witness logs: cosign their checkpoints as long as they only grow
    Witness(witness::Witness),
    /// 镜像日志 · Mirror a log into a plain folder, verifying as it goes
    Mirror(mirror::Mirror),
    /// 监察日志 · Watch a log, its mirrors and witnesses; JSON lines of what is wrong and of entries that are asked for
    Monitor(monitor::Monitor),
    /// 离线核验回执 · Verify one receipt (C2SP tlog-proof) offline
    Proof(verify::Proof),
    /// 输出离线核验页 · Print the page that verifies receipts and bundles in a browser, from a disk: `gongshi verify-page > verify.html`
    VerifyPage,
    /// 备份，服务可在运行 · Copy the log, documents and disclosures; the service may run
    Backup(backup::Backup),
    /// 从备份、镜像或副本恢复 · Bring the log back from a backup, a mirror or a replica; the service must be stopped
    Restore(backup::Restore),
    /// 按日志修复各表 · Repair what differs from the log, table by table; the service must be stopped
    Replay(data::Replay),
    /// 导出 · Export
    #[command(subcommand)]
    Export(export::Export),
    /// 法规版本 · The law as data: list, show, adopt
    #[command(subcommand)]
    Law(law::Law),
    /// 导入 · Import
    #[command(subcommand)]
    Import(import::Import),
    /// 读取银行对账单并验算 · Read a bank statement and check that it adds up
    Statement(statement::Statement),
    /// 银行对账 · Hold a bank statement against a payee's book: matches, open items, whether each day ties
    Reconcile(reconcile::Reconcile),
    /// 输出 OpenAPI 描述 · Print the OpenAPI description
    Openapi,
    /// 性能测量 · Measure performance against this machine's limits
    Bench(data::Bench),
}

/// SQLite's file in a data folder.
const DATABASE_FILE: &str = "gongshi.sqlite";

/// Where a log is kept.
#[derive(Args, Clone)]
pub struct Location {
    /// 数据目录（密钥、文件、SQLite） · Data folder: keys, documents, and the SQLite database
    #[arg(long, env = "GONGSHI_DATA")]
    data: PathBuf,
    /// PostgreSQL 连接 · postgres://… instead of the SQLite file in the data folder
    #[arg(long, env = "GONGSHI_DATABASE")]
    database: Option<String>,
}

impl Location {
    fn database_url(&self) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite://{}", self.data.join(DATABASE_FILE).display()))
    }
}

impl Cli {
    fn logging(&self) -> Logging {
        match &self.command {
            Command::Serve(serve) => serve.logging,
            _ => Logging::default(),
        }
    }

    /// Runs the command; the exit code tells whether what it checked holds.
    ///
    /// # Errors
    /// What went wrong, for people.
    pub fn run(self) -> anyhow::Result<std::process::ExitCode> {
        self.logging().begin();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let done = |()| std::process::ExitCode::SUCCESS;
        match self.command {
            Command::Serve(serve) => runtime.block_on(serve.run()).map(done),
            Command::Demo(demo) => runtime.block_on(demo.run()).map(done),
            Command::Sandbox(sandbox) => runtime.block_on(sandbox.run()).map(done),
            Command::Config(config) => config.run().map(done),
            Command::Token(token) => runtime.block_on(token.run()).map(done),
            Command::Upload(upload) => runtime.block_on(upload.run()).map(done),
            Command::Seal(seal) => runtime.block_on(seal.run()).map(done),
            Command::Open(open) => runtime.block_on(open.run()).map(done),
            Command::Erase(erase) => runtime.block_on(erase.run()).map(done),
            Command::Evaluate(evaluate) => runtime.block_on(evaluate.run()).map(done),
            Command::Keygen(keygen) => keygen.run().map(done),
            Command::Continue(next) => runtime.block_on(next.run()).map(done),
            Command::Sign(sign) => sign.run().map(done),
            Command::Post(post) => runtime.block_on(post.run()),
            Command::Get(get) => runtime.block_on(get.run()),
            Command::Access(access) => Ok(runtime.block_on(access.run())),
            Command::Verify(verify) => verify.run(runtime.handle()),
            Command::Witness(witness) => runtime.block_on(witness.run()).map(done),
            Command::Mirror(mirror) => Ok(runtime.block_on(mirror.run())),
            Command::Monitor(monitor) => Ok(runtime.block_on(monitor.run())),
            Command::Proof(proof) => proof.run(),
            Command::VerifyPage => {
                say::out(format_args!("{}", gongshi::page::verify::offline_page()));
                Ok(std::process::ExitCode::SUCCESS)
            }
            Command::Backup(backup) => runtime.block_on(backup.run()),
            Command::Restore(restore) => runtime.block_on(restore.run()),
            Command::Replay(replay) => runtime.block_on(replay.run()),
            Command::Export(export) => runtime.block_on(export.run()).map(done),
            Command::Law(law) => runtime.block_on(law.run()).map(done),
            Command::Import(import) => runtime.block_on(import.run()).map(done),
            Command::Statement(statement) => Ok(statement.run()),
            Command::Reconcile(reconcile) => Ok(runtime.block_on(reconcile.run())),
            Command::Openapi => runtime.block_on(data::openapi()).map(done),
            Command::Bench(bench) => runtime.block_on(bench.run()).map(done),
        }
    }
}

/// Ctrl-C or SIGTERM; which of them it was.
async fn stopped() -> &'static str {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(error) => {
            tracing::error!(%error, "SIGTERM can't be heard");
            return "none";
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => "SIGINT",
        _ = terminate.recv() => "SIGTERM",
    }
}
