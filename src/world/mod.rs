//! The state of every stream, and the one judge of what may enter the log.
//!
//! The live sequencer and the offline auditor call the same two functions: [`World::decide`] before a record enters,
//! [`World::apply`] once it has. The sequencer keeps here the streams it is working on and loads others when a record
//! needs them; the auditor keeps them all. No clock, no I/O.

mod act;
mod stream;

pub use act::Act;
pub use stream::Stream;

use crate::act::{Author, Place};
use crate::calendar::Calendar;
use crate::commitment::{self, Commitment, Gate, Surroundings};
use crate::field::{CommitmentId, Fault, Instant, OrganisationId, TemplateId, TenderCode};
use crate::identity::{self, LogState};
use crate::organisation::{self, Organisation, Role, Roles};
use crate::problem::{self, Refusal};
use crate::record::{Header, KeyId, PublicKey};
use crate::template::{self, Template};
use crate::tender::{self, Tender};
use std::collections::HashMap;

/// An author's clock may be this far ahead of the log's.
const IAT_AHEAD_SECONDS_MAX: i64 = 5 * 60;
/// A record may be this old when it arrives: signed offline, posted in the evening.
const IAT_BEHIND_SECONDS_MAX: i64 = 24 * 3600;

/// The folded state of the streams at hand.
#[derive(Debug, Default)]
pub struct World {
    pub log: Option<LogState>,
    pub organisations: HashMap<OrganisationId, Organisation>,
    /// Boxed: a map of a million states grows by moving them.
    pub tenders: HashMap<TenderCode, Box<Tender>>,
    pub templates: HashMap<TemplateId, Template>,
    pub commitments: HashMap<CommitmentId, Box<Commitment>>,
    /// Which organisation brought a key into the log.
    pub key_owners: HashMap<KeyId, OrganisationId>,
}

impl World {
    /// The stream's version: how many records act on it.
    pub fn version(&self, stream: &Stream) -> u64 {
        match stream {
            Stream::Log => self.log.as_ref().map_or(0, |log| log.version),
            Stream::Organisation(id) => self.organisations.get(id).map_or(0, |organisation| organisation.version),
            Stream::Tender(code) => self.tenders.get(code).map_or(0, |tender| tender.version()),
            Stream::Template(id) => self.templates.get(id).map_or(0, Template::version),
            Stream::Commitment(id) => self.commitments.get(id).map_or(0, |commitment| commitment.version()),
        }
    }

    /// Whether the stream's state is at hand. A stream without records is never at hand.
    pub fn holds(&self, stream: &Stream) -> bool {
        match stream {
            Stream::Log => self.log.is_some(),
            Stream::Organisation(id) => self.organisations.contains_key(id),
            Stream::Tender(code) => self.tenders.contains_key(code),
            Stream::Template(id) => self.templates.contains_key(id),
            Stream::Commitment(id) => self.commitments.contains_key(id),
        }
    }

    /// Drops a stream's state, because records that are not folded in were added to it.
    pub fn forget(&mut self, stream: &Stream) {
        match stream {
            Stream::Log => self.forget_log(),
            Stream::Organisation(id) if self.is_operator(id) => self.forget_log(),
            Stream::Organisation(id) => {
                self.organisations.remove(id);
            }
            Stream::Tender(code) => {
                self.tenders.remove(code);
            }
            Stream::Template(id) => {
                self.templates.remove(id);
            }
            Stream::Commitment(id) => {
                self.commitments.remove(id);
            }
        }
    }

    fn is_operator(&self, id: &OrganisationId) -> bool {
        self.log.as_ref().is_some_and(|log| log.operator == *id)
    }

    /// The log's first record makes the operator's organisation: the two come and go together.
    fn forget_log(&mut self) {
        if let Some(log) = self.log.take() {
            self.organisations.remove(&log.operator);
        }
    }

