//! What a capability is to the log: the pure half. Service, auditor, bundle and simulator call the same functions.

use super::{Acts, Bearing, Look, Moment, Place, Stream, StreamId};
use crate::field::{Instant, OrganisationId};
use crate::law::{Edition, Law};
use crate::problem::Refusal;
use crate::record::{Jwk, KeyId};
use std::any::{Any, TypeId};
use std::fmt::Debug;

/// A kind of stream: `Self` is the state that its records fold into. No clock, no I/O.
///
/// A stream's state is the fold of its own entries, and an act never changes another stream's. What else a decision looks
/// at, [`Self::ties`] names; whom else an act concerns, [`Self::bears_on`] says.
pub trait Capability: Debug + Sized + Send + Sync + 'static {
    type Id: StreamId;
    type Act: Acts;

    /// There may be millions of such streams: whoever folds a whole log may drop a state, and fold it again when it is
    /// needed.
    const IS_DROPPED: bool;
    /// Time makes acts due on such streams.
    const FALLS_DUE: bool = false;
    /// Acts on such streams may make the service begin others.
    const ENTAILS: bool = false;

    /// Whether an edition of the law has rules of such streams. Under one that is silent nothing acts on them, and nothing is owed:
    /// a log that adopted it before they came up is judged as it was.
    fn is_in_law(_edition: &Edition) -> bool {
        true
    }

    /// How many records act on it.
    fn version(&self) -> u64;

    /// What an act does with keys.
    fn key_changes(_act: &Self::Act) -> Vec<KeyChange<'_>> {
        Vec::new()
    }

    /// The streams that the decision on an act looks at, beside its own.
    fn ties(_state: Option<&Self>, _act: &Self::Act) -> Vec<Stream> {
        Vec::new()
    }

    /// Whether the decision on an act looks at all supervisors as well: whether one is left who could act can't be told from
    /// one stream.
    fn looks_at_supervisors(_state: Option<&Self>, _act: &Self::Act) -> bool {
        false
    }

    /// The stream that the act's own one follows by beginning, as a tender does the round before: the decision looks at all
    /// that follow the same one as well, for how many there are can't be told from one stream either.
    fn follows(_act: &Self::Act) -> Option<Stream> {
        None
    }

    /// Whom an act concerns beside its own stream, and what it says of each: what is computed from everything that bears on one
    /// of them can be checked for completeness. `state` is that before the act. Where a subject is named twice, the first
    /// counts: an entry says one thing of each.
    fn bears_on(_state: Option<&Self>, _act: &Self::Act) -> Vec<Bearing> {
        Vec::new()
    }

    /// Whose conduct its author disputes by an act: by an objection, a challenge, the report of a breach, an appeal. History,
    /// as [`Self::bears_on`] is; `state` is that before the act.
    fn disputes(_state: Option<&Self>, _act: &Self::Act) -> Vec<OrganisationId> {
        Vec::new()
    }

    /// The subject on which the decision looks at everything that bears, and up to which entry an account was given of that
    /// before `state`.
    fn looks_at_bearings(_state: Option<&Self>, _act: &Self::Act) -> Option<(Stream, Option<u64>)> {
        None
    }

    /// Whether the act may enter the log now.
    ///
    /// # Errors
    /// The refusal, with its citation where the law has one.
    fn decide(state: Option<&Self>, act: &Self::Act, at: &Moment<'_>) -> Result<(), Refusal>;

    /// The state after the first act of a stream. `None` for an act that [`Self::decide`] would have refused.
    fn begin(act: &Self::Act, place: &Place, law: Law<'_>) -> Option<Self>;

    /// Folds an act that was decided into the state. One that would have been refused changes as little as possible and
    /// never panics: the auditor reports it and goes on.
    fn apply(&mut self, act: &Self::Act, place: &Place, law: Law<'_>);

    /// The earliest instant at which [`Self::due`] may have something; nothing is due before.
    fn next_due(&self, _law: Law<'_>) -> Option<Instant> {
        None
    }

    /// The act that time makes due now, if any. The service proposes it, [`Self::decide`] accepts exactly it, and an
    /// audit arrives at the same one.
    fn due(&self, _now: Instant, _law: Law<'_>) -> Option<Self::Act> {
        None
    }

    /// The streams that the entry at this place, which is folded in, obliges the service to begin. None is named twice in a
    /// log; an audit finds those that never began.
    fn entails(&self, _id: &Self::Id, _place: &Place) -> Vec<Stream> {
        Vec::new()
    }

    /// The act by which the service begins such a stream once another one has entailed it, as far as what it rests on is at
    /// hand. [`Self::decide`] accepts exactly it.
    fn owed(_id: &Self::Id, _look: &mut Look<'_>, _law: Law<'_>) -> Option<Self::Act> {
        None
    }

    /// What others may see of it that don't know this capability: a value of the wanted type.
    fn face(&self, _wanted: TypeId) -> Option<Box<dyn Any>> {
        None
    }
}

/// Folds an act that was decided into the state of its stream, under the law that was adopted before it.
pub fn fold<C: Capability>(state: &mut Option<C>, act: &C::Act, place: &Place, law: Law<'_>) {
    let law = law.before(place.index);
    match state {
        Some(state) => state.apply(act, place, law),
        None => *state = C::begin(act, place, law),
    }
}

/// What an act does with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyChange<'a> {
    /// The record is signed by the very key that it brings, for this organisation.
    SignsIn { key: &'a Jwk, owner: &'a OrganisationId },
    /// The key belongs to the author's organisation from now on.
    Brings { key: &'a Jwk },
    /// The key signs nothing from this time on, which may lie in the past.
    Revokes { kid: KeyId, from: Instant },
}
