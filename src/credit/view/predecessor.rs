//! Whom an organisation succeeds, as its credit counts it.

use super::super::Predecessor;
use super::{CreditRuleView, record};
use crate::field::{OrganisationId, SuccessionManner};
use crate::law::CreditTerms;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An organisation that was merged or divided, and whose conduct counts here as far as the rule says.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct PredecessorView {
    organisation: OrganisationId,
    manner: SuccessionManner,
    manner_zh: String,
    manner_en: String,
    /// The entry that says so.
    entry: u64,
    record: String,
    rule: CreditRuleView,
}

impl PredecessorView {
    pub(super) fn of(entry: u64, predecessor: &Predecessor, terms: &CreditTerms) -> Self {
        let Predecessor { organisation, manner } = predecessor;
        let words = manner.words();
        Self {
            organisation: organisation.clone(),
            manner: *manner,
            manner_zh: words.zh,
            manner_en: words.en,
            entry,
            record: record(entry),
            rule: CreditRuleView::of(&terms.succession.rule),
        }
    }
}
