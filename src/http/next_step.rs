//! Who may do what now, and until when, by which rule: what a page offers its reader.

use super::RecordKind;
use crate::act::Role;
use crate::field::{Bilingual, Instant, OrganisationId};
use crate::law::Rule;
use poem_openapi::Object;
use serde::Serialize;

/// A record that may be posted now.
#[derive(Serialize, Object)]
pub struct NextStep {
    kind: RecordKind,
    zh: String,
    en: String,
    /// What it is about: a bar, an objection, an application.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    about: Option<String>,
    /// The organisations that may post it.
    by: Vec<OrganisationId>,
    /// Whoever has this role may, unless it stands in `not_by`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    by_role: Option<String>,
    not_by: Vec<OrganisationId>,
    /// From when on (UTC); absent when it may be posted already.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    from: Option<String>,
    /// Until when (UTC), or by when it is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[oai(skip_serializing_if_is_none)]
    until: Option<String>,
    /// It should have been done by then, and may still be.
    overdue: bool,
    /// The rule, and where it comes from.
    rule: String,
    law: String,
    rule_zh: String,
    rule_en: String,
}

impl NextStep {
    /// By organisations.
    pub fn by(kind: &str, words: (&str, &str), by: Vec<OrganisationId>, rule: &Rule) -> Self {
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
            rule: rule.id.clone(),
            law: rule.law.clone(),
            rule_zh: rule.zh.clone(),
            rule_en: rule.en.clone(),
        }
    }

    /// By any supervisor but some.
    pub fn by_supervisor(kind: &str, words: (&str, &str), not_by: Vec<OrganisationId>, rule: &Rule) -> Self {
        let by_role = Some(Role::Supervisor.name().to_owned());
        Self { by_role, not_by, ..Self::by(kind, words, Vec::new(), rule) }
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

    /// It is to be done by then.
    #[must_use]
    pub fn due(self, due: Instant, now: Instant) -> Self {
        Self { overdue: due <= now, ..self.until(due) }
    }
}
