//! `verify` and `proof`.

use super::DATABASE_FILE;
use super::language::either;
use super::say::say;
use super::serve::read_policy;
use super::sources::{DatabaseSource, HttpSource};
use anyhow::Context;
use clap::Args;
use gongshi::audit::{Finding, Folder, Lost, Reason, Report, Source, StoredRow, verify};
use gongshi::bundle::{Conclusion, Contents, Listening, Occasion, Scope, Verified, file_digest, page, verify_bundle};
use gongshi::clock::Clock;
use gongshi::derived::compare;
use gongshi::law::Editions;
use gongshi::log::{NoteKey, SignedNote, TlogProof};
use gongshi::store::{Database, Disclosures, Objects};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::runtime::Handle;

/// The exit status where nothing is wrong and it can't be judged whether everything is there.
const OPEN: u8 = 3;

/// Exit status 0: all holds; 1: there are findings; 3: what is there holds, and whether records were left out can't be told.
#[derive(Args)]
pub struct Verify {
    /// 日志：证据包、目录、数据目录、数据库或网址 · The log: a bundle (zip), an exported folder, a data folder, postgres://…, or
    /// the URL of a service
    log: String,
    /// 日志公钥（vkey） · Verifier key of the log; without it the one that entry 0 names is used, and shown
    #[arg(long)]
    key: Option<NoteKey>,
    /// 见证策略（C2SP tlog-policy） · Witness policy: the checkpoint must have enough of its cosignatures
    #[arg(long)]
    policy: Option<PathBuf>,
    /// 输出 JSON · Print the report as JSON
    #[arg(long)]
    json: bool,
    /// 核验报告（HTML，可打印） · Write a report to file away: one HTML page, made for A4
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

#[derive(Args)]
pub struct Proof {
    /// 回执文件 · The receipt: a C2SP tlog-proof
    proof: PathBuf,
    /// 条目文件 · The entry's bytes (GET /v1/records/<index>/entry)
    #[arg(long)]
    entry: PathBuf,
    /// 日志公钥（vkey） · Verifier key of the log
    #[arg(long)]
    key: NoteKey,
    /// 见证策略（C2SP tlog-policy） · Witness policy that the proof's checkpoint must meet
    #[arg(long)]
    policy: Option<PathBuf>,
}

/// Opens whatever the word names; where that is a database, it is more than a copy of the log.
fn source(log: &str, runtime: &Handle) -> anyhow::Result<(Box<dyn Source>, Option<Database>)> {
    if log.starts_with("http://") || log.starts_with("https://") {
        return Ok((Box::new(HttpSource::open(log, runtime.clone())?), None));
    }
    let file = Path::new(log).join(DATABASE_FILE);
    if log.starts_with("postgres") || file.exists() {
        let url = if log.starts_with("postgres") { log.to_owned() } else { format!("sqlite://{}", file.display()) };
        let database = runtime.block_on(Database::open(&url))?;
        let source = DatabaseSource { database: database.clone(), runtime: runtime.clone() };
        return Ok((Box::new(source), Some(database)));
    }
    anyhow::ensure!(Path::new(log).is_dir(), "{log}: {}", either("没有这个目录", "no such folder"));
    Ok((Box::new(Folder::new(Path::new(log))), None))
}

/// Adds to a report what a database holds beside the entries and the entries do not say.
async fn compare_derived(
    database: &Database,
    disclosures: Option<&Disclosures>,
    editions: &Editions,
    report: &mut Report,
) {
    let compared = compare(database, disclosures, editions, |mismatch| {
        let row = StoredRow {
            table: mismatch.table.name.to_owned(),
            key: mismatch.key_text(),
            columns: mismatch.columns().iter().map(|column| (*column).to_owned()).collect(),
        };
        let finding = Finding::new(mismatch.index(), Reason::DerivedMismatch, mismatch.en());
        report.take(Finding { detail_zh: Some(mismatch.zh()), row: Some(row), ..finding });
    });
    if let Err(error) = compared.await {
        let finding = Finding::new(None, Reason::Unreadable, format!("the other tables were not compared: {error}"));
        report.take(Finding { detail_zh: Some(format!("其余各表未能与日志核对：{error}")), ..finding });
    }
}

impl Verify {
    pub fn run(self, runtime: &Handle) -> anyhow::Result<ExitCode> {
        let path = Path::new(&self.log);
        let mut verified = if path.is_file() {
            verify_bundle(path, self.key.as_ref(), &Editions::built_in()).with_context(|| self.log.clone())?
        } else {
            self.copy(runtime)?
        };
        if let Some(policy) = self.policy.as_deref().map(read_policy).transpose()? {
            verified.report.require(&policy);
        }
        if let Some(file) = &self.report {
            // The address of a database may have a password in it.
            let subject = if self.log.starts_with("postgres") { "postgres" } else { &self.log };
            let occasion = Occasion {
                subject: subject.to_owned(),
                digest: path.is_file().then(|| file_digest(path)).transpose()?,
                pinned: self.key.is_some(),
                policy: self.policy.is_some(),
                at: Clock::System.now(),
            };
            std::fs::write(file, page(&verified, &occasion)).with_context(|| file.display().to_string())?;
        }
        if self.json {
            say!("{}", serde_json::to_string(&verified)?);
        } else {
            print(&verified, self.key.is_some());
        }
        Ok(match verified.conclusion() {
            Conclusion::Holds => ExitCode::SUCCESS,
            Conclusion::Open => ExitCode::from(OPEN),
            Conclusion::Fails => ExitCode::FAILURE,
        })
    }

