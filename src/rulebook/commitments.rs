//! The terms of commitments.

use crate::calendar::Period;
use serde::Deserialize;
use std::sync::LazyLock;

/// A number of calendar days within which something is done, with its source. The starting day is not counted (DAY-1); a
/// last day off rolls to the next working day (DAY-2).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Rule id, e.g. `CM-OFFER`.
    pub id: String,
    /// Law and article, or that the rule is this platform's own.
    pub law: String,
    pub days: u16,
    pub zh: String,
    pub en: String,
}

impl Term {
    pub fn period(&self) -> Period {
        Period::Days(self.days)
    }
}

/// A rule without a number, with its source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub id: String,
    pub law: String,
    pub zh: String,
    pub en: String,
}

/// The terms by name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitmentTerms {
    /// What a tender that asks for commitments asks of its bidders.
    pub required: Rule,
    /// From an offer to its lapse.
    pub offer: Term,
    /// From the report of a breach to the answer.
    pub breach_answer: Term,
    /// From a finding to the last moment of an appeal.
    pub appeal: Term,
}

static TERMS: LazyLock<CommitmentTerms> = LazyLock::new(|| {
    toml::from_str(include_str!("commitments.toml"))
        .expect("commitments.toml is part of the program and covered by a test")
});

/// The terms of this version.
pub fn commitment_terms() -> &'static CommitmentTerms {
    &TERMS
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_term_is_there_and_says_where_it_comes_from() {
        let terms = super::commitment_terms();
        for term in [&terms.offer, &terms.breach_answer, &terms.appeal] {
            assert!(term.days > 0 && !term.law.is_empty(), "{}", term.id);
        }
    }
}
