//! Who an organisation is at a point of the log, and which acts about it are allowed there.

mod admission;
mod decide;
mod registry;
mod status;
#[cfg(test)]
mod tests;

pub use registry::{Ended, FormerName, Registry};
pub use status::OrganisationStatus;

use super::{Act, Registration};
use crate::access::gate_streams;
use crate::act::{Bearing, Capability, Key, KeyChange, Moment, Place, Role, Roles, Stream, StreamId, Succession};
use crate::field::{Day, Instant, OrganisationId};
use crate::identity::LogState;
use crate::law::Law;
use crate::problem::{self, Refusal};
use crate::record::{KeyId, PublicKey};
use std::any::{Any, TypeId};

impl StreamId for OrganisationId {
    const PREFIX: &'static str = "organisation";
}

/// One organisation.
#[derive(Debug, Clone)]
pub struct Organisation {
    pub id: OrganisationId,
    /// Name as confirmed, or as the registry has it since; empty while every registration is still pending.
    pub name: Box<str>,
    /// What the registry has changed since.
    pub registry: Registry,
    pub status: Status,
    pub roles: Roles,
    pub keys: Vec<Key>,
    /// Registrations that nobody has confirmed, oldest first. They stay when another one is confirmed, when they expire and
    /// when they are cleared: a key that was ever brought belongs to this stream.
    pub pending: Vec<Pending>,
    /// The one key that may register, as whoever cleared the claims said.
    pub awaited: Option<KeyId>,
    /// Who admitted it to which role, oldest first.
    pub admissions: Vec<Admission>,
    /// When it was first confirmed; until then, when somebody first registered it.
    pub since: Instant,
    pub version: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Pending,
    Confirmed,
    /// Until the instant, or until reinstated.
    Suspended(Option<Instant>),
    /// For good, unless it is taken back.
    Ended,
}

impl Status {
    /// What it is now: a suspension whose time is over is none.
    pub fn at(self, now: Instant) -> Self {
        match self {
            Self::Suspended(Some(until)) if until <= now => Self::Confirmed,
            status => status,
        }
    }
}

/// An admission to a role: by whom, and by which entry.
#[derive(Debug, Clone)]
pub struct Admission {
    pub role: Role,
    pub by: OrganisationId,
    pub entry: u64,
    pub time: Instant,
}

/// A registration that waits for confirmation.
#[derive(Debug, Clone)]
pub struct Pending {
    pub kid: KeyId,
    pub public: PublicKey,
    pub name: Box<str>,
    pub time: Instant,
    pub is_cleared: bool,
}

/// A claim that nobody confirms holds a place among few, and whoever made it may be anybody: a month is time enough for the
/// counter.
const CLAIM_MILLIS: i64 = 30 * 24 * 3600 * 1000;

impl Pending {
    /// When nobody can confirm it any more; the same key may register again.
    pub fn expires(&self) -> Instant {
        self.time.plus_millis(CLAIM_MILLIS)
    }

    /// Whether it can be confirmed now.
    pub fn is_open(&self, now: Instant) -> bool {
        !self.is_cleared && now < self.expires()
    }
}

impl Organisation {
    pub fn key(&self, kid: &KeyId) -> Option<&Key> {
        self.keys.iter().find(|key| key.kid == *kid)
    }

    pub fn is_confirmed(&self) -> bool {
        !matches!(self.status, Status::Pending)
    }

    pub fn is_suspended(&self, now: Instant) -> bool {
        matches!(self.status.at(now), Status::Suspended(_))
    }

    /// # Errors
    /// It is suspended now, or has ended: it signs nothing, and nobody deals with it.
    pub fn must_be_active(&self, now: Instant) -> Result<(), Refusal> {
        match self.status.at(now) {
            Status::Pending | Status::Confirmed => Ok(()),
            Status::Suspended(_) => {
                Err(Refusal::new(&problem::ORGANISATION_SUSPENDED, "主体已被暂停", "the organisation is suspended"))
            }
            Status::Ended => {
                let (zh, en) = ("主体已注销、合并或分立", "the organisation exists no more");
                Err(Refusal::new(&problem::ORGANISATION_ENDED, zh, en))
            }
        }
    }

