//! What an evaluation is called: by what is evaluated, so that there can't be a second one of the same.

use super::schema::string_schema;
use super::{CommitmentId, Fault, JsonText, LotId, Milestone, TenderCode};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Names an evaluation (践诺评价): `<commitment>:<tender>:<lot>:<milestone>`, or `<commitment>:year_end`. None of its parts can
/// have a colon.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EvaluationId {
    pub commitment: CommitmentId,
    pub occasion: Evaluated,
}

/// At what a commitment is evaluated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evaluated {
    /// What a lot has come to, [`Milestone::YearEnd`] aside.
    Lot { tender: TenderCode, lot: LotId, milestone: Milestone },
    /// The end of the year that it was made for.
    YearEnd,
}

impl EvaluationId {
    /// Of a year's commitment.
    pub fn of_year(commitment: CommitmentId) -> Self {
        Self { commitment, occasion: Evaluated::YearEnd }
    }

    pub fn milestone(&self) -> Milestone {
        match &self.occasion {
            Evaluated::Lot { milestone, .. } => *milestone,
            Evaluated::YearEnd => Milestone::YearEnd,
        }
    }

    /// The tender at whose milestone it is.
    pub fn tender(&self) -> Option<&TenderCode> {
        match &self.occasion {
            Evaluated::Lot { tender, .. } => Some(tender),
            Evaluated::YearEnd => None,
        }
    }
}

impl fmt::Display for EvaluationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.occasion {
            Evaluated::Lot { tender, lot, milestone } => {
                write!(f, "{}:{tender}:{lot}:{}", self.commitment, milestone.name())
            }
            Evaluated::YearEnd => write!(f, "{}:{}", self.commitment, Milestone::YearEnd.name()),
        }
    }
}

impl FromStr for EvaluationId {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let malformed = || {
            Fault::malformed_code((
                "评价编号应为 <承诺>:<项目>:<标段>:<award|contract|acceptance> 或 <承诺>:year_end",
                "an evaluation is <commitment>:<tender>:<lot>:<award|contract|acceptance> or <commitment>:year_end",
            ))
        };
        let mut parts = text.split(':');
        let mut part = || parts.next().ok_or_else(malformed);
        let (commitment, second) = (part()?.parse()?, part()?);
        let occasion = if second == Milestone::YearEnd.name() && text.split(':').count() == 2 {
            Evaluated::YearEnd
        } else {
            let (tender, lot) = (second.parse()?, part()?.parse()?);
            let milestone: Milestone = part()?.parse().map_err(|_| malformed())?;
            if milestone == Milestone::YearEnd || parts.next().is_some() {
                return Err(malformed());
            }
            Evaluated::Lot { tender, lot, milestone }
        };
        Ok(Self { commitment, occasion })
    }
}

impl Serialize for EvaluationId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EvaluationId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        JsonText::deserialize(deserializer)?.parse().map_err(Fault::into_serde)
    }
}

/// As many characters as its parts have together.
const CHARACTERS_MAX: usize = 64 + 64 + 32 + "acceptance".len() + 3;

string_schema!(
    EvaluationId,
    "evaluation-id",
    min = 1,
    max = CHARACTERS_MAX,
    pattern = "^[-0-9A-Za-z_.]+:([^:]+:[-0-9A-Za-z_.]+:(award|contract|acceptance)|year_end)$"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_what_is_evaluated() {
        for good in
            ["c-1:year_end", "c-1:郑财招标采购-2026-12:1:award", "c:year_end:1:contract", "c:T-1:lot.2:acceptance"]
        {
            let id: EvaluationId = good.parse().unwrap();
            assert_eq!(id.to_string(), good);
        }
        for bad in [
            "",
            "c-1",
            "c-1:",
            "c-1:T-1",
            "c-1:T-1:1",
            "c-1:T-1:1:year_end",
            "c-1:T-1:1:award:",
            "c-1:year_end:",
            "c 1:year_end",
        ] {
            assert!(bad.parse::<EvaluationId>().is_err(), "{bad}");
        }
    }
}
