//! `upload`, `seal`, `open` and `erase`: documents that records cite, and personal values that they only commit to.

use super::client::{Account, Remote, Session};
use super::keys::read_input;
use super::language::either;
use super::say::say;
use anyhow::{Context, anyhow, bail, ensure};
use clap::Args;
use gongshi::field::{DocumentId, MediaType};
use gongshi::record::{Disclosure, Sealed};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub struct Upload {
    #[command(flatten)]
    account: Account,
    /// 标题，记录中引用时所用；默认为文件名 · Title under which records cite it; the file's name when absent
    #[arg(long)]
    title: Option<String>,
    /// 媒体类型；默认按扩展名 · Media type; by the ending of the file's name when absent
    #[arg(long, value_name = "TYPE")]
    media_type: Option<String>,
    /// 文件 · The file
    file: PathBuf,
}

impl Upload {
    fn media_type(&self) -> anyhow::Result<MediaType> {
        let known = || MediaType::ALL.iter().map(|known| known.name()).collect::<Vec<_>>().join(", ");
        let refuse = || anyhow!("--media-type: {}: {}", either("应为其中之一", "one of these is expected"), known());
        if let Some(name) = &self.media_type {
            return name.parse().map_err(|_| refuse());
        }
        let ending = self.file.extension().and_then(OsStr::to_str).unwrap_or_default().to_lowercase();
        // The other usual endings of two of them.
        let ending = match &*ending {
            "jpeg" => "jpg",
            "tif" => "tiff",
            other => other,
        };
        MediaType::ALL.iter().copied().find(|known| known.extension() == ending).ok_or_else(refuse)
    }

    /// Prints the document as a record cites it.
    pub async fn run(self) -> anyhow::Result<()> {
        let media_type = self.media_type()?;
        let bytes = std::fs::read(&self.file).with_context(|| self.file.display().to_string())?;
        let (sha256, size) = (DocumentId::from_sha256(Sha256::digest(&bytes).into()), bytes.len());
        let name = self.file.file_name().map(|name| name.to_string_lossy().into_owned());
        let title = self.title.or(name).unwrap_or_default();
        let session = self.account.enter().await?;
        let put = session.client.put(session.remote.url(&format!("/v1/documents/{sha256}")));
        session.ask(put.header("content-type", media_type.name()).body(bytes)).await?;
        say!("{}", json!({ "sha256": sha256, "size": size, "media_type": media_type.name(), "title": title }));
        Ok(())
    }
}

#[derive(Args)]
pub struct Seal {
    #[command(flatten)]
    remote: Remote,
    /// 私钥文件 · File of the private key
    #[arg(long, env = "GONGSHI_KEY", required_unless_present = "keep")]
    key: Option<PathBuf>,
    /// 值为 JSON，而非文字 · The value is JSON and no text
    #[arg(long)]
    json: bool,
    /// 只保存在此文件，不存入服务 · Keep the disclosure in this file alone: the service never sees it
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
    /// 名称，如 name、id_number · Name of the value, such as name
    name: String,
    /// 值所在文件，- 为标准输入：命令行上的值会被同机他人看到 · File with the value, - for standard input: on the command line others
    /// of this machine would see it
    #[arg(default_value = "-")]
    value: PathBuf,
}

impl Seal {
    /// Prints what stands in the payload for the value.
    pub async fn run(self) -> anyhow::Result<()> {
        let text = text_of(&self.value)?;
        let text = text.strip_suffix('\n').map_or(&*text, |line| line.strip_suffix('\r').unwrap_or(line));
        let value = if self.json { serde_json::from_str(text)? } else { Value::from(text) };
        // As the service will read it: one that it would refuse is refused here.
        let disclosure = Disclosure::parse(Disclosure::new(&self.name, &value).text())?;
        match (&self.keep, &self.key) {
            (Some(file), _) => {
                let mut kept = gongshi::private::file(file, true).with_context(|| file.display().to_string())?;
                std::io::Write::write_all(&mut kept, disclosure.text().as_bytes())?;
            }
            (None, Some(key)) => {
                let session = Session::begin(&self.remote, key).await?;
                let post = session.client.post(session.remote.url("/v1/disclosures"));
                let post = post.header("content-type", "text/plain; charset=utf-8");
                session.ask(post.body(disclosure.text().to_owned())).await?;
            }
            (None, None) => bail!("--key"),
        }
        say!("{}", serde_json::to_string(&disclosure.sealed())?);
        Ok(())
    }
}

#[derive(Args)]
pub struct Open {
    #[command(flatten)]
    remote: Remote,
    /// 私钥文件 · File of the private key
    #[arg(long, env = "GONGSHI_KEY", required_unless_present = "disclosure")]
    key: Option<PathBuf>,
    /// 密封摘要（sealed） · The digest that stands in the payload as `sealed`
    // One in 64 digests begins with a hyphen.
    #[arg(allow_hyphen_values = true)]
    sealed: String,
    /// 披露所在文件，- 为标准输入；默认向服务读取 · File with the disclosure, - for standard input; the service is asked when absent
    disclosure: Option<PathBuf>,
}

impl Open {
    /// Prints name and value, if the disclosure is the one that the log commits to.
    pub async fn run(self) -> anyhow::Result<()> {
        must_be_digest(&self.sealed)?;
        let text = match (&self.disclosure, &self.key) {
            (Some(file), _) => text_of(file)?.trim().to_owned(),
            (None, None) => bail!("--key"),
            (None, Some(key)) => {
                let session = Session::begin(&self.remote, key).await?;
                let kept = session.ask(session.client.get(address(&session, &self.sealed))).await?;
                kept["disclosure"].as_str().context("no disclosure in the answer")?.to_owned()
            }
        };
        let disclosure = Disclosure::parse(&text)?;
        ensure!(
            disclosure.sealed().sealed == self.sealed,
            "{}: {}",
            either("这份披露的摘要不同，不是它", "this disclosure has another digest, it is not the one"),
            disclosure.sealed().sealed
        );
        say!("{}", json!({ "name": disclosure.name(), "value": disclosure.value() }));
        Ok(())
    }
}

#[derive(Args)]
pub struct Erase {
    #[command(flatten)]
    account: Account,
    /// 原因：与日期、请求人一并保存，不得复述其值 · Why: kept with the date and who asked; it must not repeat the value
    #[arg(long)]
    reason: String,
    /// 密封摘要（sealed） · The digest that stands in the payload as `sealed`
    // One in 64 digests begins with a hyphen.
    #[arg(allow_hyphen_values = true)]
    sealed: String,
}

impl Erase {
    pub async fn run(self) -> anyhow::Result<()> {
        must_be_digest(&self.sealed)?;
        let session = self.account.enter().await?;
        let delete = session.client.delete(address(&session, &self.sealed)).query(&[("reason", &self.reason)]);
        say!("{}", session.ask(delete).await?);
        Ok(())
    }
}

fn address(session: &Session, sealed: &str) -> String {
    session.remote.url(&format!("/v1/disclosures/{sealed}"))
}

/// It becomes a part of an address.
fn must_be_digest(sealed: &str) -> anyhow::Result<()> {
    ensure!(
        Sealed::is_digest(sealed),
        either("密封摘要应为 43 个字符的 base64url", "a digest is 43 characters of base64url")
    );
    Ok(())
}

fn text_of(file: &Path) -> anyhow::Result<String> {
    String::from_utf8(read_input(file)?).with_context(|| file.display().to_string())
}
