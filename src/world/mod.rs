//! The state of every stream, and the one judge of what may enter the log.
//!
//! The live sequencer and the offline auditor call the same two functions: [`World::decide`] before a record enters,
//! [`World::apply`] once it has. The sequencer keeps here the streams it is working on and loads others when a record
//! needs them. No clock, no I/O.

mod author;
mod bearings;
mod codes;
mod entry;
mod kind_words;
mod list;
mod predecessors;
mod successors;

pub use crate::act::Stream;
pub use entry::{ReadEntry, Unreadable};
pub use kind_words::kind_words;
#[cfg(feature = "shell")]
pub(crate) use list::capabilities;
pub(crate) use list::is_dropped;
pub use list::{Act, PREFIXES, State};

use crate::act::{Around, Author, Bearing, Borne, Capability, Look, Moment, Place, Role, Roles, View};
use crate::field::{DocumentId, Instant, OrganisationId};
use crate::identity::{self, LogState};
use crate::law::{Edition, Editions, InForce, Law};
use crate::organisation::Organisation;
use crate::problem::{self, Refusal};
use crate::record::{Header, KeyId};
use hashbrown::HashMap;
use predecessors::Predecessors;
use std::any::{Any, TypeId};
use std::collections::BTreeSet;
use std::sync::Arc;
use successors::Successors;

/// Who brought a key.
#[derive(Debug, Clone)]
struct Owner {
    id: OrganisationId,
    stream: Stream,
}

impl From<&OrganisationId> for Owner {
    fn from(id: &OrganisationId) -> Self {
        Self { id: id.clone(), stream: Stream::of(id) }
    }
}

/// States by stream. An audit asks for one some ten times an entry, so they are hashed faster than `std` does; keyed by chance all the same.
pub(crate) type States = HashMap<Stream, State>;

/// The folded state of the streams at hand.
#[derive(Debug, Default)]
pub struct World {
    /// Streams of which there are few: the log's own, organisations, templates.
    lasting: States,
    /// Streams of which there may be millions.
    passing: States,
    /// The operator's organisation, as the log's first record makes it: what it is before its own stream begins.
    founder: Option<(Stream, State)>,
    /// Which organisation brought a key into the log.
    key_owners: HashMap<KeyId, Owner>,
    /// The supervisors at hand, and whether these are all.
    supervisors: BTreeSet<Stream>,
    has_all_supervisors: bool,
    successors: Successors,
    predecessors: Predecessors,
    /// What the log has adopted, as far as it can be interpreted.
    adopted: Vec<InForce>,
    /// The first edition that the log has adopted and that can't be interpreted.
    unknown: Option<DocumentId>,
    editions: Editions,
    bearings: bearings::Bearings,
}

impl World {
    /// Nothing yet, with the editions of the law that can be interpreted.
    pub fn new(editions: Editions) -> Self {
        Self { editions, ..Self::default() }
    }

    fn states(&self, stream: &Stream) -> &States {
        if is_dropped(stream) { &self.passing } else { &self.lasting }
    }

    fn states_mut(&mut self, stream: &Stream) -> &mut States {
        if is_dropped(stream) { &mut self.passing } else { &mut self.lasting }
    }

    /// The state of a stream, as it is at hand.
    pub fn state(&self, stream: &Stream) -> Option<&State> {
        let founder = || self.founder.as_ref().filter(|(of, _)| of == stream).map(|(_, state)| state);
        self.states(stream).get(stream).or_else(founder)
    }

    /// The state of a stream, by its id.
    pub fn get<C: Capability>(&self, id: &C::Id) -> Option<&C> {
        self.state(&Stream::of(id))?.as_any().downcast_ref()
    }

    /// The log's own state.
    pub fn log(&self) -> Option<&LogState> {
        self.get(&identity::TheLog)
    }

