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

/// A bidder: one enterprise, or a consortium (联合体) whose first member leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bidder {
    #[schemars(length(min = 1, max = Self::MEMBERS_MAX))]
    pub members: Vec<Party>,
}

impl Bidder {
    pub const MEMBERS_MAX: usize = 20;

    /// Members joined as notices write them: `甲公司、乙公司`.
    pub fn name(&self) -> String {
        self.members.iter().map(|m| m.name.as_str()).collect::<Vec<_>>().join("、")
    }
}
