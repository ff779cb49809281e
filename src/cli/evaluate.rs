//! `evaluate`: a rating is sealed, its opening stays with its author, and later it is revealed.

use super::client::Account;
use super::language::either;
use super::say::say;
use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use gongshi::act::Payload;
use gongshi::evaluation::{Act, Rating, RatingSeal, Salt, sealed};
use gongshi::field::EvaluationId;
use gongshi::private;
use gongshi::template::Side;
use gongshi::world::{self, Stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub enum Evaluate {
    /// 密封评价，内容只存于本机文件 · Seal a rating; what it says stays in a file of this machine
    Seal(SealRating),
    /// 公开已密封的评价 · Reveal what was sealed
    Reveal(RevealRating),
}

#[derive(Args)]
pub struct SealRating {
    #[command(flatten)]
    account: Account,
    /// 保存内容的文件（0600），公开时需要，须妥善保管 · File for the opening (mode 0600): without it nothing can be revealed
    #[arg(long, value_name = "FILE")]
    keep: PathBuf,
    /// 评价编号 · Evaluation, e.g. c-7:HNZB-2026-0042:1:award
    #[arg(value_parser = super::parsed::<EvaluationId>)]
    evaluation: EvaluationId,
    /// 评价文件（JSON）：scores、statement · File with the rating (JSON): scores, statement
    rating: PathBuf,
}

#[derive(Args)]
pub struct RevealRating {
    #[command(flatten)]
    account: Account,
    /// 密封时保存的文件 · The file that was kept
    kept: PathBuf,
}

/// What the author keeps.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    evaluation: EvaluationId,
    rater: Side,
    rating: Value,
}

/// Reads a rating as the log would.
fn read(rating: &Value) -> anyhow::Result<Rating> {
    match world::Act::parse(Rating::KIND, rating.to_string().as_bytes()) {
        Ok(world::Act::Evaluation(Act::Revealed(rating))) => Ok(*rating),
        Ok(_) => bail!("{}", Rating::KIND),
        Err(refusal) => bail!("{}", either(&refusal.detail.zh, &refusal.detail.en)),
    }
}

/// Whose rating it is: each side scores what the other promised.
fn rater(rating: &Rating) -> anyhow::Result<Side> {
    let mut sides = rating.scores.iter().map(|score| score.dimension.side().other());
    let rater = sides.next().context(either("没有评分", "there is no score"))?;
    ensure!(sides.all(|side| side == rater), "{}", either("评分的维度分属双方", "it scores both sides"));
    Ok(rater)
}

/// What is sealed can't be changed any more: what the log would refuse is said before.
fn must_be_complete(rating: &Rating, rater: Side, view: &Value) -> anyhow::Result<()> {
    let lines = view[if rater == Side::Unit { "by_unit" } else { "by_enterprise" }]["lines"].as_array();
    let asked: Vec<&str> = lines.into_iter().flatten().filter_map(|line| line["dimension"].as_str()).collect();
    for score in &rating.scores {
        let name = score.dimension.name();
        ensure!(asked.contains(&name), "{name}: {}", either("本次不评此维度", "is not judged here"));
        let (below, above) = (view["evidence_below"].as_u64(), view["evidence_above"].as_u64());
        let points = u64::from(score.score);
        let is_extreme = below.is_some_and(|below| points < below) || above.is_some_and(|above| points > above);
        let reason = either("该评分须附证据材料", "such a score needs a document");
        ensure!(!(is_extreme && score.documents.is_empty()), "{name}: {points}: {reason}");
    }
    let missing: Vec<&&str> =
        asked.iter().filter(|name| rating.scores.iter().all(|score| score.dimension.name() != **name)).collect();
    ensure!(missing.is_empty(), "{}: {missing:?}", either("缺少评分", "not scored"));
    Ok(())
}

fn keep(path: &Path, opening: &Opening) -> anyhow::Result<()> {
    let mut file = private::file(path, true).with_context(|| path.display().to_string())?;
    file.write_all(serde_json::to_string_pretty(opening)?.as_bytes())?;
    file.sync_all().with_context(|| path.display().to_string())
}

impl SealRating {
    async fn run(self) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(&self.rating).with_context(|| self.rating.display().to_string())?;
        let mut value: Value = serde_json::from_str(&text).with_context(|| self.rating.display().to_string())?;
        let members = value.as_object_mut().context(either("应为 JSON 对象", "a JSON object is expected"))?;
        members.insert("salt".to_owned(), serde_json::to_value(Salt::drawn())?);
        let rating = read(&value)?;
        let rater = rater(&rating)?;
        let session = self.account.enter().await?;
        let path = format!("/v1/evaluations/{}", self.evaluation);
        let view = session.remote.json(session.client.get(session.remote.url(&path))).await?;
        must_be_complete(&rating, rater, &view)?;
        let stream = Stream::of(&self.evaluation);
        let seal = RatingSeal { seal: sealed(&stream, rater, &rating) };
        // First what can't be had again.
        keep(&self.keep, &Opening { evaluation: self.evaluation, rater, rating: value })?;
        match session.post(&stream, &Act::from(seal).into()).await {
            Ok(receipt) => {
                say!("{}", serde_json::to_string_pretty(&receipt)?);
                Ok(())
            }
            Err(error) => {
                let kept = self.keep.display();
                Err(error.context(format!("{kept}: {}", either("内容已保存，但未密封", "kept, but not sealed"))))
            }
        }
    }
}

impl RevealRating {
    async fn run(self) -> anyhow::Result<()> {
        let opening: Opening = serde_json::from_str(&private::read_secret(&self.kept)?)
            .with_context(|| self.kept.display().to_string())?;
        let rating = read(&opening.rating)?;
        let stream = Stream::of(&opening.evaluation);
        let session = self.account.enter().await?;
        let receipt = session.post(&stream, &Act::from(rating).into()).await?;
        say!("{}", serde_json::to_string_pretty(&json!(receipt))?);
        Ok(())
    }
}

impl Evaluate {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Seal(seal) => seal.run().await,
            Self::Reveal(reveal) => reveal.run().await,
        }
    }
}