    /// Drops everything but the log's own state when more streams are held.
    pub fn keep_at_most(&mut self, streams: usize) {
        if self.tenders.len() > streams {
            self.tenders.clear();
        }
        if self.templates.len() > streams {
            self.templates.clear();
        }
        if self.commitments.len() > streams {
            self.commitments.clear();
        }
        if self.organisations.len() > streams || self.key_owners.len() > 4 * streams {
            let operator = self.log.as_ref().map(|log| &log.operator);
            self.organisations.retain(|id, _| Some(id) == operator);
            self.key_owners.clear();
        }
    }

    /// The public key that a record must verify under, before anything else is believed of it.
    ///
    /// A first registration brings its own key; every other record is signed by one that the log knows.
    pub fn signing_key(&self, kid: &KeyId, act: &Act) -> Option<PublicKey> {
        let known = match &self.log {
            Some(log) if log.service_key(kid).is_some() => log.service_key(kid).map(|key| key.public),
            _ => self
                .key_owners
                .get(kid)
                .and_then(|owner| self.organisations.get(owner))
                .and_then(|organisation| organisation.key(kid))
                .map(|key| key.public),
        };
        known.or_else(|| match act {
            Act::Organisation(organisation::Act::Registered(registration)) => {
                PublicKey::from_jwk(&registration.key).ok()
            }
            Act::Log(identity::Act::Opened(opening)) => PublicKey::from_jwk(&opening.operator_key).ok(),
            _ => None,
        })
    }

    /// Whose key it is, whatever became of it.
    pub fn owner(&self, kid: &KeyId) -> Option<OrganisationId> {
        match &self.log {
            Some(log) if log.service_key(kid).is_some() => Some(log.operator.clone()),
            _ => self.key_owners.get(kid).cloned(),
        }
    }

    /// Who signs with this key now.
    ///
    /// # Errors
    /// The key is unknown or revoked; its organisation is pending or suspended.
    pub fn author(&self, kid: &KeyId, now: Instant) -> Result<Author, Refusal> {
        let unknown = || Refusal::new(&problem::KEY_UNKNOWN, "日志中没有这把密钥", "the log does not know this key");
        let log = self.log.as_ref().ok_or_else(unknown)?;
        if let Some(key) = log.service_key(kid) {
            must_be_valid(key, now)?;
            return Ok(Author { id: log.operator.clone(), roles: Roles::NONE.with(Role::Service) });
        }
        let organisation =
            self.key_owners.get(kid).and_then(|owner| self.organisations.get(owner)).ok_or_else(unknown)?;
        let Some(key) = organisation.key(kid) else {
            return Err(Refusal::new(
                &problem::ORGANISATION_PENDING,
                "主体登记尚未确认",
                "the organisation is not confirmed yet",
            ));
        };
        must_be_valid(key, now)?;
        if organisation.is_suspended(now) {
            return Err(Refusal::new(
                &problem::ORGANISATION_SUSPENDED,
                "主体已被暂停",
                "the organisation is suspended",
            ));
        }
        Ok(Author { id: organisation.id.clone(), roles: organisation.roles })
    }

