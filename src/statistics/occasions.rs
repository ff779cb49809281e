//! How often each rule of an edition applied, as far as the log says it, and how often this service refused a record by it.

use super::CountedCases;
use super::trace::{Said, Trace, TracedRule, traced};
use crate::act::statuses;
use crate::field::{DocumentId, Instant};
use crate::law::{Edition, Rule};
use crate::store::RefusedBy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

statuses! {
    /// How it is known how often a rule applied.
    pub enum RuleCounting {
        /// Each record of one kind falls under it.
        Each,
        /// Records name it, or the kind of decision that rests on it.
        Named,
        /// Some records of one kind fall under it, and nothing says which.
        AtMost,
        /// It applies to what is shown to whoever asks, and leaves no record.
        Unrecorded,
    }
}

/// How often a rule applied while its edition was in force.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct RuleOccasions {
    /// e.g. `AW-WINDOW`. Several rules may have one id.
    pub rule: String,
    pub counting: RuleCounting,
    /// What was counted, or why nothing can be.
    pub method: String,
    pub method_en: String,
    /// So often it applied, by the records from whose day on the edition counts it (its anchor) or by what names it; absent where the
    /// log does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied: Option<u64>,
    /// So many records of its anchor's kind there are: in the place of `applied`, where some of them fall under it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
    /// So often records say that the time that it sets had passed; absent where it sets none, or none that records speak of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue: Option<u64>,
    /// So often this service refused a record and cited it (under its id, which several rules may share; of a kind of bars, records
    /// of whom such a bar keeps off). Absent where no refusal cites it, and where `refusals_since` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<u64>,
}

/// What refusals cite and the edition does not list.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct OtherRefusals {
    /// As refusals cite it.
    pub rule: String,
    pub refused: u64,
}

/// How often the rules of an edition applied.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct EditionOccasions {
    /// Entries of the log that were counted.
    pub size: u64,
    /// SHA-256 of the edition.
    pub edition: String,
    /// Since when this service counts the records that it refuses (UTC), at least: what it counted in the seconds before it was
    /// killed is lost. They are no part of the log, nobody can count them again, and a record that is posted twice is refused
    /// twice. Absent while it could not begin to count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusals_since: Option<String>,
    /// In the order of the edition.
    pub items: Vec<RuleOccasions>,
    /// Refusals that rest on an article that the edition does not list as a rule.
    pub others: Vec<OtherRefusals>,
}

/// What was counted in the log, by edition in force.
pub type Occasions = BTreeMap<(DocumentId, Said), u64>;

impl EditionOccasions {
    pub fn of(edition: &Edition, counted: &CountedCases, since: Option<Instant>, refusals: &[RefusedBy]) -> Self {
        let traced = traced(edition);
        let item = |rule: &Rule| {
            let traced = traced.iter().find(|traced| std::ptr::eq(traced.rule, rule))?;
            Some(occasions(edition.id, traced, counted, since.map(|_| refusals)))
        };
        let items = edition.rules().filter_map(|(rule, _)| item(rule)).collect();
        let is_listed = |refusal: &&RefusedBy| traced.iter().any(|traced| traced.cited == Some(&*refusal.rule));
        let others = refusals.iter().filter(|refusal| !is_listed(refusal));
        let others = others.map(|other| OtherRefusals { rule: other.rule.clone(), refused: other.refused }).collect();
        let refusals_since = since.map(|since| since.to_string());
        Self { size: counted.size, edition: edition.id.to_string(), refusals_since, items, others }
    }
}

fn occasions(
    edition: DocumentId,
    traced: &TracedRule<'_>,
    counted: &CountedCases,
    refusals: Option<&[RefusedBy]>,
) -> RuleOccasions {
    let count = |said: &Said| counted.occasions.get(&(edition, said.clone())).copied().unwrap_or_default();
    let (counting, [method, method_en]) = method(&traced.trace);
    let (applied, at_most) = match &traced.trace {
        Trace::Each(said) => (Some(count(said)), None),
        Trace::AtMost(said) => (None, Some(count(said))),
        Trace::Unrecorded => (None, None),
    };
    let refused = traced.cited.zip(refusals).map(|(cited, refusals)| {
        let refused = refusals.iter().find(|refusal| refusal.rule == cited);
        refused.map_or(0, |refusal| refusal.refused)
    });
    RuleOccasions {
        rule: traced.rule.id.clone(),
        counting,
        method,
        method_en,
        applied,
        at_most,
        overdue: traced.overdue.as_ref().map(count),
        refused,
    }
}

/// What is counted of a rule, or why nothing is.
fn method(trace: &Trace) -> (RuleCounting, [String; 2]) {
    let told = |zh: &str, en: &str| [zh.to_owned(), en.to_owned()];
    match trace {
        Trace::Each(Said::Kind(kind)) => {
            (RuleCounting::Each, [format!("每条 {kind} 都适用"), format!("each {kind} falls under it")])
        }
        Trace::Each(Said::Bar(_)) => (RuleCounting::Named, told("该类禁入决定的件数", "bars of its kind")),
        Trace::Each(Said::Scheme(_)) => {
            (RuleCounting::Named, told("该类保证金方案的件数", "deposit schemes of its kind"))
        }
        Trace::Each(Said::Round) => {
            (RuleCounting::Named, told("重新招标的项目数", "tenders that hold another one again"))
        }
        Trace::Each(Said::Rule(_) | Said::Silent | Said::Withheld) => {
            (RuleCounting::Named, told("记录写明适用本规则的次数", "as often as records name it"))
        }
        Trace::AtMost(Said::Kind(kind)) => (
            RuleCounting::AtMost,
            [
                format!("{kind} 中只有一部分适用，记录没有写明是哪些"),
                format!("some records of the kind {kind} fall under it, and none says whether it does"),
            ],
        ),
        Trace::AtMost(_) => (
            RuleCounting::AtMost,
            told(
                "重新招标的项目中只有一部分适用，记录没有写明是哪些",
                "some tenders that hold another one again fall under it, and none says whether it does",
            ),
        ),
        Trace::Unrecorded => (
            RuleCounting::Unrecorded,
            told("只在有人查询时计算，不留记录，无从计数", "computed when somebody asks; no record is left to count"),
        ),
    }
}
