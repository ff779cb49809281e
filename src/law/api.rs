//! The law of a log over HTTP: which editions it has adopted, and what they say.

use super::{Edition, Rule, RuleStatus};
use crate::act::Stream;
use crate::field::DocumentId;
use crate::http::{DryRun, Posted, Problem, Signed, Typed, accept};
use crate::identity::LawAdoption;
use crate::ledger::Ledger;
use crate::problem;
use poem_openapi::param::{Path, Query};
use poem_openapi::{OpenApi, Tags};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 法规版本: the law as data, and which of it the log has adopted.
    Law,
}

/// An edition of the law (法规版本), as the log adopted it.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct AdoptionView {
    /// SHA-256 of its bytes, which are at `/log/law/{edition}`.
    pub edition: String,
    pub name: String,
    pub zh: String,
    pub en: String,
    /// The entry that adopted it: later ones are judged by it.
    pub index: u64,
    /// When that was sequenced (UTC).
    pub time: String,
    /// It is the one that applies now.
    pub in_force: bool,
}

/// What an edition says.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct EditionView {
    /// SHA-256 of its bytes, which are at `/log/law/{edition}`.
    pub edition: String,
    pub name: String,
    pub zh: String,
    pub en: String,
    /// Years with a holiday arrangement; dates in others are provisional.
    pub calendar_years: Vec<i32>,
    pub rules: Vec<LawRuleView>,
}

/// A rule as data.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct LawRuleView {
    /// e.g. `AW-WINDOW`.
    pub id: String,
    /// Law and article, or that the rule is this platform's own.
    pub law: String,
    pub zh: String,
    pub en: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
    pub status: RuleStatus,
    pub valid_from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    pub known_from: String,
    /// The record kind whose day decides whether it applies.
    pub anchor: String,
}

impl LawRuleView {
    fn of(rule: &Rule, days: Option<u16>) -> Self {
        Self {
            id: rule.id.clone(),
            law: rule.law.clone(),
            zh: rule.zh.clone(),
            en: rule.en.clone(),
            days,
            status: rule.status,
            valid_from: rule.valid_from.to_string(),
            valid_to: rule.valid_to.map(|day| day.to_string()),
            known_from: rule.known_from.to_string(),
            anchor: rule.anchor.clone(),
        }
    }
}

impl From<&Edition> for EditionView {
    fn from(edition: &Edition) -> Self {
        Self {
            edition: edition.id.to_string(),
            name: edition.name.clone(),
            zh: edition.zh.clone(),
            en: edition.en.clone(),
            calendar_years: edition.calendar.years().collect(),
            rules: edition.rules().map(|(rule, days)| LawRuleView::of(rule, days)).collect(),
        }
    }
}

pub struct LawApi(pub Arc<Ledger>);

#[OpenApi(prefix_path = "/v1/law", tag = "Tag::Law")]
impl LawApi {
    /// The editions that the log has adopted, the newest first.
    #[oai(path = "/", method = "get", operation_id = "listLaw")]
    async fn list(&self) -> Result<Typed<Vec<AdoptionView>>, Problem> {
        let adopted = self.0.law().await?;
        let newest = adopted.len().saturating_sub(1);
        let views = adopted.iter().enumerate().rev().map(|(at, adopted)| AdoptionView {
            edition: adopted.edition.id.to_string(),
            name: adopted.edition.name.clone(),
            zh: adopted.edition.zh.clone(),
            en: adopted.edition.en.clone(),
            index: adopted.index,
            time: adopted.time.to_string(),
            in_force: at == newest,
        });
        Ok(Typed(views.collect()))
    }

    /// What an edition says: its calendar's years, and each rule with its source and the time for which it holds.
    #[oai(path = "/:edition", method = "get", operation_id = "getLaw")]
    async fn get(&self, edition: Path<DocumentId>) -> Result<Typed<EditionView>, Problem> {
        let edition = self.0.editions.get(&edition.0).ok_or_else(|| Problem::of(&problem::NOT_FOUND))?;
        Ok(Typed(EditionView::from(&*edition)))
    }

    /// 采纳法规版本: from the next record on, this edition applies. Its bytes were uploaded as a document before.
    #[oai(path = "/adoptions", method = "post", operation_id = "adoptLaw")]
    async fn adopt(
        &self,
        /// `1`: the record is judged as it would be now, and not written.
        dry_run: Query<Option<DryRun>>,
        #[oai(name = "x-jws-signature")] signed: Signed<LawAdoption>,
    ) -> Result<Posted, Problem> {
        accept(&self.0, signed, dry_run.0, Some(Stream::LOG)).await
    }
}
