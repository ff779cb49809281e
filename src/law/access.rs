//! What the law says of keeping somebody away (禁入): kinds of bars, what never bars, periods, and how a bar is repaired.

use super::credit::Grade;
use super::rule::{Rule, WorkingDayRule};
use crate::field::{BarKindId, Bilingual, Day, SuccessionManner};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// The words of a law's lists.
macro_rules! words {
    ($($(#[$about:meta])* pub enum $name:ident { $($(#[$doc:meta])* $word:ident $zh:literal $en:literal,)* })*) => {$(
        $(#[$about])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, EnumString, IntoStaticStr,
        )]
        #[strum(serialize_all = "snake_case")]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$doc])* $word,)*
        }

        impl $name {
            /// The name on the wire.
            pub fn name(self) -> &'static str {
                self.into()
            }

            /// What people call it.
            pub fn words(self) -> Bilingual {
                match self { $(Self::$word => Bilingual::new($zh, $en),)* }
            }
        }
    )*};
}
pub(super) use words;

words! {
    /// What a bar keeps somebody away from.
    pub enum BarField {
        /// 政府采购
        GovernmentProcurement "政府采购" "government procurement",
        /// 招标投标
        Tendering "招标投标" "tendering",
    }

    /// What a bar stops.
    pub enum BarMeasure {
        /// 准入登记: becoming an enterprise here.
        Registration "准入登记" "registration",
        /// 廉洁承诺: offering and accepting one.
        Commitment "廉洁承诺" "commitment",
        /// 投标
        Bidding "投标" "bidding",
        /// 候选与中标
        Award "中标" "award",
        /// 签订合同
        Contract "签订合同" "contract",
        /// 退还保证金, where a court holds it.
        Refund "退还保证金" "refund",
    }

    /// Who repairs a bar: each belongs to one regime, by the body that issued it.
    pub enum RepairRegime {
        /// 发展改革部门 (信用中国)
        Ndrc "发展改革部门（信用中国）" "NDRC (Credit China)",
        /// 市场监督管理部门
        Samr "市场监督管理部门" "market regulators (SAMR)",
    }

    /// What a repair asks for beside time.
    pub enum RepairCondition {
        /// 已纠正失信行为
        Corrected "已纠正失信行为" "corrected",
        /// 已履行义务
        Obligations "已履行义务" "obligations met",
        /// 公开作出信用承诺
        Commitment "公开作出信用承诺" "public commitment",
    }
}

/// A kind of decision that may bar somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BarKind {
    pub id: BarKindId,
    pub zh: String,
    pub en: String,
    /// A decision rests on one of them, at least.
    pub articles: Vec<String>,
    /// Where it reaches at most, and where it does when the record says nothing.
    pub fields: Vec<BarField>,
    /// What it stops when the record says nothing.
    pub measures: Vec<BarMeasure>,
    /// What a decision may stop beside.
    pub may_add: Vec<BarMeasure>,
    /// The longest time that a law allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years_max: Option<u16>,
    /// Who may have issued it.
    pub regimes: Vec<RepairRegime>,
    pub rule: Rule,
}

/// What never bars anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnlawfulGround {
    pub id: BarKindId,
    pub zh: String,
    pub en: String,
    pub law: String,
}

/// How bars of one regime are repaired, for applications on the days on which the rule holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepairRule {
    pub regime: RepairRegime,
    /// The shortest time for which a bar is shown before it can be repaired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_months_min: Option<u16>,
    pub conditions: Vec<RepairCondition>,
    /// A reorganised enterprise (重整) is repaired by the court's decision, without the above.
    pub reorganisation: bool,
    pub rule: Rule,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessTerms {
    /// What every bar must say.
    pub basis: Rule,
    /// From an objection to the ruling, where the supervisor decided itself.
    pub objection_own: WorkingDayRule,
    /// And where the source must be asked.
    pub objection_source: WorkingDayRule,
    /// From an application for repair to the decision.
    pub repair_decision: WorkingDayRule,
    pub effects: CreditEffects,
    pub succession: BarSuccession,
    #[serde(rename = "kind")]
    pub kinds: Vec<BarKind>,
    pub unlawful: Vec<UnlawfulGround>,
    #[serde(rename = "regime")]
    pub regimes: Vec<RepairRule>,
}

/// Grades by what they make of access; the others make nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditEffects {
    /// More is checked.
    pub extra_checks: Vec<Grade>,
    /// No voluntary incentives.
    pub no_incentives: Vec<Grade>,
}

/// Whether bars of an organisation that ended bind its successors.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BarSuccession {
    pub merged: bool,
    pub divided: bool,
    pub rule: Rule,
}

impl BarSuccession {
    pub fn binds(&self, manner: SuccessionManner) -> bool {
        match manner {
            SuccessionManner::Merged => self.merged,
            SuccessionManner::Divided => self.divided,
        }
    }
}

impl AccessTerms {
    pub fn kind(&self, id: &BarKindId) -> Option<&BarKind> {
        self.kinds.iter().find(|kind| kind.id == *id)
    }

    pub fn unlawful(&self, id: &BarKindId) -> Option<&UnlawfulGround> {
        self.unlawful.iter().find(|ground| ground.id == *id)
    }

    /// How a bar of this regime is repaired when it is applied for on this day.
    pub fn repair(&self, regime: RepairRegime, day: Day) -> Option<&RepairRule> {
        self.regimes.iter().find(|rule| rule.regime == regime && rule.rule.holds_on(day))
    }

    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        let terms = [&self.objection_own, &self.objection_source, &self.repair_decision].map(|term| &term.rule);
        let kinds = self.kinds.iter().map(|kind| &kind.rule);
        [&self.basis, &self.succession.rule]
            .into_iter()
            .chain(terms)
            .chain(kinds)
            .chain(self.regimes.iter().map(|rule| &rule.rule))
    }
}

impl BarKind {
    /// Whether the text names one of its articles, with or without 《》, spaces and the full names of laws.
    pub fn rests_on(&self, article: &str) -> bool {
        let plain: String = article.chars().filter(|c| !matches!(c, '《' | '》') && !c.is_whitespace()).collect();
        self.articles.iter().any(|known| plain.contains(known))
    }

    /// Whether a decision of this kind may stop this.
    pub fn may_stop(&self, measure: BarMeasure) -> bool {
        self.measures.contains(&measure) || self.may_add.contains(&measure)
    }
}
