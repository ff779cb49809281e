//! What is signed about somebody's credit.

use crate::act::{Payload, acts, confirms_numbers};
use crate::field::{
    Citations, Day, DocumentRef, Faults, ItemId, Line, NumberConfirmation, OrganisationId, Prose, SuccessionManner,
};
use crate::law::{Conduct, Grade};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// Why there is a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum GradingOccasion {
    /// 每夜: something bears on the organisation since the last one, or what held its grade down is over.
    Nightly,
    /// 年度: the first of a year, for everybody who has one.
    Yearly,
}

impl GradingOccasion {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The name of a rule of the edition in force.
pub type RuleName = Line<60>;

/// What an entry adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Addition {
    pub conduct: Conduct,
    pub rule: RuleName,
    /// Hundredths of a point on the entry's own day.
    pub points: i32,
    /// First and last day on which it holds the grade down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
}

/// What an entry takes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retraction {
    /// The entry that counts no more.
    pub entry: u64,
    /// What it counted for. Absent when it did not count, or no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conduct: Option<Conduct>,
    /// With the opposite sign of what it had added, in hundredths of a point on its own day.
    pub points: i32,
}

/// Whom the organisation succeeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Predecessor {
    pub organisation: OrganisationId,
    pub manner: SuccessionManner,
}

/// An entry that bears on the organisation, and what it does to its points. It adds, takes back, or both; or it names a
/// predecessor, of whose conduct the following records take up what counts for the successor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contribution {
    pub entry: u64,
    /// Of the entry, in Asia/Shanghai: its age is counted from here.
    pub day: Day,
    /// Who signed the entry.
    pub by: OrganisationId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adds: Option<Addition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes_back: Option<Retraction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succeeds: Option<Predecessor>,
    /// The predecessor whose conduct it was, as its own grade counts it; the entry may be older than those that were listed before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<OrganisationId>,
}

/// What all conduct of one kind comes to, this record's included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConductSum {
    pub conduct: Conduct,
    pub rule: RuleName,
    /// Entries that count for anything on the day of the grade.
    pub count: u32,
    /// What they had on their own days, together, in hundredths of a point.
    pub full: i64,
    /// What is left of that by their age, in hundredths of a point, the rest cut off.
    pub aged: i64,
    /// What is left of that where all of a kind count for so much at most.
    pub points: i32,
}

/// What holds the grade down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GradeCap {
    /// Of several of one kind, the one that holds longest.
    pub entry: u64,
    pub conduct: Conduct,
    pub rule: RuleName,
    pub at_most: Grade,
    /// The last day.
    pub until: Day,
}

/// `credit.graded` [service]: what the points come to at the end of a day, and how. Together the records of a stream list
/// everything that bears on the organisation up to `up_to`, each entry once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Graded {
    /// Equals the stream's id.
    pub organisation: OrganisationId,
    /// Everything up to the end of this day in Asia/Shanghai counts: the one before that of the record.
    pub day: Day,
    pub occasion: GradingOccasion,
    /// No entry up to this one bears on the organisation and is left out. Absent when none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<u64>,
    /// What is new since the last grade, in the order of the log; then what is new of predecessors, each in that order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = CONTRIBUTIONS_MAX))]
    pub contributions: Vec<Contribution>,
    /// More of that day follow in the next record.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub continues: bool,
    /// Hundredths of a point with which everybody begins.
    pub base: u32,
    /// By kind; those without anything that counts are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sums: Vec<ConductSum>,
    /// What holds the grade down on the day, at most one of a kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<GradeCap>,
    /// Hundredths of a point: base and sums, neither below zero nor above 10,000.
    #[schemars(range(max = 10_000))]
    pub points: u32,
    pub grade: Grade,
}

/// `credit.objected`: the organisation says that a contribution is wrong. It is marked so (异议中) until that is decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditObjection {
    /// Chosen by the organisation, unique among its objections.
    pub id: ItemId,
    /// The entry that should not count. It can be objected to once.
    pub entry: u64,
    pub statement: Prose<5000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// What becomes of a contribution that was objected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ObjectionFate {
    /// 维持
    Kept,
    /// 剔除: it drops out with the next grade.
    Struck,
}

impl ObjectionFate {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// `credit.objection_ruled` [supervisor]: by one who did not find what it is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditObjectionRuling {
    pub objection: ItemId,
    pub fate: ObjectionFate,
    pub reasons: Prose<5000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// Contributions of one record: with the longest codes and numbers they take some 60 % of what an entry holds, so that each
/// record costs the same however many there were before.
pub(super) const CONTRIBUTIONS_MAX: usize = 100;

impl Payload for Graded {
    const KIND: &'static str = "credit.graded";

    fn check(&self, faults: &mut Faults) {
        faults.at_most("/contributions", self.contributions.len(), CONTRIBUTIONS_MAX);
    }

    fn codes(&self) -> Vec<&OrganisationId> {
        let named = self.contributions.iter().flat_map(|it| {
            let predecessor = it.succeeds.as_ref().map(|predecessor| &predecessor.organisation);
            std::iter::once(&it.by).chain(predecessor).chain(&it.from)
        });
        std::iter::once(&self.organisation).chain(named).collect()
    }
}

impl Payload for CreditObjection {
    const KIND: &'static str = "credit.objected";

    confirms_numbers!();

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}

impl Payload for CreditObjectionRuling {
    const KIND: &'static str = "credit.objection_ruled";

    confirms_numbers!();

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}

acts! {
    /// Every act about somebody's credit.
    pub enum Act {
        Graded(Graded),
        Objected(CreditObjection),
        ObjectionRuled(CreditObjectionRuling),
    }
}
