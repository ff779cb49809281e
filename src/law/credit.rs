//! 信用评价: what conduct counts for, as data.

use super::rule::{Rule, WorkingDayRule};
use crate::field::SuccessionManner;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use strum::{EnumIter, EnumString, IntoStaticStr};

/// What somebody did, or what was found about it, as far as it counts for its credit.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    EnumIter,
    IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Conduct {
    /// 承诺生效
    CommitmentEffective,
    /// 履约验收合格
    ContractFulfilled,
    /// 声明经核实为真
    ClaimVerified,
    /// 互评良好
    EvaluatedWell,
    /// 互评较差（经核实）
    EvaluatedPoorly,
    /// 轻微违诺
    BreachMinor,
    /// 较重违诺
    BreachSerious,
    /// 严重违诺
    BreachGrave,
    /// 声明被证伪
    ClaimRefuted,
    /// 异议成立
    ObjectionUpheld,
    /// 逾期未办
    DeadlinePassed,
    /// 依法禁止参加
    Barred,
}

impl Conduct {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// 信用等级, the worst first.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    IntoStaticStr,
    EnumString,
)]
pub enum Grade {
    D,
    C,
    B,
    A,
}

impl Grade {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What a kind of conduct counts for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConductRule {
    /// On the day itself: good conduct has positive ones, and none is both.
    pub points: i16,
    /// All of this kind together count for so many points at most.
    pub points_max: u16,
    /// After so many days half is left, after twice as many a quarter; in between, a straight line.
    pub half_life_days: u16,
    /// The last day on which it counts, after its own.
    pub horizon_days: u16,
    /// The grade that is not exceeded while it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Grade>,
    /// For how many days after its own it holds the grade down, where its own record doesn't say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most_days: Option<u16>,
    /// Whether an objection to it must be answered by asking whoever found it.
    pub found_by_others: bool,
    pub rule: Rule,
}

/// Where each grade begins, in points.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeBorders {
    pub a: u16,
    pub b: u16,
    pub c: u16,
    pub rule: Rule,
}

/// With how many points everybody begins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditBase {
    pub points: u16,
    pub rule: Rule,
}

/// From what on, and below what, a rating counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatingBorders {
    pub well_from: u8,
    pub poorly_below: u8,
    pub rule: Rule,
}

/// What of a predecessor's conduct counts for whoever succeeds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConductPassed {
    All,
    /// What counts against it, and what holds its grade down: praise is not had twice.
    Against,
    #[default]
    Nothing,
}

/// What counts for successors.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditSuccession {
    pub merged: ConductPassed,
    pub divided: ConductPassed,
    pub rule: Rule,
}

impl CreditSuccession {
    /// Whether conduct of this kind passes on.
    pub fn passes(&self, manner: SuccessionManner, conduct: &ConductRule) -> bool {
        let passed = match manner {
            SuccessionManner::Merged => self.merged,
            SuccessionManner::Divided => self.divided,
        };
        match passed {
            ConductPassed::All => true,
            ConductPassed::Against => conduct.points < 0 || conduct.at_most.is_some(),
            ConductPassed::Nothing => false,
        }
    }
}

/// How credit is computed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditTerms {
    pub base: CreditBase,
    pub grades: GradeBorders,
    pub ratings: RatingBorders,
    /// An objection to what the service's own record says.
    pub objection: WorkingDayRule,
    /// One to what somebody else found.
    pub objection_to_findings: WorkingDayRule,
    pub succession: CreditSuccession,
    pub conduct: BTreeMap<Conduct, ConductRule>,
}

/// Points are between zero and this.
pub const POINTS_MAX: u16 = 100;
/// A horizon has at most so many half-lives: what is left of a point after them is none, and the sums stay exact.
const HALF_LIVES_MAX: u16 = 30;

impl CreditTerms {
    /// Whether the edition has none.
    pub fn is_silent(&self) -> bool {
        self.base.rule.is_silent()
    }

    /// Why they can't be computed with, if they can't.
    pub fn fault(&self) -> Option<String> {
        if self.is_silent() {
            return None;
        }
        let borders = [self.grades.c, self.grades.b, self.grades.a, POINTS_MAX + 1];
        if !borders.is_sorted_by(|lower, higher| lower < higher) || self.base.points < self.grades.b {
            return Some("grades begin one above the other, and whoever is new has B at least".into());
        }
        for (conduct, rule) in &self.conduct {
            let half_lives = rule.half_life_days.saturating_mul(HALF_LIVES_MAX);
            if rule.half_life_days == 0 || rule.horizon_days > half_lives {
                return Some(format!("{}: a half-life has a day, a horizon few half-lives", conduct.name()));
            }
        }
        None
    }

    /// The rule of a kind of conduct; one that the edition does not know counts for nothing.
    pub fn conduct(&self, conduct: Conduct) -> Option<&ConductRule> {
        self.conduct.get(&conduct)
    }

    /// The days after which nothing counts any more.
    pub fn horizon_days(&self) -> u16 {
        self.conduct.values().map(|rule| rule.horizon_days).max().unwrap_or_default()
    }

    /// The grade of so many hundredths of a point.
    pub fn grade(&self, hundredths: u32) -> Grade {
        let reaches = |border: u16| hundredths >= u32::from(border) * 100;
        match () {
            () if reaches(self.grades.a) => Grade::A,
            () if reaches(self.grades.b) => Grade::B,
            () if reaches(self.grades.c) => Grade::C,
            () => Grade::D,
        }
    }

    pub(super) fn rules(&self) -> impl Iterator<Item = &Rule> {
        let Self { base, grades, ratings, objection, objection_to_findings, succession, conduct } = self;
        let objections = [&objection.rule, &objection_to_findings.rule];
        let terms = [&base.rule, &grades.rule, &ratings.rule, &succession.rule];
        let terms = terms.into_iter().chain(objections);
        terms.chain(conduct.values().map(|conduct| &conduct.rule))
    }
}