    /// The law as it stands; `None` before the log is opened.
    pub fn law(&self) -> Option<Law<'_>> {
        Law::new(&self.adopted)
    }

    /// The first edition that the log has adopted and that nobody can interpret here: what came later can't be judged.
    pub fn unknown_law(&self) -> Option<DocumentId> {
        self.unknown
    }

    /// The stream's version: how many records act on it.
    pub fn version(&self, stream: &Stream) -> u64 {
        self.states(stream).get(stream).map_or(0, State::version)
    }

    /// Whether the stream's state is at hand. A stream without records is never at hand.
    pub fn holds(&self, stream: &Stream) -> bool {
        self.states(stream).contains_key(stream)
    }

    /// Drops a stream's state, because records that are not folded in were added to it.
    pub fn forget(&mut self, stream: &Stream) {
        self.states_mut(stream).remove(stream);
        self.supervisors.remove(stream);
        self.has_all_supervisors = false;
        self.may_lack_predecessors(stream);
        if *stream == Stream::LOG {
            (self.founder, self.unknown) = (None, None);
            self.adopted.clear();
        }
    }

    /// Drops everything but the log's own state when more streams are held.
    pub fn keep_at_most(&mut self, streams: usize) {
        if self.passing.len() > streams {
            self.passing.clear();
            self.successors = Successors::default();
        }
        if self.lasting.len() > streams || self.key_owners.len() > 4 * streams {
            self.lasting.retain(|stream, _| *stream == Stream::LOG);
            self.key_owners.clear();
            self.supervisors.clear();
            self.has_all_supervisors = false;
        }
    }

    /// How many states there are that may be dropped.
    pub(crate) fn passing(&self) -> usize {
        self.passing.len()
    }

    /// Takes all states away that may be dropped.
    pub(crate) fn drop_passing(&mut self) -> States {
        std::mem::take(&mut self.passing)
    }

    /// Puts a state back that was dropped, and nothing was added to since.
    pub(crate) fn restore(&mut self, stream: Stream, state: State) {
        self.states_mut(&stream).insert(stream, state);
    }

    /// The streams beside its own that the decision on an act looks at; the stream's own state must be at hand, if it has
    /// one, and so must all supervisors, and all that follow the same stream, if it looks at them.
    pub fn ties(&self, stream: &Stream, act: &Act) -> Vec<Stream> {
        let mut ties = act.ties(self.state(stream));
        if let Some(followed) = self.follows(stream, act) {
            ties.extend(self.successors.of(&followed).filter(|other| *other != stream).cloned());
        }
        ties.extend(self.predecessor_streams(&ties));
        let irregular: Vec<_> =
            act.irregular_streams().filter(|other| other != stream && !ties.contains(other)).collect();
        ties.extend(irregular);
        if self.looks_at_supervisors(stream, act) {
            let others = self.supervisors.iter().filter(|other| *other != stream && !ties.contains(other));
            ties.extend(others.cloned().collect::<Vec<_>>());
        }
        ties
    }

    /// Whether the decision on an act looks at all supervisors.
    pub(crate) fn looks_at_supervisors(&self, stream: &Stream, act: &Act) -> bool {
        act.looks_at_supervisors(self.state(stream))
    }

    /// The stream that another one follows by beginning with an act.
    pub(crate) fn follows(&self, stream: &Stream, act: &Act) -> Option<Stream> {
        act.follows().filter(|_| !self.holds(stream))
    }

    /// Whom an act concerns beside its own stream, each once, and what it says of them; asked before the act is applied.
    pub fn bears_on(&self, stream: &Stream, act: &Act) -> Vec<Bearing> {
        let mut bearings = act.bears_on(self.state(stream));
        let mut at = 0;
        while at < bearings.len() {
            let (before, rest) = bearings.split_at(at);
            if before.iter().any(|other| other.subject == rest[0].subject) {
                bearings.remove(at);
            } else {
                at += 1;
            }
        }
        bearings
    }

    /// Whose conduct an author disputes by an act, each once, and nobody's own; asked before the act is applied.
    pub fn disputes(&self, stream: &Stream, act: &Act, author: &OrganisationId) -> BTreeSet<OrganisationId> {
        act.disputes(self.state(stream)).into_iter().filter(|disputed| disputed != author).collect()
    }

    /// Whether a record whose signature holds may enter the log at this point, and who its author is.
    ///
    /// # Errors
    /// A typed refusal; nothing has changed.
    pub fn decide(&self, header: &Header, stream: &Stream, act: &Act, now: Instant) -> Result<Author, Refusal> {
        let opening = match act {
            Act::Log(identity::Act::Opened(opening)) => Some(self.opening(opening)?),
            _ => None,
        };
        let (law, origin) = match (&opening, self.log(), self.law()) {
            (Some((adoption, origin)), _, _) => (Law::of(adoption), *origin),
            (None, Some(log), Some(law)) => (law, &*log.origin),
            (None, _, _) => return Err(Refusal::state_forbids(act.kind(), "log not opened")),
        };
        if header.aud != origin {
            return Err(audience(origin, &header.aud));
        }
        if opening.is_none() {
            must_be_timely(header, now)?;
        }
        if let Some(seen) = header.ver.filter(|seen| *seen != self.version(stream)) {
            let current = self.version(stream);
            return Err(Refusal::new(
                &problem::VERSION_STALE,
                format!("签名时版本为 {seen}，现为 {current}"),
                format!("signed on version {seen}, the stream is at {current}"),
            ));
        }
        if stream.prefix() != act.prefix() {
            let (kind, prefix) = (act.kind(), act.prefix());
            let (zh, en) = (format!("{kind} 的对象应以 {prefix}/ 开头"), format!("{kind} acts on a stream {prefix}/…"));
            return Err(Refusal::stream_mismatch("/sub", zh, en));
        }
        self.must_be_judged(act)?;
        if !list::is_in_law(stream.prefix(), law.edition()) {
            return Err(Refusal::law_silent(&law.edition().name));
        }
        let signed_in = act.signs_in().map(|(_, owner)| Author { id: owner.clone(), roles: Roles::NONE });
        let known = if signed_in.is_some() { None } else { Some(self.author(&header.kid, now)?) };
        self.must_know_codes(act)?;
        let ties = self.ties(stream, act);
        let around = View::new(self, &ties);
        let at = Moment { on: stream, now, law, signer: &header.kid, author: known.as_ref(), around };
        act.decide(self.state(stream), &at)?;
        known.or(signed_in).ok_or_else(|| Refusal::new(&problem::KEY_UNKNOWN, "未登记的密钥", "unknown key"))
    }

    /// The law that a log begins with, and its name.
    fn opening<'a>(&self, opening: &'a identity::LogOpening) -> Result<(InForce, &'a str), Refusal> {
        let id = opening.law.sha256;
        let edition = self.editions.get(&id).ok_or_else(|| Refusal::law_unknown(&id))?;
        Ok((InForce { index: 0, time: Instant::from_millis(0), edition }, opening.origin.as_str()))
    }

    /// Who may sign what follows from no law; everything else can't be judged once an unknown edition was adopted.
    fn must_be_judged(&self, act: &Act) -> Result<(), Refusal> {
        match (&self.unknown, act) {
            (Some(edition), act) if !matches!(act, Act::Log(_) | Act::Organisation(_)) => {
                Err(Refusal::law_unknown(edition))
            }
            _ => Ok(()),
        }
    }

    /// The act on a stream that time makes due, if any: what the service may sign now.
    pub fn due(&self, stream: &Stream, now: Instant) -> Option<Act> {
        self.state(stream)?.due(now, self.law()?)
    }

    /// The streams that an entry, which was applied, obliges the service to begin.
    pub fn entails(&self, stream: &Stream, place: &Place) -> Vec<Stream> {
        let Some(law) = self.law().map(|law| law.before(place.index)) else { return Vec::new() };
        let entailed = self.state(stream).map(|state| state.entails(stream, place)).unwrap_or_default();
        entailed.into_iter().filter(|begun| list::is_in_law(begun.prefix(), law.edition())).collect()
    }

    /// The act by which the service begins a stream that an entry has entailed, and the streams that say so: where one of
    /// those is not at hand, it is to be brought, and this asked again.
    pub fn owed(&self, stream: &Stream) -> (Option<Act>, Vec<Stream>) {
        let mut look = Look::new(self);
        let act = self.law().and_then(|law| list::owed(stream, &mut look, law));
        (act, look.streams)
    }

    /// Folds a record that was decided into the state, under the law that was adopted before it.
    pub fn apply(&mut self, stream: &Stream, act: &Act, place: &Place) {
        if let Act::Log(identity::Act::Opened(opening)) = act {
            return self.open(opening, place);
        }
        let founder = if self.holds(stream) { None } else { self.founder(stream) };
        if let Some(followed) = self.follows(stream, act) {
            self.successors.add(followed, stream.clone());
        }
        let Some(law) = Law::new(&self.adopted).map(|law| law.before(place.index)) else { return };
        let states = if is_dropped(stream) { &mut self.passing } else { &mut self.lasting };
        if let Some(state) = states.get_mut(stream) {
            state.apply(act, place, law);
        } else if let Some(mut state) = founder {
            state.apply(act, place, law);
            states.insert(stream.clone(), state);
        } else if let Some(state) = act.begin(place, law) {
            states.insert(stream.clone(), state);
        }
        if !act.key_changes().is_empty() {
            self.own_keys(stream);
        }
        self.note_successors(stream);
        if let Some(State::Organisation(organisation)) = self.lasting.get(stream)
            && organisation.roles.has(Role::Supervisor)
        {
            self.supervisors.insert(stream.clone());
        }
        if let Act::Log(identity::Act::LawAdopted(_)) = act {
            self.read_law();
        }
    }

    /// The operator's organisation, when it is its stream.
    fn founder(&self, stream: &Stream) -> Option<State> {
        self.founder.as_ref().filter(|(of, _)| of == stream)?;
        self.log().map(|log| Organisation::operator(log).into())
    }

    fn open(&mut self, opening: &identity::LogOpening, place: &Place) {
        let Ok(log) = identity::open_log(opening, place.index, place.time) else { return };
        let operator = Organisation::operator(&log);
        self.key_owners.extend(operator.kids().map(|kid| (kid, Owner::from(&operator.id))));
        self.founder = Some((Stream::of(&operator.id), operator.into()));
        self.lasting.insert(Stream::LOG, log.into());
        self.read_law();
    }

    /// A key belongs to the organisation whose stream brought it first.
    fn own_keys(&mut self, stream: &Stream) {
        let Some(State::Organisation(organisation)) = self.lasting.get(stream) else { return };
        for kid in organisation.kids() {
            self.key_owners.entry(kid).or_insert_with(|| Owner::from(&organisation.id));
        }
    }

    /// Reads the editions that the log has adopted, up to the first that can't be interpreted.
    fn read_law(&mut self) {
        let Some(State::Log(log)) = self.lasting.get(&Stream::LOG) else { return };
        self.adopted.clear();
        self.unknown = None;
        for adopted in &log.law {
            let edition = self.editions.get(&adopted.edition);
            if edition.is_none() {
                self.unknown = Some(adopted.edition);
            }
            // Nothing is judged by the edition that stands in for an unknown first one: organisations and keys don't ask.
            if edition.is_some() || self.adopted.is_empty() {
                let edition = edition.unwrap_or_else(Editions::newest);
                self.adopted.push(InForce { index: adopted.index, time: adopted.time, edition });
            }
            if self.unknown.is_some() {
                return;
            }
        }
    }
}

