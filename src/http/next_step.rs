//! Who may do what now, and until when, by which rule: what a page offers its reader.

use super::RecordKind;
use crate::act::Role;
use crate::field::{Bilingual, Instant, OrganisationId};
use crate::law::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A record that may be posted now.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct NextStep {
    pub kind: RecordKind,
    pub zh: String,
    pub en: String,
    /// What it is about: a bar, an objection, an application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The organisations that may post it.
    pub by: Vec<OrganisationId>,
    /// Whoever has this role may, unless it stands in `not_by`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_role: Option<String>,
    pub not_by: Vec<OrganisationId>,
    /// From when on (UTC); absent when it may be posted already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Until when (UTC), or by when it is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// It should have been done by then, and may still be.
    pub overdue: bool,
    /// The rule, and where it comes from: the law, or the disclosed text where that sets the period.
    pub rule: String,
    pub law: String,
    pub rule_zh: String,
    pub rule_en: String,
}

/// What a step goes by.
pub struct StepRule {
    pub id: String,
    pub law: String,
    pub zh: String,
    pub en: String,
}

impl From<&Rule> for StepRule {
    fn from(rule: &Rule) -> Self {
        Self { id: rule.id.clone(), law: rule.law.clone(), zh: rule.zh.clone(), en: rule.en.clone() }
    }
}

impl NextStep {
    /// By organisations.
    pub fn by(kind: &str, words: (&str, &str), by: Vec<OrganisationId>, rule: impl Into<StepRule>) -> Self {
        let rule = rule.into();
        let Bilingual { zh, en } = words.into();
        Self {
            kind: RecordKind(kind.to_owned()),
            zh,
            en,
            about: None,
            by,
            by_role: None,
            not_by: Vec::new(),
            from: None,
            until: None,
            overdue: false,
            rule: rule.id,
            law: rule.law,
            rule_zh: rule.zh,
            rule_en: rule.en,
        }
    }

    /// By whoever has a role, but some.
    pub fn by_role(
        role: Role,
        kind: &str,
        words: (&str, &str),
        not_by: Vec<OrganisationId>,
        rule: impl Into<StepRule>,
    ) -> Self {
        Self { by_role: Some(role.name().to_owned()), not_by, ..Self::by(kind, words, Vec::new(), rule) }
    }

    /// By any supervisor but some.
    pub fn by_supervisor(
        kind: &str,
        words: (&str, &str),
        not_by: Vec<OrganisationId>,
        rule: impl Into<StepRule>,
    ) -> Self {
        Self::by_role(Role::Supervisor, kind, words, not_by, rule)
    }

    #[must_use]
    pub fn about(self, id: &impl ToString) -> Self {
        Self { about: Some(id.to_string()), ..self }
    }

    /// Not before.
    #[must_use]
    pub fn from(self, from: Instant, now: Instant) -> Self {
        Self { from: (now < from).then(|| from.to_string()), ..self }
    }

    /// Not after.
    #[must_use]
    pub fn until(self, until: Instant) -> Self {
        Self { until: Some(until.to_string()), ..self }
    }

    /// Not before, whenever this is read.
    #[must_use]
    pub fn not_before(self, from: Instant) -> Self {
        Self { from: Some(from.to_string()), ..self }
    }

    /// It is to be done by then, and the log says whether it is late.
    #[must_use]
    pub fn owed(self, due: Instant, overdue: bool) -> Self {
        Self { overdue, ..self.until(due) }
    }

    /// It is to be done by then.
    #[must_use]
    pub fn due(self, due: Instant, now: Instant) -> Self {
        Self { overdue: due <= now, ..self.until(due) }
    }
}
