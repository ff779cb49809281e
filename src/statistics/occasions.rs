//! Of how many records a rule of the law may have been asked. Records don't say one by one which rules they passed, so nothing more can
//! be counted: those of the kind from whose day the rule is counted (its anchor), while the edition was in force.

use super::CountedCases;
use crate::field::DocumentId;
use crate::law::Edition;
use poem_openapi::Object;
use serde::Serialize;
use std::collections::BTreeMap;

/// A rule, and how many records there are of its anchor's kind.
#[derive(Serialize, Object)]
pub struct RuleOccasions {
    /// e.g. `AW-WINDOW`.
    pub rule: String,
    /// The record kind from whose day on it is counted.
    pub anchor: String,
    /// Records of that kind while the edition was in force.
    pub records: u64,
}

/// The rules of an edition with their occasions.
#[derive(Serialize, Object)]
pub struct EditionOccasions {
    /// Entries of the log that were counted.
    pub size: u64,
    /// SHA-256 of the edition.
    pub edition: String,
    /// In the order of the edition.
    pub items: Vec<RuleOccasions>,
}

/// Records of anchors' kinds, by edition and kind.
pub type Occasions = BTreeMap<(DocumentId, String), u64>;

impl EditionOccasions {
    pub fn of(edition: &Edition, counted: &CountedCases) -> Self {
        let item = |anchor: &str, rule: &str| {
            let records = counted.occasions.get(&(edition.id, anchor.to_owned())).copied().unwrap_or_default();
            RuleOccasions { rule: rule.to_owned(), anchor: anchor.to_owned(), records }
        };
        let items = edition.rules().map(|(rule, _)| item(&rule.anchor, &rule.id)).collect();
        Self { size: counted.size, edition: edition.id.to_string(), items }
    }
}