    /// Whether it could sign something now, in this role.
    pub fn can_act(&self, role: Role, now: Instant) -> bool {
        self.roles.has(role) && self.must_be_active(now).is_ok() && self.keys.iter().any(|key| key.is_valid(now))
    }

    /// The registrations that can be confirmed now, oldest first.
    pub fn claims(&self, now: Instant) -> impl Iterator<Item = &Pending> {
        self.pending.iter().filter(move |pending| pending.is_open(now))
    }

    /// Whether a registration with this key was expired or cleared, so that it may be made again.
    fn may_claim_again(&self, kid: &KeyId, now: Instant) -> bool {
        self.pending.iter().any(|pending| pending.kid == *kid && !pending.is_open(now))
    }

    /// All its keys are revoked: nothing but another registration brings it back.
    pub fn has_lost_its_keys(&self) -> bool {
        self.is_confirmed() && self.keys.iter().all(Key::is_revoked)
    }

    /// Every key that this stream has brought up, pending ones included: a key belongs to one stream for ever.
    pub fn kids(&self) -> impl Iterator<Item = KeyId> {
        self.keys.iter().map(|key| key.kid).chain(self.pending.iter().map(|pending| pending.kid))
    }

    /// The operator's organisation, as `log.opened` makes it.
    pub fn operator(log: &LogState) -> Self {
        let mut operator = Self::unregistered(log.operator.clone(), log.opened());
        operator.name.clone_from(&log.operator_name);
        operator.status = Status::Confirmed;
        operator.roles = Roles::NONE.with(Role::Operator);
        operator.keys.push(Key::new(log.operator_key, log.opened()));
        operator
    }

    fn unregistered(id: OrganisationId, since: Instant) -> Self {
        Self {
            id,
            name: "".into(),
            registry: Registry::default(),
            status: Status::Pending,
            roles: Roles::NONE,
            keys: Vec::new(),
            pending: Vec::new(),
            awaited: None,
            admissions: Vec::new(),
            since,
            version: 0,
        }
    }
}

impl Organisation {
    /// From now on it has the role, which it may have had before.
    fn admit(&mut self, role: Role, place: &Place) {
        self.roles = self.roles.with(role);
        self.admissions.push(Admission { role, by: place.author.clone(), entry: place.index, time: place.time });
    }

    /// A key that claims the code again does so from now on.
    fn claim(&mut self, registration: &Registration, place: &Place) {
        let Ok(public) = PublicKey::from_jwk(&registration.key) else { return };
        let (kid, name) = (public.key_id(), registration.name.as_str().into());
        self.pending.retain(|pending| pending.kid != kid);
        self.pending.push(Pending { kid, public, name, time: place.time, is_cleared: false });
    }

    fn clear_claims(&mut self, keeps: Option<KeyId>) {
        self.awaited = keeps;
        let others = self.pending.iter_mut().filter(|pending| Some(pending.kid) != keeps);
        others.for_each(|pending| pending.is_cleared = true);
    }

