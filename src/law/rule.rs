//! Rules as data: each says where it comes from and when it holds.

use crate::calendar::Period;
use crate::field::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU16;

/// How far a rule has come. Whether it applies is asked for each rule, not for a law as a whole: one act comes into force
/// in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleStatus {
    Draft,
    PublishedNotEffective,
    Effective,
    PartlyEffective,
    Repealed,
    /// Nobody knows: a check that rests on it is not made, and not said to be passed.
    Unknown,
}

impl fmt::Display for RuleStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// A rule, with its source. By default there is none: it holds on no day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// e.g. `AW-WINDOW`.
    pub id: String,
    /// Law and article, or that the rule is this platform's own.
    pub law: String,
    pub zh: String,
    pub en: String,
    pub status: RuleStatus,
    /// First day on which it holds.
    pub valid_from: Day,
    /// Last day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Day>,
    /// Since when this rulebook knows of it.
    pub known_from: Day,
    /// The record kind whose day decides whether it applies.
    pub anchor: String,
}

impl Default for Rule {
    fn default() -> Self {
        let [id, law, zh, en, anchor] = [const { String::new() }; 5];
        let day = Day::from(chrono::NaiveDate::default());
        Self { id, law, zh, en, status: RuleStatus::Unknown, valid_from: day, valid_to: None, known_from: day, anchor }
    }
}

impl Rule {
    /// Whether the edition says nothing of the kind.
    pub fn is_silent(&self) -> bool {
        self.id.is_empty()
    }

    /// Whether it holds for an anchor event on this day.
    pub fn holds_on(&self, day: Day) -> bool {
        matches!(self.status, RuleStatus::Effective | RuleStatus::PartlyEffective)
            && self.valid_from <= day
            && self.valid_to.is_none_or(|last| day <= last)
    }
}

/// A rule about a number of calendar days: a minimum, or the time for doing something. The starting day is not counted
/// (民法典 art. 201).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayRule {
    pub days: u16,
    pub rule: Rule,
}

impl DayRule {
    pub fn period(&self) -> Period {
        Period::Days(self.days)
    }
}

/// A rule about a number of working days. The starting day is not counted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkingDayRule {
    pub working_days: u16,
    pub rule: Rule,
}

impl WorkingDayRule {
    pub fn period(&self) -> Period {
        Period::WorkingDays(self.working_days)
    }
}

/// Minimum windows of a tender's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinimumWindows {
    /// 中标候选人公示期.
    pub candidates: DayRule,
    /// From the call to the bid deadline of an open tender.
    pub bidding: DayRule,
    /// From a material amendment to the bid deadline.
    pub amendment: DayRule,
}

/// What is taken over from a round of tendering that failed into the one that follows it. The law eases nothing else: no period
/// is shorter in a second round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inheritance {
    /// The disclosed text: it stands word by word, or each difference is declared.
    Text,
}

/// Rounds of tendering after one that failed (重新招标).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaterRounds {
    /// What may be tendered again, and by whom.
    pub follows: Rule,
    /// One round at a time.
    pub one: Rule,
    pub inherits: Vec<Inheritance>,
    pub inheritance: Rule,
}

/// What a law has published of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedPersons {
    /// 项目负责人 of a candidate.
    pub leader: Rule,
}

/// What is said of a price again, and amounts that may be slips of unit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceRules {
    /// That of a candidate is the one that was read out.
    pub candidate: Rule,
    /// That of the award is the one that was published.
    pub award: Rule,
    /// That of the contract is the one of the award.
    pub contract: Rule,
    pub slip: SlipRule,
}

/// From which factor on two amounts are so far from each other that one may be a slip of unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlipRule {
    pub factor: NonZeroU16,
    pub rule: Rule,
}

impl Default for SlipRule {
    fn default() -> Self {
        Self { factor: NonZeroU16::MAX, rule: Rule::default() }
    }
}

impl SlipRule {
    /// Whether one of two amounts, in the same unit, may be a slip.
    pub fn are_far_apart(&self, one: i64, other: i64) -> bool {
        let (less, more) = (one.min(other), one.max(other));
        more > 0 && i128::from(less) * i128::from(self.factor.get()) <= i128::from(more)
    }
}

/// Terms of commitments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitmentTerms {
    /// What a tender that asks for commitments asks of its bidders.
    pub required: Rule,
    /// From an offer to its lapse.
    pub offer: DayRule,
    /// From the report of a breach to the answer.
    pub breach_answer: DayRule,
    /// From a finding to the last moment of an appeal.
    pub appeal: DayRule,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_unit_are_far_apart_and_honest_prices_are_not() {
        let slip = &crate::law::Editions::newest().prices.slip;
        let estimate = 520_000_000;
        for other in [0, 1, 52_000, 5_200_000, 26_000_000, 10_400_000_000, 52_000_000_000, 1_000_000_000_000_000] {
            assert!(slip.are_far_apart(other, estimate) && slip.are_far_apart(estimate, other), "{other}");
        }
        for honest in [26_000_001, 234_000_000, 520_000_000, 600_000_000, 10_399_999_999] {
            assert!(!slip.are_far_apart(honest, estimate), "{honest}");
        }
        assert!(!slip.are_far_apart(0, 0));
        // The factor is the edition's.
        let other = SlipRule { factor: NonZeroU16::new(2).unwrap(), rule: slip.rule.clone() };
        assert!(other.are_far_apart(260_000_000, estimate) && !other.are_far_apart(260_000_001, estimate));
    }

    #[test]
    fn a_rule_holds_between_its_days_while_it_is_in_force() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let rule = Rule {
            id: "X-1".into(),
            law: "某法第一条".into(),
            zh: "某规则".into(),
            en: "some rule".into(),
            status: RuleStatus::Effective,
            valid_from: day("2026-02-01"),
            valid_to: Some(day("2026-12-31")),
            known_from: day("2026-01-22"),
            anchor: "tender.announced".into(),
        };
        for (on, holds) in [("2026-01-31", false), ("2026-02-01", true), ("2026-12-31", true), ("2027-01-01", false)] {
            assert_eq!(rule.holds_on(day(on)), holds, "{on}");
        }
        for status in [RuleStatus::Draft, RuleStatus::PublishedNotEffective, RuleStatus::Repealed, RuleStatus::Unknown]
        {
            assert!(!Rule { status, ..rule.clone() }.holds_on(day("2026-06-01")));
        }
        assert!(Rule { status: RuleStatus::PartlyEffective, ..rule }.holds_on(day("2026-06-01")));
    }
}
