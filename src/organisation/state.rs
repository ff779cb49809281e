//! Who an organisation is at a point of the log, and which acts about it are allowed there.

use super::{Act, Confirmation, KeyAddition, KeyRevocation, Registration};
use crate::act::{
    Acts, Author, Capability, Key, KeyChange, Moment, Place, Role, Roles, Stream, StreamId, View, has_possession,
    public_key,
};
use crate::field::{Fault, Instant, OrganisationId};
use crate::identity::LogState;
use crate::law::Law;
use crate::problem::{self, Refusal};
use crate::record::{KeyId, PublicKey};

impl StreamId for OrganisationId {
    const PREFIX: &'static str = "organisation";
}

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
    pub fn operator(log: &LogState) -> Self {
        let mut operator = Self::unregistered(log.operator.clone());
        operator.name.clone_from(&log.operator_name);
        operator.status = Status::Confirmed;
        operator.roles = Roles::NONE.with(Role::Operator);
        operator.keys.push(Key::new(log.operator_key));
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

fn too_many(pointer: &str, max: usize) -> Refusal {
    Refusal::of_field(pointer, Fault::TooMany { max })
}

fn unknown_kid(kid: &KeyId) -> Refusal {
    Refusal::of_field("/kid", Fault::UnknownReference { id: kid.to_string() })
}

impl Capability for Organisation {
    type Id = OrganisationId;
    type Act = Act;

    const IS_DROPPED: bool = false;

    fn version(&self) -> u64 {
        self.version
    }

    fn key_changes(act: &Act) -> Vec<KeyChange<'_>> {
        match act {
            Act::Registered(registration) => {
                vec![KeyChange::SignsIn { key: &registration.key, owner: &registration.id }]
            }
            Act::KeyAdded(addition) => vec![KeyChange::Brings { key: &addition.key }],
            Act::KeyRevoked(revocation) => {
                vec![KeyChange::Revokes { kid: revocation.kid, from: revocation.effective }]
            }
            Act::Confirmed(_) | Act::RoleGranted(_) | Act::Suspended(_) | Act::Reinstated(_) => Vec::new(),
        }
    }

    fn decide(state: Option<&Self>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
        if let Act::Registered(registration) = act {
            return decide_registration(state, registration, at);
        }
        let by = at.author()?;
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
                if state.is_suspended(at.now) {
                    return Err(Refusal::state_forbids(act.kind(), "suspended"));
                }
                Ok(())
            }
            Act::Reinstated(_) => {
                must_oversee(by, state)?;
                if !state.is_suspended(at.now) {
                    return Err(Refusal::state_forbids(act.kind(), "not suspended"));
                }
                Ok(())
            }
            Act::KeyAdded(addition) => decide_key_addition(state, addition, by, at.around),
            Act::KeyRevoked(revocation) => decide_revocation(state, revocation, by, at.now),
        }
    }

    fn begin(act: &Act, place: &Place, law: Law<'_>) -> Option<Self> {
        let Act::Registered(registration) = act else { return None };
        let mut organisation = Self::unregistered(registration.id.clone());
        organisation.apply(act, place, law);
        Some(organisation)
    }

    fn apply(&mut self, act: &Act, place: &Place, _law: Law<'_>) {
        self.version = place.version;
        match act {
            Act::Registered(registration) => {
                if let Ok(public) = PublicKey::from_jwk(&registration.key) {
                    let name = registration.name.as_str().into();
                    self.pending.push(Pending { kid: public.key_id(), public, name });
                }
            }
            Act::Confirmed(confirmation) => {
                if let Some(at) = self.pending.iter().position(|pending| pending.kid == confirmation.kid) {
                    let chosen = self.pending.remove(at);
                    self.name = chosen.name;
                    self.keys.push(Key::new(chosen.public));
                }
                self.status = Status::Confirmed;
                self.roles = confirmation.roles.iter().copied().collect();
            }
            Act::RoleGranted(grant) => self.roles = self.roles.with(grant.role),
            Act::Suspended(suspension) => {
                let until = suspension.until.and_then(|day| day.date().succ_opt()).map(Instant::start_of_shanghai_day);
                self.status = Status::Suspended(until);
            }
            Act::Reinstated(_) => self.status = Status::Confirmed,
            Act::KeyAdded(addition) => {
                if let Ok(public) = PublicKey::from_jwk(&addition.key) {
                    self.keys.push(Key::new(public));
                }
            }
            Act::KeyRevoked(revocation) => {
                if let Some(key) = self.keys.iter_mut().find(|key| key.kid == revocation.kid) {
                    key.revoked_from = Some(revocation.effective);
                }
            }
        }
    }
}

fn decide_registration(
    state: Option<&Organisation>,
    registration: &Registration,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    if Stream::of(&registration.id) != *at.on {
        return Err(Refusal::stream_mismatch("/id"));
    }
    let key = public_key(&registration.key, "/key")?;
    if key.key_id() != *at.signer {
        return Err(Refusal::new(
            &problem::POSSESSION_UNPROVEN,
            "登记记录须由所登记的密钥签名",
            "a registration is signed by the very key that it registers",
        ));
    }
    if at.around.owner(at.signer).is_some() {
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
    around: View<'_>,
) -> Result<(), Refusal> {
    if !by.is(&state.id) {
        return Err(Refusal::new(
            &problem::NOT_A_PARTY,
            "只能为本主体增加密钥",
            "keys are added by their own organisation",
        ));
    }
    let key = public_key(&addition.key, "/key")?;
    let kid = key.key_id();
    if around.owner(&kid).is_some() {
        return Err(Refusal::new(&problem::KEY_IN_USE, "该密钥已登记", "this key is registered already"));
    }
    if state.keys.len() >= KEYS_MAX {
        return Err(too_many("/key", KEYS_MAX));
    }
    let origin = around.log().map_or("", |log: &LogState| &log.origin);
    has_possession(&key, addition.possession.as_str(), &Stream::of(&state.id), origin)
}

fn decide_revocation(
    state: &Organisation,
    revocation: &KeyRevocation,
    by: &Author,
    now: Instant,
) -> Result<(), Refusal> {
    let own = by.is(&state.id);
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