    /// A copy of a whole log.
    fn copy(&self, runtime: &Handle) -> anyhow::Result<Verified> {
        let (mut source, database) = source(&self.log, runtime)?;
        let bar = if self.json { ProgressBar::hidden() } else { ProgressBar::new(0) };
        bar.set_style(ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} {per_sec} {eta}")?);
        let mut progress = |done: u64, size: u64| {
            bar.set_length(size.max(done));
            bar.set_position(done);
        };
        let (key, editions) = (self.key.as_ref(), Editions::built_in());
        let mut verified = if self.report.is_some() {
            // The page says more than the audit keeps.
            let mut source = Listening::to(source.as_mut());
            let report = verify(&mut source, key, &editions, &mut progress)?;
            Verified { report, bundle: None, contents: source.contents }
        } else {
            let report = verify(source.as_mut(), key, &editions, &mut progress)?;
            Verified { report, bundle: None, contents: Contents::default() }
        };
        bar.finish_and_clear();
        if let Some(database) = database {
            let texts = Path::new(&self.log).join("documents");
            let disclosures = if texts.is_dir() { Some(Disclosures::new(Objects::local(&texts)?)) } else { None };
            let report = &mut verified.report;
            runtime.block_on(compare_derived(&database, disclosures.as_ref(), &editions, report));
        }
        Ok(verified)
    }
}

/// In the reader's language, where there are words in it.
fn in_words(finding: &Finding) -> String {
    match &finding.detail_zh {
        Some(zh) => format!("{}: {}", finding.reason, either(zh, &finding.detail)),
        None => finding.to_string(),
    }
}

fn print(verified: &Verified, pinned: bool) {
    let report = &verified.report;
    say!("{}: {}", either("日志", "Log"), report.origin);
    if let Some(bundle) = &verified.bundle {
        say!("{}: {}", either("范围", "Scope"), bundle.scope);
        let missing = bundle.documents_missing.len();
        say!("{}: {} (+{missing} {})", either("文件", "Documents"), bundle.documents, either("缺", "missing"));
    }
    say!("{}: {}", either("条目", "Entries"), report.entries);
    say!("{}: {}", either("树根", "Root"), report.root);
    let note = if pinned {
        ""
    } else {
        either("（取自首条记录，请与可信来源核对）", " (as entry 0 names it: compare it with a source you trust)")
    };
    say!("{}: {}{note}", either("日志公钥", "Log key"), report.log_keys.join(" "));
    if !report.witnesses.is_empty() {
        say!("{}: {}", either("见证", "Witnesses"), report.witnesses.join(" "));
    }
    for key in &report.contested {
        let what = either("密钥吊销前可能被冒用的记录", "Records that a stolen key may have signed");
        say!("! {what}: {} ({} ≥ {}): {:?}", key.records, key.kid, key.revoked_from, key.indexes);
    }
    for Lost { origin, from, to } in &report.lost {
        say!("! {}: {origin} {from} ≤ n < {to}", either("日志自述已失的条目", "Entries that the log says it has lost"));
    }
    let causes = report.root_causes();
    for cause in &causes {
        say!("✗ {}", in_words(cause.finding));
        if cause.following() > 0 {
            let reasons = cause.follows.iter().map(|(reason, count)| format!("{reason} {count}"));
            let (zh, en) = ("或由此引出", "may follow from it");
            say!("  + {} {}: {}", cause.following(), either(zh, en), reasons.collect::<Vec<_>>().join(", "));
        }
    }
    if causes.len() < report.findings.len() {
        say!("{}", either("  全部逐条：--json 或 --report", "  One by one: --json or --report"));
    }
    if report.findings_omitted > 0 {
        say!("✗ +{}", report.findings_omitted);
    }
    let is_part = verified.bundle.as_ref().is_some_and(|bundle| bundle.scope != Scope::All);
    let concluded = match verified.conclusion() {
        Conclusion::Fails => return,
        Conclusion::Open => either(
            "？所附记录成立：签名、权限、收录证明、检查点、重放；是否有记录被抽走，无法判断（日志未作声明）",
            "? What is here holds: signatures, entitlement, inclusion, checkpoint, replay; whether records were taken out can't be told (the log states nothing)",
        ),
        Conclusion::Holds if is_part => either(
            "✓ 所附记录成立且各卷齐全：签名、权限、收录证明、检查点、重放，条目数与日志的签名声明一致",
            "✓ What is here holds and is whole: signatures, entitlement, inclusion, checkpoint, replay, and as many entries as the log states",
        ),
        Conclusion::Holds => either(
            "✓ 全部成立：签名、权限、链、树、检查点、重放",
            "✓ All holds: signatures, entitlement, chain, tree, checkpoint, replay",
        ),
    };
    say!("{concluded}");
}

impl Proof {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let text = std::fs::read_to_string(&self.proof).with_context(|| self.proof.display().to_string())?;
        let entry = std::fs::read(&self.entry).with_context(|| self.entry.display().to_string())?;
        let proof = TlogProof::parse(&text)?;
        match proof.verify(&entry, std::slice::from_ref(&self.key), self.key.name()) {
            Ok(_) if !self.is_witnessed(&proof.checkpoint)? => {
                say!("✗ {}", either("见证不足", "not witnessed as the policy asks"));
                Ok(ExitCode::FAILURE)
            }
            Ok(checkpoint) => {
                let (index, size) = (proof.index, checkpoint.size);
                say!("{}", either("✓ 已收录", "✓ included"));
                say!("{{\"index\":{index},\"size\":{size},\"origin\":{:?}}}", checkpoint.origin);
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                say!("✗ {error}");
                Ok(ExitCode::FAILURE)
            }
        }
    }

    fn is_witnessed(&self, note: &str) -> anyhow::Result<bool> {
        let Some(policy) = self.policy.as_deref().map(read_policy).transpose()? else { return Ok(true) };
        Ok(policy.trusts(&self.key) && policy.is_met_by(&SignedNote::parse(note)?))
    }
}