    /// Whether a record whose signature holds may enter the log at this point, and who its author is.
    ///
    /// # Errors
    /// A typed refusal; nothing has changed.
    pub fn decide(
        &self,
        header: &Header,
        stream: &Stream,
        act: &Act,
        now: Instant,
        calendar: &Calendar,
    ) -> Result<Author, Refusal> {
        if let Act::Log(identity::Act::Opened(opening)) = act {
            return self.decide_opening(header, stream, opening);
        }
        let log = self.log.as_ref().ok_or_else(|| Refusal::state_forbids(act.kind(), "log not opened"))?;
        if header.aud != log.origin {
            return Err(audience(&log.origin, &header.aud));
        }
        check_iat(header.iat, now)?;
        if let Some(seen) = header.ver.filter(|seen| *seen != self.version(stream)) {
            let current = self.version(stream);
            return Err(Refusal::new(
                &problem::VERSION_STALE,
                format!("签名时版本为 {seen}，现为 {current}"),
                format!("signed on version {seen}, the stream is at {current}"),
            ));
        }
        match (act, stream) {
            (Act::Organisation(act), Stream::Organisation(id)) => {
                let author = match act {
                    organisation::Act::Registered(registration) => {
                        if registration.id != *id {
                            return Err(stream_mismatch("/id"));
                        }
                        None
                    }
                    _ => Some(self.author(&header.kid, now)?),
                };
                let owner = |kid: &KeyId| self.key_owners.get(kid).cloned();
                organisation::decide(self.organisations.get(id), act, author.as_ref(), &header.kid, log, &owner, now)?;
                Ok(author.unwrap_or_else(|| Author { id: id.clone(), roles: Roles::NONE }))
            }
            (Act::Tender(act), Stream::Tender(code)) => {
                let author = self.author(&header.kid, now)?;
                let tender = self.tenders.get(code).map(|tender| &**tender);
                tender::decide(tender, act, &author, now, calendar)?;
                let (templates, commitments) = (&self.templates, &self.commitments);
                Gate { code, tender, templates, commitments, now }.check(act)?;
                Ok(author)
            }
            (Act::Log(act), Stream::Log) => {
                let author = self.author(&header.kid, now)?;
                let owner = |kid: &KeyId| self.key_owners.get(kid).cloned();
                identity::decide(log, act, &author, &owner, now)?;
                Ok(author)
            }
            (Act::Template(act), Stream::Template(id)) => {
                let author = self.author(&header.kid, now)?;
                template::decide(self.templates.get(id), act, &author)?;
                Ok(author)
            }
            (Act::Commitment(act), Stream::Commitment(id)) => {
                let author = self.author(&header.kid, now)?;
                let state = self.commitments.get(id).map(|commitment| &**commitment);
                commitment::decide(state, act, &author, now, self.surroundings(state, act))?;
                Ok(author)
            }
            (Act::Log(_) | Act::Organisation(_) | Act::Tender(_) | Act::Template(_) | Act::Commitment(_), _) => {
                Err(stream_mismatch("/sub"))
            }
        }
    }

    fn decide_opening(
        &self,
        header: &Header,
        stream: &Stream,
        opening: &identity::LogOpening,
    ) -> Result<Author, Refusal> {
        if self.log.is_some() {
            return Err(Refusal::state_forbids("log.opened", "opened"));
        }
        if *stream != Stream::Log {
            return Err(stream_mismatch("/sub"));
        }
        if header.aud != opening.origin.as_str() {
            return Err(audience(opening.origin.as_str(), &header.aud));
        }
        let (_, operator) = identity::open_log(opening)?;
        if operator.key(&header.kid).is_none() {
            return Err(Refusal::new(
                &problem::POSSESSION_UNPROVEN,
                "须由运行机构密钥签名",
                "a log is opened by the operator key that it names",
            ));
        }
        Ok(Author { id: operator.id, roles: operator.roles })
    }

