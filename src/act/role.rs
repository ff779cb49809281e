//! What an organisation may be.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

/// A role (主体角色). One organisation may have several.
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
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 平台运行机构: runs the service, admits the first supervisors, signs nothing about tenders.
    Operator,
    /// 监督部门 / 纪检监察机构.
    Supervisor,
    /// 采购中心 / 招标代理机构.
    Centre,
    /// 采购人 / 招标人.
    ProcuringUnit,
    /// 供应商 / 投标人.
    Enterprise,
    /// 审计.
    Auditor,
    /// The service itself: it signs what follows from state and time alone.
    Service,
}

impl Role {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Roles that nobody has beside another one.
const ALONE: [Role; 4] = [Role::Operator, Role::Supervisor, Role::Auditor, Role::Service];

/// A set of roles, of which there may be 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Roles(u32);

impl Roles {
    pub const NONE: Self = Self(0);

    pub fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    pub fn has_any(self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.has(*role))
    }

    #[must_use]
    pub fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << role as u8)
    }

    #[must_use]
    pub fn without(self, role: Role) -> Self {
        Self(self.0 & !(1 << role as u8))
    }

    /// Whether one organisation may have them all. Who runs the log, oversees tenders or audits them is nothing else beside:
    /// neither a party to any, nor two of these at once.
    pub fn are_compatible(self) -> bool {
        !self.has_any(&ALONE) || self.0.count_ones() == 1
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::iter().filter(move |role| self.has(*role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        roles.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_runs_the_log_supervises_or_audits_is_nothing_else() {
        let parties = [Role::Centre, Role::ProcuringUnit, Role::Enterprise];
        for (one, other) in Role::iter().flat_map(|one| Role::iter().map(move |other| (one, other))) {
            let together = one == other || (parties.contains(&one) && parties.contains(&other));
            assert_eq!(Roles::NONE.with(one).with(other).are_compatible(), together, "{one:?} and {other:?}");
        }
        assert!(parties.into_iter().collect::<Roles>().are_compatible());
    }
}
