//! What organisations sign about themselves and each other.

use super::registry::{Ending, Renaming, RepresentativeChange};
use crate::act::{Payload, RevocationReason, Role, Roles, acts};
use crate::field::{Day, DocumentRef, Fault, Faults, Instant, Line, OrganisationId, Prose, RegionCode};
use crate::record::{Jwk, KeyId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `organisation.registered`: an organisation presents itself with a key; the record's own signature by that key proves
/// possession. Pending until `organisation.confirmed` names the key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// 统一社会信用代码, or an OCDS organisation identifier outside China. Equals the stream's id.
    pub id: OrganisationId,
    pub name: Line<200>,
    pub key: Jwk,
    /// The roles it asks for; the confirmation decides.
    #[schemars(length(min = 1, max = ROLES_MAX))]
    pub roles: Vec<Role>,
    /// Seat of the organisation (GB/T 2260).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionCode>,
    /// The registry has issued the code as it stands, although its check character is another than GB 32100 computes. Only
    /// where that is so; the confirmation then shows the registry's document.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub code_as_issued: bool,
}

/// `organisation.confirmed`: the registration with this key is genuine, and the organisation has these roles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// Thumbprint of the registered key: two people may claim one code, and only one of them is confirmed.
    pub kid: KeyId,
    #[schemars(length(min = 1, max = ROLES_MAX))]
    pub roles: Vec<Role>,
    /// The registry's document (登记证照) with the code as it stands: for a code whose check character is not what GB 32100
    /// computes, by whoever may admit anybody, and for no other. From then on payloads may name the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_document: Option<DocumentRef>,
}

/// `organisation.claims_cleared`: nobody waits for confirmation under this code any more, but for the key that is kept.
/// Whoever is who the code says shows the thumbprint of its key at a supervisor's counter: then nobody else's claims are in
/// its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimsClearing {
    /// The one key that may register under this code until it is confirmed or claims are cleared again; it may have done so.
    /// Without it, anybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeps: Option<KeyId>,
    pub reason: Prose<2000>,
}

/// `organisation.role_granted`: one more role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleGrant {
    pub role: Role,
}

/// `organisation.suspended`: none of its keys may sign until the day is over, or until it is reinstated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    pub reason: Prose<2000>,
    /// Last day of the suspension (Asia/Shanghai), today at the earliest; without it, until reinstated. One that ends later
    /// supersedes one that is running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
}

/// `organisation.reinstated`: ends a suspension, or takes an end back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reinstatement {
    pub reason: Prose<2000>,
}

/// `key.added`: another key of the same organisation, vouched for by a valid one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyAddition {
    pub key: Jwk,
    /// Proof of possession by the new key: `<protected>..<signature>` over an empty payload, its header having the new
    /// key's `kid`, this log's `aud`, `typ` = `key.possession`, the organisation's stream as `sub`, and an `iat` that is at
    /// most a day old.
    pub possession: Line<4000>,
}

/// `key.revoked`: from the effective time on, the key signs nothing; what it signed before stays valid. An earlier time may
/// be given later on, and supersedes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyRevocation {
    pub kid: KeyId,
    pub reason: RevocationReason,
    /// Now, or when it was lost: not before it could sign, and at most five minutes ahead.
    pub effective: Instant,
}

const ROLES_MAX: usize = 7;
/// Anybody may register, and what is written stays for ever: a name of 200 characters that are all escaped, and every role,
/// need two thirds of it.
const REGISTRATION_BYTES_MAX: usize = 4096;

impl Payload for Registration {
    const KIND: &'static str = "organisation.registered";
    const BYTES_MAX: usize = REGISTRATION_BYTES_MAX;

    fn check(&self, faults: &mut Faults) {
        check_roles(&self.roles, faults);
        match self.id.irregularity() {
            // Most are slips, so whoever means it says so.
            Some(irregularity) if !self.code_as_issued => faults.add("/id", irregularity.into()),
            None if self.code_as_issued => {
                let (zh, en) = ("该代码校验无误，无须声明", "the check characters of this code are right");
                faults.add("/code_as_issued", Fault::inconsistent((zh, en)));
            }
            Some(_) | None => {}
        }
    }
}

impl Payload for Confirmation {
    const KIND: &'static str = "organisation.confirmed";

    fn check(&self, faults: &mut Faults) {
        check_roles(&self.roles, faults);
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        self.code_document.iter().collect()
    }
}

const NAMED_BY_LOG: (&str, &str) =
    ("operator 与 service 只由 log.opened 指定", "operator and service are named by log.opened alone");

fn check_roles(roles: &[Role], faults: &mut Faults) {
    faults.list("/roles", roles, ROLES_MAX, |role| role.name());
    if !roles.iter().copied().collect::<Roles>().are_compatible() {
        let (zh, en) = (
            "operator、supervisor、auditor 不得兼任其他角色",
            "operator, supervisor and auditor are nothing else beside",
        );
        faults.add("/roles", Fault::inconsistent((zh, en)));
    }
    for (at, role) in roles.iter().enumerate() {
        if matches!(role, Role::Operator | Role::Service) {
            faults.add(format!("/roles/{at}"), Fault::inconsistent(NAMED_BY_LOG));
        }
    }
}

impl Payload for RoleGrant {
    const KIND: &'static str = "organisation.role_granted";

    fn check(&self, faults: &mut Faults) {
        if matches!(self.role, Role::Operator | Role::Service) {
            faults.add("/role", Fault::inconsistent(NAMED_BY_LOG));
        }
    }
}

impl Payload for ClaimsClearing {
    const KIND: &'static str = "organisation.claims_cleared";
}

impl Payload for Suspension {
    const KIND: &'static str = "organisation.suspended";
}

impl Payload for Reinstatement {
    const KIND: &'static str = "organisation.reinstated";
}

impl Payload for KeyAddition {
    const KIND: &'static str = "key.added";
}

impl Payload for KeyRevocation {
    const KIND: &'static str = "key.revoked";
}

impl Act {
    /// Whether somebody becomes an enterprise by it.
    pub fn admits_enterprise(&self) -> bool {
        match self {
            Self::Confirmed(confirmation) => confirmation.roles.contains(&Role::Enterprise),
            Self::RoleGranted(grant) => grant.role == Role::Enterprise,
            _ => false,
        }
    }
}

acts! {
    /// Every act about organisations and their keys.
    pub enum Act {
        Registered(Registration),
        Confirmed(Confirmation),
        ClaimsCleared(ClaimsClearing),
        RoleGranted(RoleGrant),
        Suspended(Suspension),
        Reinstated(Reinstatement),
        Renamed(Renaming),
        RepresentativeChanged(RepresentativeChange),
        Ended(Ending),
        KeyAdded(KeyAddition),
        KeyRevoked(KeyRevocation),
    }
}
