//! Who acts, when, under which law, and what else may be looked at: all that a decision rests on beside its own stream.

use super::{Borne, Capability, Role, Roles, Stream, StreamId};
use crate::field::{Day, DocumentId, Fault, Instant, OrganisationId};
use crate::law::{Edition, Law};
use crate::log::Hash;
use crate::problem::{self, Refusal};
use crate::record::KeyId;
use std::any::{Any, TypeId};
use std::sync::Arc;

/// Who acts: the organisation that the key belonged to, with the roles it had at that point of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    pub id: OrganisationId,
    pub roles: Roles,
}

impl Author {
    /// Whether it is this organisation that acts. The service signs in the operator's name, and is no party to anything.
    pub fn is(&self, organisation: &OrganisationId) -> bool {
        self.id == *organisation && !self.roles.has(Role::Service)
    }
}

/// # Errors
/// It is said to have happened, and is still to come.
pub fn must_be_past(is_past: bool, pointer: &str) -> Result<(), Refusal> {
    if is_past {
        return Ok(());
    }
    let (zh, en) = ("该日期尚未到来", "a time that is still to come");
    Err(Refusal::new(&problem::DATES_OUT_OF_ORDER, zh, en).at(pointer, Fault::inconsistent((zh, en))))
}

/// Where a record came to stand.
#[derive(Debug, Clone)]
pub struct Place {
    pub index: u64,
    pub time: Instant,
    /// The entry's hash: later records cite it.
    pub hash: Hash,
    pub author: OrganisationId,
    pub kid: KeyId,
    /// The stream's version after this record: 1 for its first.
    pub version: u64,
}

/// The point of the log at which an act is decided.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// The stream that is acted on.
    pub on: &'a Stream,
    pub now: Instant,
    pub law: Law<'a>,
    /// The key that signed.
    pub signer: &'a KeyId,
    /// Nobody yet, for a record that signs itself in.
    pub author: Option<&'a Author>,
    pub around: View<'a>,
}

impl<'a> Moment<'a> {
    /// The day in Asia/Shanghai.
    pub fn today(&self) -> Day {
        self.now.shanghai_day().into()
    }

    /// Who acts.
    ///
    /// # Errors
    /// `key-unknown` for a record that signs itself in.
    pub fn author(&self) -> Result<&'a Author, Refusal> {
        self.author.ok_or_else(|| Refusal::new(&problem::KEY_UNKNOWN, "未登记的密钥", "unknown key"))
    }
}

/// The states beside the stream's own, as whoever keeps them hands them out; what is not said here is nothing.
pub trait Around {
    fn state(&self, _stream: &Stream) -> Option<&dyn Any> {
        None
    }

    fn face(&self, _stream: &Stream, _wanted: TypeId) -> Option<Box<dyn Any>> {
        None
    }

    /// Whose key it is, whatever became of it.
    fn owner(&self, _kid: &KeyId) -> Option<OrganisationId> {
        None
    }

    /// An edition of the law that can be interpreted here.
    fn edition(&self, _id: &DocumentId) -> Option<Arc<Edition>> {
        None
    }

    /// What bears on a subject and no account was given of, in the order of the log; `None` where nobody here could know.
    fn bearings(&self, _subject: &Stream) -> Option<&[Borne]> {
        None
    }

    /// Whether a state that isn't there is one that nobody has begun; else nobody here could know.
    fn is_whole(&self) -> bool {
        true
    }
}

/// What a decision may look at beside the state of its own stream: the log's own state, who owns a key, and the streams
/// that [`Capability::ties`] has named. Whoever replays a stream needs those, and no others.
#[derive(Clone, Copy)]
pub struct View<'a> {
    around: &'a dyn Around,
    ties: &'a [Stream],
}

impl<'a> View<'a> {
    pub fn new(around: &'a dyn Around, ties: &'a [Stream]) -> Self {
        Self { around, ties }
    }

    fn reaches(&self, stream: &Stream) -> bool {
        let named = *stream == Stream::LOG || self.ties.contains(stream);
        debug_assert!(named, "{stream} is looked at and not named in `ties`");
        named
    }

    /// The state of another stream, if it has one.
    pub fn get<C: Capability>(&self, id: &C::Id) -> Option<&'a C> {
        let stream = Stream::of(id);
        self.reaches(&stream).then(|| self.around.state(&stream))??.downcast_ref()
    }

    /// Whether another stream has no state: `false` also where nobody here could know.
    pub fn lacks<C: Capability>(&self, id: &C::Id) -> bool {
        self.around.is_whole() && self.get::<C>(id).is_none()
    }

    /// The states of a capability among the streams that were named.
    pub fn named<C: Capability>(&self) -> impl Iterator<Item = &'a C> {
        self.ties.iter().filter_map(|stream| self.around.state(stream)?.downcast_ref())
    }

    /// What the streams that were named let others see of this kind.
    pub fn faces<F: 'static>(&self) -> impl Iterator<Item = F> {
        let faces = self.ties.iter().filter_map(|stream| self.around.face(stream, TypeId::of::<F>()));
        faces.filter_map(|face| face.downcast().ok().map(|face| *face))
    }

    /// The log's own state.
    pub fn log<C: Capability>(&self) -> Option<&'a C> {
        self.around.state(&Stream::LOG)?.downcast_ref()
    }

    /// What another stream's capability lets others see, where those don't know the capability itself.
    pub fn face<F: 'static>(&self, id: &impl StreamId) -> Option<F> {
        let stream = Stream::of(id);
        let face = self.reaches(&stream).then(|| self.around.face(&stream, TypeId::of::<F>()))??;
        face.downcast().ok().map(|face| *face)
    }

    /// Whose key it is, whatever became of it.
    pub fn owner(&self, kid: &KeyId) -> Option<OrganisationId> {
        self.around.owner(kid)
    }

    /// What bears on a subject since the last account, for a decision that [`Capability::looks_at_bearings`] of it; `None`
    /// where only a part of the log is at hand.
    pub fn bearings(&self, subject: &Stream) -> Option<&'a [Borne]> {
        self.around.bearings(subject)
    }

    /// An edition of the law that can be interpreted here.
    pub fn edition(&self, id: &DocumentId) -> Option<Arc<Edition>> {
        self.around.edition(id)
    }
}

/// Decides an act on what its own stream says: for who rehearses a story before it is posted.
///
/// # Errors
/// As [`Capability::decide`].
pub fn decide_alone<C: Capability>(
    on: &Stream,
    state: Option<&C>,
    act: &C::Act,
    by: &Author,
    now: Instant,
    law: Law<'_>,
) -> Result<(), Refusal> {
    let (ties, signer) = (C::ties(state, act), KeyId::from_bytes([0; 32]));
    let around = View::new(&Nobody, &ties);
    C::decide(state, act, &Moment { on, now, law, signer: &signer, author: Some(by), around })
}

/// Knows nothing beside the stream's own state.
struct Nobody;

impl Around for Nobody {
    fn is_whole(&self) -> bool {
        false
    }
}