    /// The streams beside its own that the decision on an act looks at; the stream's own state must be at hand, if it has
    /// one.
    pub fn reads(&self, stream: &Stream, act: &Act) -> Vec<Stream> {
        match (act, stream) {
            (Act::Commitment(act), Stream::Commitment(id)) => {
                let state = self.commitments.get(id).map(|commitment| &**commitment);
                commitment::ties(state, act).map_or_else(Vec::new, |ties| {
                    let mut streams = vec![
                        Stream::Template(ties.template.clone()),
                        Stream::Organisation(ties.unit.clone()),
                        Stream::Organisation(ties.enterprise.clone()),
                    ];
                    streams.extend(ties.tender.cloned().map(Stream::Tender));
                    streams
                })
            }
            (Act::Tender(act), Stream::Tender(_)) => {
                let template = act.template().cloned().map(Stream::Template);
                template.into_iter().chain(act.commitments().into_iter().cloned().map(Stream::Commitment)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn surroundings(&self, state: Option<&Commitment>, act: &commitment::Act) -> Surroundings<'_> {
        let ties = commitment::ties(state, act);
        Surroundings {
            template: ties.and_then(|ties| self.templates.get(ties.template)),
            tender: ties.and_then(|ties| self.tenders.get(ties.tender?)).map(|tender| &**tender),
            unit: ties.and_then(|ties| self.organisations.get(ties.unit)),
            enterprise: ties.and_then(|ties| self.organisations.get(ties.enterprise)),
        }
    }

    /// The act on a stream that time makes due, if any: what the service may sign now.
    pub fn due(&self, stream: &Stream, now: Instant) -> Option<Act> {
        match stream {
            Stream::Tender(code) => self.tenders.get(code).and_then(|tender| tender.due(now)).map(Act::from),
            Stream::Commitment(id) => {
                self.commitments.get(id).and_then(|commitment| commitment.due(now)).map(Act::from)
            }
            Stream::Log | Stream::Organisation(_) | Stream::Template(_) => None,
        }
    }

    /// Folds a record that was decided into the state.
    pub fn apply(&mut self, stream: &Stream, act: &Act, place: &Place, calendar: &Calendar) {
        match (act, stream) {
            (Act::Log(identity::Act::Opened(opening)), _) => {
                if let Ok((log, operator)) = identity::open_log(opening) {
                    self.log = Some(log);
                    self.key_owners.extend(operator.kids().map(|kid| (kid, operator.id.clone())));
                    self.organisations.insert(operator.id.clone(), operator);
                }
            }
            (Act::Log(act), Stream::Log) => {
                if let Some(log) = &mut self.log {
                    log.apply(act, place.version);
                }
            }
            (Act::Organisation(act), Stream::Organisation(id)) => {
                let state = self.organisations.remove(id);
                let organisation = Organisation::apply(state, id, act, place);
                for kid in organisation.kids() {
                    self.key_owners.entry(kid).or_insert_with(|| id.clone());
                }
                self.organisations.insert(id.clone(), organisation);
            }
            (Act::Tender(act), Stream::Tender(code)) => {
                if let Some(tender) = self.tenders.get_mut(code) {
                    tender.apply(act, place, calendar);
                } else if let Some(tender) = tender::apply(None, act, place, calendar) {
                    self.tenders.insert(code.clone(), Box::new(tender));
                }
            }
            (Act::Template(act), Stream::Template(id)) => {
                let template = Template::apply(self.templates.remove(id), act, place);
                self.templates.insert(id.clone(), template);
            }
            (Act::Commitment(act), Stream::Commitment(id)) => {
                let state = self.commitments.remove(id).map(|commitment| *commitment);
                if let Some(commitment) = commitment::apply(state, act, place, calendar) {
                    self.commitments.insert(id.clone(), Box::new(commitment));
                }
            }
            // `decide` refuses an act on a stream of another capability.
            (Act::Log(_) | Act::Organisation(_) | Act::Tender(_) | Act::Template(_) | Act::Commitment(_), _) => {}
        }
    }
}

fn check_iat(iat: i64, now: Instant) -> Result<(), Refusal> {
    let ahead = iat - now.seconds();
    if (-IAT_BEHIND_SECONDS_MAX..=IAT_AHEAD_SECONDS_MAX).contains(&ahead) {
        return Ok(());
    }
    Err(Refusal::new(
        &problem::IAT_OUT_OF_RANGE,
        format!("签名时间与日志时间相差 {ahead} 秒（允许提前 5 分钟、滞后 24 小时）"),
        format!("signed {ahead} s from the log's time; at most 5 min ahead and 24 h behind are accepted"),
    ))
}

fn must_be_valid(key: &organisation::Key, now: Instant) -> Result<(), Refusal> {
    let Some(from) = key.revoked_from.filter(|_| !key.is_valid(now)) else { return Ok(()) };
    let (zh, en) = (format!("密钥自 {from} 起吊销"), format!("the key is revoked from {from}"));
    Err(Refusal::new(&problem::KEY_REVOKED, zh, en))
}

fn audience(expected: &str, found: &str) -> Refusal {
    Refusal::new(
        &problem::AUDIENCE,
        format!("aud 应为 {expected}，实为 {found}"),
        format!("aud is {found}, this log is {expected}"),
    )
}

fn stream_mismatch(pointer: &str) -> Refusal {
    Refusal::new(
        &problem::STREAM_MISMATCH,
        "记录的 sub 与其类型、内容或地址不符",
        "the record's sub does not fit its kind, its payload or the address",
    )
    .at(pointer, Fault::Inconsistent { reason: "does not fit the stream".into() })
}