    /// Under a registration that was found genuine: the first one, or one after all keys were lost.
    fn confirm(&mut self, kid: &KeyId, place: &Place) {
        if let Some(at) = self.pending.iter().position(|pending| pending.kid == *kid) {
            let chosen = self.pending.remove(at);
            if self.name.is_empty() {
                self.name = chosen.name;
            }
            self.keys.push(Key::new(chosen.public, place.time));
        }
        self.awaited = None;
        if self.status == Status::Pending {
            self.status = Status::Confirmed;
            self.since = place.time;
        }
    }
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
            Act::Confirmed(_)
            | Act::ClaimsCleared(_)
            | Act::RoleGranted(_)
            | Act::Suspended(_)
            | Act::Reinstated(_)
            | Act::Renamed(_)
            | Act::RepresentativeChanged(_)
            | Act::Ended(_) => Vec::new(),
        }
    }

    fn looks_at_supervisors(state: Option<&Self>, act: &Act) -> bool {
        match act {
            Act::Confirmed(confirmation) => {
                confirmation.roles.contains(&Role::Supervisor) || confirmation.code_document.is_some()
            }
            // The operator's to do while no supervisor can act.
            Act::ClaimsCleared(_) => true,
            // Until it is confirmed, it may become one in the same batch.
            Act::Suspended(_) | Act::Ended(_) => {
                state.is_none_or(|state| !state.is_confirmed() || state.roles.has(Role::Supervisor))
            }
            // No role that was granted before goes with this one.
            Act::RoleGranted(_)
            | Act::Registered(_)
            | Act::Reinstated(_)
            | Act::Renamed(_)
            | Act::RepresentativeChanged(_)
            | Act::KeyAdded(_)
            | Act::KeyRevoked(_) => false,
        }
    }

    /// Who succeeds has to be somebody, and who becomes an enterprise may be barred from it.
    fn ties(state: Option<&Self>, act: &Act) -> Vec<Stream> {
        let admitted = state.filter(|_| act.admits_enterprise()).map(|organisation| &organisation.id);
        Self::successors(act).map(Stream::of).chain(gate_streams(admitted)).collect()
    }

    fn bears_on(state: Option<&Self>, act: &Act) -> Vec<Bearing> {
        Self::passes_on(state, act)
    }

    fn decide(state: Option<&Self>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
        decide::decide(state, act, at)
    }

    /// Whoever deals with its successors sees that they are.
    fn face(&self, wanted: TypeId) -> Option<Box<dyn Any>> {
        let succession = self.ended().and_then(|ended| ended.succession(&self.id));
        succession.filter(|_| wanted == TypeId::of::<Succession>()).map(|face| Box::new(face) as Box<dyn Any>)
    }

    fn begin(act: &Act, place: &Place, law: Law<'_>) -> Option<Self> {
        let Act::Registered(registration) = act else { return None };
        let mut organisation = Self::unregistered(registration.id.clone(), place.time);
        organisation.apply(act, place, law);
        Some(organisation)
    }

    fn apply(&mut self, act: &Act, place: &Place, _law: Law<'_>) {
        self.version = place.version;
        match act {
            Act::Registered(registration) => self.claim(registration, place),
            Act::Confirmed(confirmation) => {
                self.confirm(&confirmation.kid, place);
                confirmation.roles.iter().for_each(|role| self.admit(*role, place));
            }
            Act::ClaimsCleared(clearing) => self.clear_claims(clearing.keeps),
            Act::RoleGranted(grant) => self.admit(grant.role, place),
            Act::Suspended(suspension) => {
                self.status = Status::Suspended(suspension.until.and_then(end_of));
            }
            Act::Reinstated(_) => {
                self.take_end_back(place);
                self.status = Status::Confirmed;
            }
            Act::Renamed(renaming) => self.rename(renaming, place),
            Act::RepresentativeChanged(change) => self.registry.changed = Some(change.effective),
            Act::Ended(ending) => self.end(ending, place),
            Act::KeyAdded(addition) => {
                if let Ok(public) = PublicKey::from_jwk(&addition.key) {
                    self.keys.push(Key::new(public, place.time));
                }
            }
            Act::KeyRevoked(revocation) => {
                if let Some(key) = self.keys.iter_mut().find(|key| key.kid == revocation.kid) {
                    key.revoke(revocation.effective);
                }
            }
        }
    }
}

/// The end of a day in Asia/Shanghai; the last day of the calendar has none.
fn end_of(day: Day) -> Option<Instant> {
    day.date().succ_opt().map(Instant::start_of_shanghai_day)
}
