//! `law list`, `law show` and `law adopt`.

use super::client::{Met, Remote};
use super::language::either;
use super::say::say;
use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use gongshi::act::{Acts, Stream};
use gongshi::identity::{self, LawAdoption};
use gongshi::law::{Edition, Editions, MEDIA_TYPE};
use gongshi::record::{Bearer, Header, Record, load_key};
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub enum Law {
    /// 列出日志已采纳的法规版本 · The editions that a log has adopted
    List(List),
    /// 显示一个法规版本 · What an edition says: a folder of TOML files, or the one that comes with the program
    Show(Show),
    /// 采纳法规版本 · Adopt an edition, as a supervisor
    Adopt(Adopt),
}

#[derive(Args)]
pub struct List {
    #[command(flatten)]
    remote: Remote,
}

#[derive(Args)]
pub struct Show {
    /// 版本目录，缺省为随程序的最新版本 · Folder of the edition; the newest that comes with the program without it
    folder: Option<PathBuf>,
}

#[derive(Args)]
pub struct Adopt {
    #[command(flatten)]
    remote: Remote,
    /// 监督部门私钥文件 · File of the supervisor's private key
    #[arg(long, env = "GONGSHI_KEY")]
    key: PathBuf,
    /// 采纳理由 · Why: it stands in the log for ever
    #[arg(long)]
    reason: String,
    /// 版本目录，缺省为随程序的最新版本 · Folder of the edition; the newest that comes with the program without it
    folder: Option<PathBuf>,
}

impl Law {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List(list) => list.run().await,
            Self::Show(show) => show.run(),
            Self::Adopt(adopt) => adopt.run().await,
        }
    }
}

/// The edition in a folder: all its TOML files.
fn read(folder: Option<&Path>) -> anyhow::Result<Edition> {
    let Some(folder) = folder else { return Ok(Edition::clone(&Editions::newest())) };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            files.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text));
        }
    }
    let bytes = Edition::pack(files.iter().map(|(name, text)| (&**name, &**text)));
    Edition::parse(&bytes).with_context(|| folder.display().to_string())
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
        let editions = self.remote.json(reqwest::Client::new().get(self.remote.url("/v1/law"))).await?;
        for edition in editions.as_array().into_iter().flatten() {
            let text = |name: &str| edition[name].as_str().unwrap_or_default().to_owned();
            let mark = if edition["in_force"] == true { "*" } else { " " };
            say!("{mark} {} {} #{} {}", text("name"), text("time"), edition["index"], text("edition"));
        }
        Ok(())
    }
}

impl Show {
    fn run(self) -> anyhow::Result<()> {
        let edition = read(self.folder.as_deref())?;
        say!("{} {}\n{}", edition.name, edition.id, either(&edition.zh, &edition.en));
        let years = edition.calendar.years().map(|year| year.to_string()).collect::<Vec<_>>().join(" ");
        say!("{}: {years}", either("已公布节假日安排的年份", "Years with a holiday arrangement"));
        for (rule, days) in edition.rules() {
            let days = days.map(|days| format!(" {days} {}", either("日", "days"))).unwrap_or_default();
            say!("{}{days} [{} {} ] {}", rule.id, rule.status, rule.valid_from, rule.law);
            say!("    {}", either(&rule.zh, &rule.en));
        }
        Ok(())
    }
}

impl Adopt {
    async fn run(self) -> anyhow::Result<()> {
        let edition = read(self.folder.as_deref())?;
        let key = load_key(&self.key)?;
        let client = reqwest::Client::new();
        let Met { origin, now } = self.remote.meet(&client).await?;
        let upload = client
            .put(self.remote.url(&format!("/v1/documents/{}", edition.id)))
            .bearer_auth(Bearer::issue(&key, &origin, now))
            .header("content-type", MEDIA_TYPE.name())
            .body(edition.bytes().to_vec());
        self.remote.json(upload).await?;
        let reason = self.reason.parse().map_err(|fault| anyhow!("--reason: {fault}"))?;
        let act = identity::Act::from(LawAdoption { edition: edition.document(), reason });
        let payload = serde_json::to_vec(&act.to_value())?;
        let header = Header::new(key.key_id(), &origin, act.kind(), Stream::LOG.as_str(), now.seconds());
        let post = client
            .post(self.remote.url("/v1/law/adoptions"))
            .header("content-type", "application/json")
            .header("x-jws-signature", Record::sign(&key, &header, &payload).detached())
            .body(payload);
        let receipt = self.remote.json(post).await?;
        say!("{}: {} #{}", either("已采纳", "Adopted"), edition.name, receipt["index"]);
        Ok(())
    }
}
