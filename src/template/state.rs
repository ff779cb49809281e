//! Which versions a template has, and who may publish one.

use super::{Act, Publication, PurchaseKind, TemplateRef};
use crate::act::{Capability, Moment, Place, Role, StreamId};
use crate::field::{ClauseId, Dimension, Fault, TemplateId};
use crate::law::Law;
use crate::log::Hash;
use crate::problem::{self, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use strum::{EnumString, IntoStaticStr};

/// A side of a commitment.
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
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// 采购人一方
    Unit,
    /// 企业一方
    Enterprise,
}

impl Side {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }

    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Unit => Self::Enterprise,
            Self::Enterprise => Self::Unit,
        }
    }
}

/// A template: what decisions about commitments need; the texts are in the records.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    pub title: Box<str>,
    pub scope: PurchaseKind,
    /// Version 1 first.
    pub versions: Vec<Version>,
}

/// One published version.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Hash of the entry that published it.
    pub entry: Hash,
    pub unit_clauses: Vec<ClauseId>,
    pub enterprise_clauses: Vec<ClauseId>,
    /// What both sides promise in, each once.
    pub dimensions: BTreeSet<Dimension>,
}

impl Dimension {
    /// Whose conduct it is of.
    pub fn side(self) -> Side {
        match self {
            Self::FairDocuments
            | Self::Openness
            | Self::NoSolicitation
            | Self::ObjectionsHandled
            | Self::EvaluationQuality
            | Self::PerformanceAndPayment => Side::Unit,
            Self::Truth
            | Self::LawfulBidding
            | Self::ContractPerformance
            | Self::StaffOnTheJob
            | Self::Wages
            | Self::IntegrityControl
            | Self::Cooperation => Side::Enterprise,
        }
    }
}

impl Version {
    /// The promises of one side.
    pub fn clauses(&self, side: Side) -> &[ClauseId] {
        match side {
            Side::Unit => &self.unit_clauses,
            Side::Enterprise => &self.enterprise_clauses,
        }
    }
}

impl Version {
    fn of(published: &Publication, entry: Hash) -> Self {
        Self {
            entry,
            unit_clauses: published.unit_clauses.iter().map(|clause| clause.id.clone()).collect(),
            enterprise_clauses: published.enterprise_clauses.iter().map(|clause| clause.id.clone()).collect(),
            dimensions: {
                let of_unit = published.unit_clauses.iter().map(|clause| clause.dimension.into());
                of_unit.chain(published.enterprise_clauses.iter().map(|clause| clause.dimension.into())).collect()
            },
        }
    }
}

impl Template {
    /// The version that a reference names.
    pub fn signed_version(&self, wanted: &TemplateRef) -> Option<&Version> {
        let version = self.versions.get((wanted.version as usize).checked_sub(1)?)?;
        (version.entry == wanted.entry).then_some(version)
    }
}

/// Versions of one template.
const VERSIONS_MAX: usize = 1000;

impl StreamId for TemplateId {
    const PREFIX: &'static str = "template";
}

impl Capability for Template {
    type Id = TemplateId;
    type Act = Act;

    const IS_DROPPED: bool = false;

    /// The stream's version is the number of published versions.
    fn version(&self) -> u64 {
        self.versions.len() as u64
    }

    /// # Errors
    /// `role-not-entitled`, `inconsistent` when the scope changes, `too-many`.
    fn decide(state: Option<&Self>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
        let Act::Published(published) = act;
        if !at.author()?.roles.has(Role::Supervisor) {
            let (zh, en) = ("承诺书范本由监督部门发布", "templates are published by a supervisor");
            return Err(Refusal::new(&problem::ROLE_NOT_ENTITLED, zh, en));
        }
        let Some(template) = state else { return Ok(()) };
        if template.scope != published.scope {
            let reason = ("新版范本不得改变适用范围", "a new version keeps the template's scope");
            return Err(Refusal::of_field("/scope", Fault::inconsistent(reason)));
        }
        if template.versions.len() >= VERSIONS_MAX {
            return Err(Refusal::of_field("", Fault::TooMany { max: VERSIONS_MAX }));
        }
        Ok(())
    }

    fn begin(act: &Act, place: &Place, law: Law<'_>) -> Option<Self> {
        let Act::Published(published) = act;
        let mut template = Self { title: "".into(), scope: published.scope, versions: Vec::new() };
        template.apply(act, place, law);
        Some(template)
    }

    fn apply(&mut self, act: &Act, place: &Place, _law: Law<'_>) {
        let Act::Published(published) = act;
        self.title = published.title.zh.as_str().into();
        self.scope = published.scope;
        self.versions.push(Version::of(published, place.hash));
    }
}

#[cfg(test)]
mod tests {
    use super::super::models;
    use super::*;
    use crate::act::{Acts, Author, Roles, Stream, decide_alone, fold};
    use crate::field::{Faults, Instant};
    use crate::law::InForce;

    fn author(role: Role) -> Author {
        Author { id: "11410100005260004Y".parse().unwrap(), roles: Roles::NONE.with(role) }
    }

    fn place(version: u64) -> Place {
        Place {
            index: version,
            time: Instant::from_millis(0),
            hash: Hash::of(version.to_be_bytes()),
            author: author(Role::Supervisor).id,
            kid: crate::record::PrivateKey::from_seed([1; 32]).key_id(),
            version,
        }
    }

    #[test]
    fn versions_follow_one_another_and_keep_the_scope() {
        let adopted = InForce::newest();
        let law = Law::of(&adopted);
        let [construction, procurement, _] = models().map(|model| Act::from(model.publication()));
        let on = Stream::of(&"construction".parse::<TemplateId>().unwrap());
        let decide = |state: Option<&Template>, act: &Act, by: Role| {
            decide_alone(&on, state, act, &author(by), Instant::from_millis(0), law)
        };
        assert!(decide(None, &construction, Role::Supervisor).is_ok());
        for role in [Role::Centre, Role::ProcuringUnit, Role::Enterprise, Role::Operator, Role::Service] {
            let refusal = decide(None, &construction, role).unwrap_err();
            assert_eq!(refusal.problem.code, "role-not-entitled");
        }
        let mut template = None;
        fold(&mut template, &construction, &place(1), law);
        let refusal = decide(template.as_ref(), &procurement, Role::Supervisor).unwrap_err();
        assert_eq!(refusal.fields[0].pointer, "/scope");
        fold(&mut template, &construction, &place(2), law);
        let second = template.unwrap();
        assert_eq!(second.version(), 2);
        assert_eq!(second.versions[1].entry, place(2).hash);
    }

    #[test]
    fn one_clause_id_names_one_promise() {
        let mut publication = models()[0].publication();
        publication.enterprise_clauses[0].id = publication.unit_clauses[0].id.clone();
        let mut faults = Faults::default();
        Act::from(publication).check(&mut faults);
        assert_eq!(faults.into_result().unwrap_err()[0].pointer, "/enterprise_clauses/0/id");
    }
}