impl Around for World {
    fn state(&self, stream: &Stream) -> Option<&dyn Any> {
        self.state(stream).map(State::as_any)
    }

    fn face(&self, stream: &Stream, wanted: TypeId) -> Option<Box<dyn Any>> {
        self.state(stream)?.face(wanted)
    }

    fn owner(&self, kid: &KeyId) -> Option<OrganisationId> {
        self.owner(kid)
    }

    fn edition(&self, id: &DocumentId) -> Option<Arc<Edition>> {
        self.editions.get(id)
    }

    fn bearings(&self, subject: &Stream) -> Option<&[Borne]> {
        self.bearings.of(subject)
    }
}

fn must_be_timely(header: &Header, now: Instant) -> Result<(), Refusal> {
    let Some(ahead) = header.untimely(now) else { return Ok(()) };
    Err(Refusal::new(
        &problem::IAT_OUT_OF_RANGE,
        format!("签名时间与日志时间相差 {ahead} 秒（允许提前 5 分钟、滞后 24 小时）"),
        format!("signed {ahead} s from the log's time; at most 5 min ahead and 24 h behind are accepted"),
    ))
}

fn audience(expected: &str, found: &str) -> Refusal {
    Refusal::new(
        &problem::AUDIENCE,
        format!("aud 应为 {expected}，实为 {found}"),
        format!("aud is {found}, this log is {expected}"),
    )
}
