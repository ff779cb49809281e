//! Whose key it is, and whether it may sign.

use super::{Act, State, World};
#[cfg(feature = "shell")]
use super::{Owner, Stream};
use crate::act::{Author, Key, Role, Roles};
use crate::field::{Instant, OrganisationId};
use crate::organisation::Organisation;
use crate::problem::{self, Refusal};
use crate::record::{KeyId, PublicKey};

/// For whoever keeps the streams in a store and loads a few of them.
#[cfg(feature = "shell")]
impl World {
    /// Whether it is known whose key it is, without looking at the store.
    pub(crate) fn knows_owner(&self, kid: &KeyId) -> bool {
        self.key_owners.contains_key(kid)
    }

    /// Takes note of whose key it is.
    pub(crate) fn owns(&mut self, owner: OrganisationId, kid: KeyId) {
        self.key_owners.insert(kid, Owner::from(&owner));
    }

    /// The supervisors at hand.
    pub(crate) fn supervisors(&self) -> impl Iterator<Item = &Organisation> {
        self.supervisors.iter().filter_map(|stream| match self.state(stream) {
            Some(State::Organisation(organisation)) => Some(&**organisation),
            _ => None,
        })
    }

    /// Takes note of a supervisor whose own stream is not at hand: acts look at it all the same.
    pub(crate) fn hears_of_supervisor(&mut self, stream: Stream) {
        self.supervisors.insert(stream);
    }

    /// Takes note of a stream that follows another one and is not at hand: acts look at it all the same.
    pub(crate) fn hears_of_successor(&mut self, followed: Stream, successor: Stream) {
        self.successors.add(followed, successor);
    }

    /// The stream that brought a key, the service's keys aside.
    pub(crate) fn brought_by(&self, kid: &KeyId) -> Option<&Stream> {
        self.key_owners.get(kid).map(|owner| &owner.stream)
    }
}

impl World {
    /// Whether all supervisors are at hand.
    pub fn has_all_supervisors(&self) -> bool {
        self.has_all_supervisors
    }

    /// Takes note that all supervisors are at hand; who becomes one from now on is.
    pub fn is_given_all_supervisors(&mut self) {
        self.has_all_supervisors = true;
    }

    /// The public key that a record must verify under, before anything else is believed of it.
    ///
    /// A first registration brings its own key; every other record is signed by one that the log knows.
    pub fn signing_key(&self, kid: &KeyId, act: &Act) -> Option<PublicKey> {
        self.key(kid).map(|key| key.public).or_else(|| {
            let (key, _) = act.signs_in()?;
            PublicKey::from_jwk(key).ok()
        })
    }

    /// A key of the service or of a confirmed organisation, valid or not.
    fn key(&self, kid: &KeyId) -> Option<&Key> {
        if let Some(key) = self.log().and_then(|log| log.service_key(kid)) {
            return Some(key);
        }
        self.organisation_of(kid)?.key(kid)
    }

    /// The organisation that brought a key.
    fn organisation_of(&self, kid: &KeyId) -> Option<&Organisation> {
        match self.state(&self.key_owners.get(kid)?.stream) {
            Some(State::Organisation(organisation)) => Some(organisation),
            _ => None,
        }
    }

    /// Whose key it is, whatever became of it.
    pub fn owner(&self, kid: &KeyId) -> Option<OrganisationId> {
        match self.log() {
            Some(log) if log.service_key(kid).is_some() => Some(log.operator.clone()),
            _ => self.key_owners.get(kid).map(|owner| owner.id.clone()),
        }
    }

    /// Who signs with this key now.
    ///
    /// # Errors
    /// The key is unknown or revoked; its organisation is pending or suspended.
    pub fn author(&self, kid: &KeyId, now: Instant) -> Result<Author, Refusal> {
        let unknown = || Refusal::new(&problem::KEY_UNKNOWN, "日志中没有这把密钥", "the log does not know this key");
        let log = self.log().ok_or_else(unknown)?;
        if let Some(key) = log.service_key(kid) {
            must_be_valid(key, now)?;
            return Ok(Author { id: log.operator.clone(), roles: Roles::NONE.with(Role::Service) });
        }
        let organisation = self.organisation_of(kid).ok_or_else(unknown)?;
        let Some(key) = organisation.key(kid) else {
            return Err(Refusal::new(
                &problem::ORGANISATION_PENDING,
                "主体登记尚未确认",
                "the organisation is not confirmed yet",
            ));
        };
        must_be_valid(key, now)?;
        organisation.must_be_active(now)?;
        Ok(Author { id: organisation.id.clone(), roles: organisation.roles })
    }
}

fn must_be_valid(key: &Key, now: Instant) -> Result<(), Refusal> {
    let Some(from) = key.revoked_from.filter(|_| !key.is_valid(now)) else { return Ok(()) };
    let (zh, en) = (format!("密钥自 {from} 起吊销"), format!("the key is revoked from {from}"));
    Err(Refusal::new(&problem::KEY_REVOKED, zh, en))
}
