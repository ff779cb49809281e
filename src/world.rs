//! The state of every stream, and the one judge of what may enter the log.
//!
//! The live sequencer and the offline auditor call the same two functions: [`World::decide`] before a record enters,
//! [`World::apply`] once it has. The sequencer keeps here the streams it is working on and loads others when a record
//! needs them; the auditor keeps them all. No clock, no I/O.

use crate::act::{Author, Place};
use crate::calendar::Calendar;
use crate::field::{Fault, Faults, FieldFault, Instant, OrganisationId, ParseFailure, TenderCode};
use crate::identity::{self, LogState};
use crate::organisation::{self, Organisation, Role, Roles};
use crate::problem::{self, Refusal};
use crate::record::{Header, KeyId, PublicKey};
use crate::tender::{self, Tender};
use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

/// What a record acts on: the `sub` of its header.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Stream {
    /// `log`: the log itself.
    Log,
    /// `organisation/<id>`
    Organisation(OrganisationId),
    /// `tender/<code>`
    Tender(TenderCode),
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log => f.write_str("log"),
            Self::Organisation(id) => write!(f, "organisation/{id}"),
            Self::Tender(code) => write!(f, "tender/{code}"),
        }
    }
}

impl FromStr for Stream {
    type Err = Refusal;

    fn from_str(sub: &str) -> Result<Self, Refusal> {
        let bad = |reason: String| {
            Refusal::fields(vec![FieldFault { pointer: "/sub".into(), fault: Fault::MalformedCode { reason } }])
        };
        match sub.split_once('/') {
            None if sub == "log" => Ok(Self::Log),
            Some(("organisation", id)) => id.parse().map(Self::Organisation).map_err(|e| bad(format!("{e}"))),
            Some(("tender", code)) => code.parse().map(Self::Tender).map_err(|e| bad(format!("{e}"))),
            _ => Err(bad("a stream is log, organisation/<id> or tender/<code>".into())),
        }
    }
}

/// What a record says, of whatever capability.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    Log(identity::Act),
    Organisation(organisation::Act),
    Tender(tender::Act),
}

impl Act {
    /// Every record kind there is.
    pub fn kinds() -> impl Iterator<Item = &'static str> {
        identity::Act::KINDS.iter().chain(organisation::Act::KINDS).chain(tender::Act::KINDS).copied()
    }

    /// Parses and checks a payload of the given kind.
    ///
    /// # Errors
    /// The kind is unknown, the bytes are not JSON, or a field is refused.
    pub fn parse(kind: &str, payload: &[u8]) -> Result<Self, Refusal> {
        let parsed = organisation::Act::parse(kind, payload)
            .map(|act| act.map(Self::Organisation))
            .or_else(|| tender::Act::parse(kind, payload).map(|act| act.map(Self::Tender)))
            .or_else(|| identity::Act::parse(kind, payload).map(|act| act.map(Self::Log)))
            .ok_or_else(|| {
                Refusal::new(
                    &problem::KIND_MISMATCH,
                    format!("没有记录类型 {kind}"),
                    format!("there is no record kind {kind}"),
                )
            })?;
        let act = parsed.map_err(|failure| match failure {
            ParseFailure::NotJson { reason } => Refusal::new(
                &problem::MALFORMED_JSON,
                format!("不是有效的 JSON：{reason}"),
                format!("not valid JSON: {reason}"),
            ),
            ParseFailure::Field(field) => Refusal::fields(vec![field]),
        })?;
        let mut faults = Faults::default();
        match &act {
            Self::Log(act) => act.check(&mut faults),
            Self::Organisation(act) => act.check(&mut faults),
            Self::Tender(act) => act.check(&mut faults),
        }
        faults.into_result().map_err(Refusal::fields)?;
        Ok(act)
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Log(act) => act.kind(),
            Self::Organisation(act) => act.kind(),
            Self::Tender(act) => act.kind(),
        }
    }

    pub fn documents(&self) -> Vec<&crate::field::DocumentRef> {
        match self {
            Self::Log(act) => act.documents(),
            Self::Organisation(act) => act.documents(),
            Self::Tender(act) => act.documents(),
        }
    }

    pub fn sealed(&self) -> Vec<crate::record::Sealed> {
        match self {
            Self::Log(act) => act.sealed(),
            Self::Organisation(act) => act.sealed(),
            Self::Tender(act) => act.sealed(),
        }
    }

    pub fn to_value(&self) -> serde_json::Value {
        match self {
            Self::Log(act) => act.to_value(),
            Self::Organisation(act) => act.to_value(),
            Self::Tender(act) => act.to_value(),
        }
    }
}

impl From<identity::Act> for Act {
    fn from(act: identity::Act) -> Self {
        Self::Log(act)
    }
}

impl From<organisation::Act> for Act {
    fn from(act: organisation::Act) -> Self {
        Self::Organisation(act)
    }
}

impl From<tender::Act> for Act {
    fn from(act: tender::Act) -> Self {
        Self::Tender(act)
    }
}

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
        }
    }

    /// Whether the stream's state is at hand. A stream without records is never at hand.
    pub fn holds(&self, stream: &Stream) -> bool {
        match stream {
            Stream::Log => self.log.is_some(),
            Stream::Organisation(id) => self.organisations.contains_key(id),
            Stream::Tender(code) => self.tenders.contains_key(code),
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
                tender::decide(self.tenders.get(code).map(|tender| &**tender), act, &author, now, calendar)?;
                Ok(author)
            }
            (Act::Log(act), Stream::Log) => {
                let author = self.author(&header.kid, now)?;
                let owner = |kid: &KeyId| self.key_owners.get(kid).cloned();
                identity::decide(log, act, &author, &owner, now)?;
                Ok(author)
            }
            (Act::Log(_) | Act::Organisation(_) | Act::Tender(_), _) => Err(stream_mismatch("/sub")),
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
            // `decide` refuses an act on a stream of another capability.
            (Act::Log(_) | Act::Organisation(_) | Act::Tender(_), _) => {}
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
