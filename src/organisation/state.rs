//! Who an organisation is at a point of the log, and which acts about it are allowed there.

use super::{Act, Confirmation, KeyAddition, KeyRevocation, Registration, Role, Roles, has_possession};
use crate::act::{Author, Place};
use crate::field::{Fault, Instant, OrganisationId};
use crate::identity::LogState;
use crate::problem::{self, Refusal};
use crate::record::{KeyId, PublicKey};

/// One organisation.
#[derive(Debug, Clone)]
pub struct Organisation {
    pub id: OrganisationId,
    /// Name as confirmed; empty while every registration is still pending.
    pub name: Box<str>,
    pub status: Status,
    pub roles: Roles,
    pub keys: Vec<Key>,
    /// Registrations that nobody has confirmed, oldest first. They stay when another one is confirmed: a key that was
    /// ever brought belongs to this stream.
    pub pending: Vec<Pending>,
    pub version: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Pending,
    Confirmed,
    /// Until the instant, or until reinstated.
    Suspended(Option<Instant>),
}

/// A key and the time for which it may sign.
#[derive(Debug, Clone)]
pub struct Key {
    pub kid: KeyId,
    pub public: PublicKey,
    pub revoked_from: Option<Instant>,
}

/// A registration that waits for confirmation.
#[derive(Debug, Clone)]
pub struct Pending {
    pub kid: KeyId,
    pub public: PublicKey,
    pub name: Box<str>,
}

/// Registrations of one code, confirmed or not: anybody may claim a code, so claims need a limit.
const PENDING_MAX: usize = 64;
/// Valid and revoked keys of one organisation.
const KEYS_MAX: usize = 64;

impl Organisation {
    pub fn key(&self, kid: &KeyId) -> Option<&Key> {
        self.keys.iter().find(|key| key.kid == *kid)
    }

    pub fn is_confirmed(&self) -> bool {
        !matches!(self.status, Status::Pending)
    }

    pub fn is_suspended(&self, now: Instant) -> bool {
        match self.status {
            Status::Suspended(until) => until.is_none_or(|until| now < until),
            Status::Pending | Status::Confirmed => false,
        }
    }

    /// Every key that this stream has brought up, pending ones included: a key belongs to one stream for ever.
    pub fn kids(&self) -> impl Iterator<Item = KeyId> {
        self.keys.iter().map(|key| key.kid).chain(self.pending.iter().map(|pending| pending.kid))
    }

    /// The operator's organisation, as `log.opened` makes it.
    pub fn operator(id: OrganisationId, name: &str, public: PublicKey) -> Self {
        let mut operator = Self::unregistered(id);
        operator.name = name.into();
        operator.status = Status::Confirmed;
        operator.roles = Roles::NONE.with(Role::Operator);
        operator.keys.push(Key { kid: public.key_id(), public, revoked_from: None });
        operator
    }

    fn unregistered(id: OrganisationId) -> Self {
        Self {
            id,
            name: "".into(),
            status: Status::Pending,
            roles: Roles::NONE,
            keys: Vec::new(),
            pending: Vec::new(),
            version: 0,
        }
    }
}

impl Key {
    pub fn is_valid(&self, now: Instant) -> bool {
        self.revoked_from.is_none_or(|from| now < from)
    }
}

/// Which roles may admit an organisation to a role.
fn admitters(role: Role) -> &'static [Role] {
    match role {
        Role::Supervisor => &[Role::Operator],
        Role::Auditor => &[Role::Operator, Role::Supervisor],
        Role::Centre | Role::ProcuringUnit => &[Role::Supervisor],
        Role::Enterprise => &[Role::Supervisor, Role::Centre],
        // Named by log.opened alone.
        Role::Operator | Role::Service => &[],
    }
}

/// The key in a payload.
///
/// # Errors
/// It is not an Ed25519 key of the prime-order group.
pub fn public_key(jwk: &crate::record::Jwk, pointer: &str) -> Result<PublicKey, Refusal> {
    PublicKey::from_jwk(jwk)
        .map_err(|error| Refusal::of_field(pointer, Fault::MalformedCode { reason: error.to_string() }))
}

fn too_many(pointer: &str, max: usize) -> Refusal {
    Refusal::of_field(pointer, Fault::TooMany { max })
}

fn unknown_kid(kid: &KeyId) -> Refusal {
    Refusal::of_field("/kid", Fault::UnknownReference { id: kid.to_string() })
}

