//! 项目负责人: the one person whom a law has published by name, where the author chooses to.

use crate::field::{Fault, Faults, Line, PersonalNumber, Whole, union};
use crate::record::Sealed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The name of a project leader: sealed as that of everybody, or published because a law asks for it. Nothing else of a person
/// has this type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LeaderName {
    #[schemars(with = "Whole<Sealed>")]
    Sealed(Sealed),
    #[schemars(with = "Whole<PublishedName>")]
    Published(PublishedName),
}

union!(LeaderName { Sealed(Sealed), Published(PublishedName) });

/// A name in clear: it stands in the log for ever, and nobody can erase it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishedName {
    pub name: Line<100>,
    /// The rule of the law in force that asks for it, by its id: `PN-LEADER`.
    pub basis: Line<50>,
}

/// A certificate, with what it is called and its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    pub title: Line<200>,
    /// Never that of an identity card, not even where it is confirmed that numbers may be public.
    pub number: Line<100>,
}

/// The project leader whom a candidate promises (招标公告和公示信息发布管理办法 art. 6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectLeader {
    /// 项目经理, 总监理工程师, 项目负责人.
    pub role: Line<100>,
    pub name: LeaderName,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = CERTIFICATES_MAX))]
    pub certificates: Vec<Certificate>,
}

/// Of one person.
const CERTIFICATES_MAX: usize = 20;

impl ProjectLeader {
    pub(super) fn check(&self, at: &str, faults: &mut Faults) {
        faults.at_most(format_args!("{at}/certificates"), self.certificates.len(), CERTIFICATES_MAX);
        let name = self.published().map(|published| (format!("{at}/name/name"), published.name.as_str()));
        let certificates = self.certificates.iter().enumerate().flat_map(|(n, certificate)| {
            [("title", certificate.title.as_str()), ("number", certificate.number.as_str())]
                .map(|(member, text)| (format!("{at}/certificates/{n}/{member}"), text))
        });
        for (pointer, text) in name.into_iter().chain(certificates) {
            if let Some(number @ PersonalNumber::IdentityCard) = PersonalNumber::within(text) {
                faults.add(pointer, Fault::PersonalNumber { number, may_be_confirmed: false });
            }
        }
    }

    /// The name, where it stands in clear.
    pub fn published(&self) -> Option<&PublishedName> {
        match &self.name {
            LeaderName::Sealed(_) => None,
            LeaderName::Published(published) => Some(published),
        }
    }

    pub(super) fn sealed(&self) -> Option<&Sealed> {
        match &self.name {
            LeaderName::Sealed(sealed) => Some(sealed),
            LeaderName::Published(_) => None,
        }
    }
}
