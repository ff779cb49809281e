//! Organisations as a notice names them.

use super::{Line, OrganisationId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An organisation named in a notice: always by name, by code where the notice knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Party {
    pub name: Line<200>,
    /// 统一社会信用代码 or an OCDS organisation identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<OrganisationId>,
}

impl Party {
    /// By the codes where both are known by one, else by name: names are not unique, but some notices know nothing else.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.id, &other.id) {
            (Some(id), Some(other)) => id == other,
            _ => self.name == other.name,
        }
    }
}

/// A bidder: one enterprise, or a consortium (联合体) whose first member leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bidder {
    #[schemars(length(min = 1, max = Self::MEMBERS_MAX))]
    pub members: Vec<Party>,
}

impl Bidder {
    pub const MEMBERS_MAX: usize = 20;

    /// Whether it consists of the same members, in whatever order.
    pub fn is_same(&self, other: &Self) -> bool {
        let is_member = |member: &Party| other.members.iter().any(|known| known.is_same(member));
        self.members.len() == other.members.len() && self.members.iter().all(is_member)
    }

    /// Members joined as notices write them: `甲公司、乙公司`.
    pub fn name(&self) -> String {
        self.members.iter().map(|m| m.name.as_str()).collect::<Vec<_>>().join("、")
    }

    /// The members' codes, as far as they are given.
    pub fn codes(&self) -> impl Iterator<Item = &OrganisationId> {
        self.members.iter().filter_map(|member| member.id.as_ref())
    }
}