/// Whether the act may enter the log now.
///
/// `key_owner` tells which stream a key belongs to already. A self-registration has no author yet, so `by` is `None`
/// for it and only for it.
///
/// # Errors
/// The refusal: of who may admit, oversee or speak for an organisation, and of keys that are others' or no longer valid.
pub fn decide(
    state: Option<&Organisation>,
    act: &Act,
    by: Option<&Author>,
    signer: &KeyId,
    log: &LogState,
    key_owner: &dyn Fn(&KeyId) -> Option<OrganisationId>,
    now: Instant,
) -> Result<(), Refusal> {
    if let Act::Registered(registration) = act {
        return decide_registration(state, registration, signer, log, key_owner);
    }
    let by = by.ok_or_else(|| Refusal::new(&problem::KEY_UNKNOWN, "未登记的密钥", "unknown key"))?;
    let state =
        state.ok_or_else(|| Refusal::new(&problem::ORGANISATION_UNKNOWN, "主体未登记", "unknown organisation"))?;
    match act {
        // Handled above; here for exhaustiveness.
        Act::Registered(_) => Ok(()),
        Act::Confirmed(confirmation) => decide_confirmation(state, confirmation, by),
        Act::RoleGranted(grant) => {
            must_be_confirmed(state)?;
            must_admit(by, grant.role)?;
            if state.roles.has(grant.role) {
                return Err(Refusal::state_forbids(act.kind(), "role already granted"));
            }
            Ok(())
        }
        Act::Suspended(_) => {
            must_be_confirmed(state)?;
            must_oversee(by, state)?;
            if state.is_suspended(now) {
                return Err(Refusal::state_forbids(act.kind(), "suspended"));
            }
            Ok(())
        }
        Act::Reinstated(_) => {
            must_oversee(by, state)?;
            if !state.is_suspended(now) {
                return Err(Refusal::state_forbids(act.kind(), "not suspended"));
            }
            Ok(())
        }
        Act::KeyAdded(addition) => decide_key_addition(state, addition, by, log, key_owner),
        Act::KeyRevoked(revocation) => decide_revocation(state, revocation, by, now),
    }
}

fn decide_registration(
    state: Option<&Organisation>,
    registration: &Registration,
    signer: &KeyId,
    log: &LogState,
    key_owner: &dyn Fn(&KeyId) -> Option<OrganisationId>,
) -> Result<(), Refusal> {
    let key = public_key(&registration.key, "/key")?;
    if key.key_id() != *signer {
        return Err(Refusal::new(
            &problem::POSSESSION_UNPROVEN,
            "登记记录须由所登记的密钥签名",
            "a registration is signed by the very key that it registers",
        ));
    }
    if key_owner(signer).is_some() || log.service_key(signer).is_some() {
        return Err(Refusal::new(&problem::KEY_IN_USE, "该密钥已登记", "this key is registered already"));
    }
    match state {
        Some(organisation) if organisation.is_confirmed() => {
            Err(Refusal::state_forbids("organisation.registered", "confirmed"))
        }
        Some(organisation) if organisation.pending.len() >= PENDING_MAX => Err(too_many("/id", PENDING_MAX)),
        _ => Ok(()),
    }
}

fn decide_confirmation(state: &Organisation, confirmation: &Confirmation, by: &Author) -> Result<(), Refusal> {
    if state.is_confirmed() {
        return Err(Refusal::state_forbids("organisation.confirmed", "confirmed"));
    }
    for role in &confirmation.roles {
        must_admit(by, *role)?;
    }
    if !state.pending.iter().any(|pending| pending.kid == confirmation.kid) {
        return Err(unknown_kid(&confirmation.kid));
    }
    Ok(())
}

fn decide_key_addition(
    state: &Organisation,
    addition: &KeyAddition,
    by: &Author,
    log: &LogState,
    key_owner: &dyn Fn(&KeyId) -> Option<OrganisationId>,
) -> Result<(), Refusal> {
    if by.id != state.id || by.roles.has(Role::Service) {
        return Err(Refusal::new(
            &problem::NOT_A_PARTY,
            "只能为本主体增加密钥",
            "keys are added by their own organisation",
        ));
    }
    let key = public_key(&addition.key, "/key")?;
    let kid = key.key_id();
    if key_owner(&kid).is_some() || log.service_key(&kid).is_some() {
        return Err(Refusal::new(&problem::KEY_IN_USE, "该密钥已登记", "this key is registered already"));
    }
    if state.keys.len() >= KEYS_MAX {
        return Err(too_many("/key", KEYS_MAX));
    }
    has_possession(&key, addition.possession.as_str(), &format!("organisation/{}", state.id), &log.origin)
}

fn decide_revocation(
    state: &Organisation,
    revocation: &KeyRevocation,
    by: &Author,
    now: Instant,
) -> Result<(), Refusal> {
    let own = by.id == state.id && !by.roles.has(Role::Service);
    if !own {
        must_oversee(by, state)?;
    }
    let Some(key) = state.key(&revocation.kid) else {
        return Err(unknown_kid(&revocation.kid));
    };
    if key.revoked_from.is_some() {
        return Err(Refusal::state_forbids("key.revoked", "revoked"));
    }
    let others = state.keys.iter().filter(|other| other.kid != key.kid && other.is_valid(now)).count();
    // Locking oneself out is refused; a supervisor may do it, when the only key is stolen.
    if own && others == 0 {
        return Err(Refusal::new(&problem::LAST_KEY, "先增加新密钥再吊销", "add another key first"));
    }
    Ok(())
}

fn must_be_confirmed(state: &Organisation) -> Result<(), Refusal> {
    if state.is_confirmed() {
        Ok(())
    } else {
        Err(Refusal::new(&problem::ORGANISATION_PENDING, "主体登记尚未确认", "the organisation is not confirmed yet"))
    }
}

fn must_admit(by: &Author, role: Role) -> Result<(), Refusal> {
    if by.roles.has_any(admitters(role)) { Ok(()) } else { Err(not_entitled(&format!("admit to {role:?}"))) }
}

/// Supervisors oversee everyone but other supervisors and the operator; the operator oversees supervisors and auditors.
fn must_oversee(by: &Author, state: &Organisation) -> Result<(), Refusal> {
    let over = if state.roles.has_any(&[Role::Operator]) {
        &[][..]
    } else if state.roles.has(Role::Supervisor) {
        &[Role::Operator][..]
    } else {
        &[Role::Operator, Role::Supervisor][..]
    };
    if by.roles.has_any(over) { Ok(()) } else { Err(not_entitled("oversee this organisation")) }
}

fn not_entitled(what: &str) -> Refusal {
    Refusal::new(
        &problem::ROLE_NOT_ENTITLED,
        format!("该主体无权：{what}"),
        format!("the author's roles do not entitle it to {what}"),
    )
}

impl Organisation {
    /// Folds an accepted act into the state.
    pub fn apply(state: Option<Self>, id: &OrganisationId, act: &Act, place: &Place) -> Self {
        let mut organisation = state.unwrap_or_else(|| Self::unregistered(id.clone()));
        organisation.version = place.version;
        match act {
            Act::Registered(registration) => {
                if let Ok(public) = PublicKey::from_jwk(&registration.key) {
                    let name = registration.name.as_str().into();
                    organisation.pending.push(Pending { kid: public.key_id(), public, name });
                }
            }
            Act::Confirmed(confirmation) => {
                if let Some(at) = organisation.pending.iter().position(|pending| pending.kid == confirmation.kid) {
                    let chosen = organisation.pending.remove(at);
                    organisation.name = chosen.name;
                    organisation.keys.push(Key { kid: chosen.kid, public: chosen.public, revoked_from: None });
                }
                organisation.status = Status::Confirmed;
                organisation.roles = confirmation.roles.iter().copied().collect();
            }
            Act::RoleGranted(grant) => organisation.roles = organisation.roles.with(grant.role),
            Act::Suspended(suspension) => {
                let until = suspension.until.and_then(|day| day.date().succ_opt()).map(Instant::start_of_shanghai_day);
                organisation.status = Status::Suspended(until);
            }
            Act::Reinstated(_) => organisation.status = Status::Confirmed,
            Act::KeyAdded(addition) => {
                if let Ok(public) = PublicKey::from_jwk(&addition.key) {
                    organisation.keys.push(Key { kid: public.key_id(), public, revoked_from: None });
                }
            }
            Act::KeyRevoked(revocation) => {
                if let Some(key) = organisation.keys.iter_mut().find(|key| key.kid == revocation.kid) {
                    key.revoked_from = Some(revocation.effective);
                }
            }
        }
        organisation
    }
}
