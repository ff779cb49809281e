//! What the log is called, who signs for it and which law it goes by at a point of the log, and what may change that.

use super::{
    Act, CheckpointKeyAddition, LawAdoption, LogContinuation, LogOpening, ServiceKeyAddition, ServiceKeyRevocation,
};
use crate::act::{
    Acts, Author, Capability, Key, KeyChange, Moment, Place, Role, Stream, StreamId, View, has_possession, public_key,
};
use crate::field::{DocumentId, Fault, Instant, Line, OrganisationId};
use crate::law::{EDITIONS_MAX, Law};
use crate::log::{Checkpoint, Hash, NoteKey};
use crate::problem::{self, Refusal};
use crate::record::{KeyId, PublicKey};
use std::fmt;
use std::str::FromStr;

/// The id of the one stream that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TheLog;

impl StreamId for TheLog {
    const PREFIX: &'static str = "log";

    fn stream(&self) -> Stream {
        Stream::LOG
    }

    fn of_stream(text: &str) -> Option<Self> {
        (text == Self::PREFIX).then_some(Self)
    }
}

impl fmt::Display for TheLog {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl FromStr for TheLog {
    type Err = Fault;

    fn from_str(_: &str) -> Result<Self, Fault> {
        Err(Fault::malformed_code(("日志自身的对象就叫 log，没有编号", "the log's stream has no id")))
    }
}

/// The log's own state.
#[derive(Debug, Clone)]
pub struct LogState {
    /// Its present origin.
    pub origin: String,
    /// The organisation that runs it, for ever.
    pub operator: OrganisationId,
    pub operator_name: Box<str>,
    /// The operator's first key.
    pub operator_key: PublicKey,
    /// At least one of them signs each checkpoint; at least one there is.
    pub checkpoint_keys: Vec<NoteKey>,
    /// Keys that signed once and never will again, under this origin or an earlier one.
    pub former_keys: Vec<NoteKey>,
    pub service_keys: Vec<Key>,
    /// The origins that it has left, in that order.
    pub left: Vec<Left>,
    /// Every edition of the law that was adopted, oldest first: by which entry, when.
    pub law: Vec<Adopted>,
    pub version: u64,
}

/// An origin that the log has left, and with how many entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    pub origin: String,
    pub size: u64,
    /// How many it had had, where the later ones were lost.
    pub lost: Option<u64>,
}

/// The adoption of an edition of the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Adopted {
    pub index: u64,
    pub time: Instant,
    pub edition: DocumentId,
}

/// Checkpoint keys at one time: each of them signs each checkpoint.
const CHECKPOINT_KEYS_MAX: usize = 4;
/// Of one log, former ones included.
const KEYS_MAX: usize = 64;

impl LogState {
    /// A key of the service, valid or not.
    pub fn service_key(&self, kid: &KeyId) -> Option<&Key> {
        self.service_keys.iter().find(|key| key.kid == *kid)
    }

    /// When the log was opened.
    pub fn opened(&self) -> Instant {
        self.law.first().map_or(Instant::from_millis(0), |first| first.time)
    }

    /// Origins that the log has gone by before.
    pub fn former_origins(&self) -> impl Iterator<Item = &str> {
        self.left.iter().map(|left| left.origin.as_str())
    }

    /// Whether a checkpoint is of more entries than the log had when it left that origin: whoever signed it, it is not this
    /// log's.
    pub fn disowns(&self, checkpoint: &Checkpoint) -> bool {
        self.left.iter().any(|left| left.origin == checkpoint.origin && checkpoint.size > left.size)
    }

    /// Its checkpoint keys and name after an act.
    #[must_use]
    pub fn after(&self, act: &Act, now: Instant) -> Self {
        let mut next = self.clone();
        next.change_keys(act, now);
        next
    }

    fn change_keys(&mut self, act: &Act, now: Instant) {
        match act {
            Act::Opened(_) | Act::LawAdopted(_) => {}
            Act::CheckpointKeyAdded(addition) => {
                self.checkpoint_keys.extend(addition.log_key.as_str().parse::<NoteKey>())
            }
            Act::CheckpointKeyRetired(retirement) => {
                if let Some(at) = self.named(&retirement.log_key) {
                    self.former_keys.push(self.checkpoint_keys.remove(at));
                }
            }
            Act::ServiceKeyAdded(addition) => {
                if let Ok(public) = PublicKey::from_jwk(&addition.key) {
                    self.service_keys.push(Key::new(public, now));
                }
            }
            Act::ServiceKeyRevoked(revocation) => {
                if let Some(key) = self.service_keys.iter_mut().find(|key| key.kid == revocation.kid) {
                    key.revoke(revocation.effective);
                }
            }
            Act::Continued(continuation) => {
                self.former_keys.append(&mut self.checkpoint_keys);
                self.checkpoint_keys.extend(continuation.log_key.as_str().parse::<NoteKey>());
                self.origin = continuation.origin.as_str().to_owned();
            }
        }
    }

    /// The keys of its checkpoints under every name that it went by, those that sign now first: an old checkpoint is as much
    /// its own.
    pub fn all_keys(&self) -> Vec<NoteKey> {
        self.checkpoint_keys.iter().chain(&self.former_keys).cloned().collect()
    }

    fn has_had(&self, key: &PublicKey) -> bool {
        self.checkpoint_keys.iter().chain(&self.former_keys).any(|known| known.public() == key)
    }

    fn named(&self, log_key: &Line<300>) -> Option<usize> {
        self.checkpoint_keys.iter().position(|key| key.to_string() == log_key.as_str())
    }
}

/// The state that `log.opened` creates.
///
/// # Errors
/// A key that is not an Ed25519 key of the prime-order group, or a checkpoint key of another name than the log's.
pub fn open_log(opening: &LogOpening, index: u64, time: Instant) -> Result<LogState, Refusal> {
    let service_key = public_key(&opening.service_key, "/service_key")?;
    let operator_key = public_key(&opening.operator_key, "/operator_key")?;
    if operator_key.key_id() == service_key.key_id() {
        let (zh, en) = ("运行机构与服务须用不同密钥", "operator and service need keys of their own");
        return Err(Refusal::new(&problem::KEY_IN_USE, zh, en));
    }
    Ok(LogState {
        origin: opening.origin.as_str().to_owned(),
        operator: opening.operator.clone(),
        operator_name: opening.operator_name.as_str().into(),
        operator_key,
        checkpoint_keys: vec![checkpoint_key(&opening.log_key, &opening.origin)?],
        former_keys: Vec::new(),
        service_keys: vec![Key::new(service_key, time)],
        left: Vec::new(),
        law: vec![Adopted { index, time, edition: opening.law.sha256 }],
        version: 1,
    })
}

fn checkpoint_key(vkey: &Line<300>, origin: &Line<200>) -> Result<NoteKey, Refusal> {
    let malformed = |zh: &str, en: &str| Refusal::of_field("/log_key", Fault::malformed_code((zh, en)));
    let key: NoteKey = vkey.as_str().parse().map_err(|_| {
        malformed("不是 Ed25519 类型的 C2SP 验证密钥（vkey）", "not a C2SP verifier key of type Ed25519")
    })?;
    if key.name() == origin.as_str() {
        Ok(key)
    } else {
        Err(malformed("验证密钥的名称与日志名（origin）不符", "its name is not the origin"))
    }
}

impl Capability for LogState {
    type Id = TheLog;
    type Act = Act;

    const IS_DROPPED: bool = false;

    fn version(&self) -> u64 {
        self.version
    }

    fn key_changes(act: &Act) -> Vec<KeyChange<'_>> {
        match act {
            Act::Opened(opening) => vec![
                KeyChange::SignsIn { key: &opening.operator_key, owner: &opening.operator },
                KeyChange::Brings { key: &opening.service_key },
            ],
            Act::ServiceKeyAdded(addition) => vec![KeyChange::Brings { key: &addition.key }],
            Act::ServiceKeyRevoked(revocation) => {
                vec![KeyChange::Revokes { kid: revocation.kid, from: revocation.effective }]
            }
            Act::CheckpointKeyAdded(_) | Act::CheckpointKeyRetired(_) | Act::Continued(_) | Act::LawAdopted(_) => {
                Vec::new()
            }
        }
    }

    /// # Errors
    /// Whoever is not the operator may not, nor who is not a supervisor adopt law; and what each act needs.
    fn decide(state: Option<&Self>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
        let state = match (state, act) {
            (None, Act::Opened(opening)) => return decide_opening(opening, at),
            (None, _) => return Err(Refusal::state_forbids(act.kind(), "log not opened")),
            (Some(_), Act::Opened(_)) => return Err(Refusal::state_forbids(act.kind(), "opened")),
            (Some(state), _) => state,
        };
        let by = at.author()?;
        if let Act::LawAdopted(adoption) = act {
            return decide_adoption(state, adoption, by, at.around);
        }
        if !by.roles.has(Role::Operator) {
            let (zh, en) = ("仅限平台运行机构", "only the operator acts on the log itself");
            return Err(Refusal::new(&problem::ROLE_NOT_ENTITLED, zh, en));
        }
        match act {
            Act::Opened(_) | Act::LawAdopted(_) => Ok(()),
            Act::CheckpointKeyAdded(addition) => decide_addition(state, addition),
            Act::CheckpointKeyRetired(retirement) => match state.named(&retirement.log_key) {
                None => Err(unknown("/log_key", retirement.log_key.as_str())),
                Some(_) if state.checkpoint_keys.len() == 1 => Err(last_key()),
                Some(_) => Ok(()),
            },
            Act::ServiceKeyAdded(addition) => decide_service_addition(state, addition, at),
            Act::ServiceKeyRevoked(revocation) => decide_service_revocation(state, revocation, at.now),
            Act::Continued(continuation) => decide_continuation(state, continuation),
        }
    }

    fn begin(act: &Act, place: &Place, _law: Law<'_>) -> Option<Self> {
        let Act::Opened(opening) = act else { return None };
        open_log(opening, place.index, place.time).ok()
    }

    fn apply(&mut self, act: &Act, place: &Place, _law: Law<'_>) {
        self.version = place.version;
        match act {
            Act::LawAdopted(adoption) => {
                let edition = adoption.edition.sha256;
                self.law.push(Adopted { index: place.index, time: place.time, edition });
            }
            Act::Continued(continuation) => {
                // Its signature was checked when it was decided on.
                let lost = continuation.lost.as_ref().and_then(|note| Checkpoint::of_note(note.as_str()).ok());
                let lost = lost.map(|lost| lost.size);
                self.left.push(Left { origin: self.origin.clone(), size: place.index, lost });
            }
            Act::Opened(_)
            | Act::CheckpointKeyAdded(_)
            | Act::CheckpointKeyRetired(_)
            | Act::ServiceKeyAdded(_)
            | Act::ServiceKeyRevoked(_) => {}
        }
        self.change_keys(act, place.time);
    }
}

fn decide_opening(opening: &LogOpening, at: &Moment<'_>) -> Result<(), Refusal> {
    let opened = open_log(opening, 0, at.now)?;
    if opened.operator_key.key_id() != *at.signer {
        let (zh, en) = ("须由运行机构密钥签名", "a log is opened by the operator key that it names");
        return Err(Refusal::new(&problem::POSSESSION_UNPROVEN, zh, en));
    }
    Ok(())
}

fn decide_adoption(state: &LogState, adoption: &LawAdoption, by: &Author, around: View<'_>) -> Result<(), Refusal> {
    if !by.roles.has(Role::Supervisor) {
        let (zh, en) = ("法规版本由监督部门采纳", "law is adopted by a supervisor");
        return Err(Refusal::new(&problem::ROLE_NOT_ENTITLED, zh, en));
    }
    let edition = adoption.edition.sha256;
    if state.law.last().is_some_and(|last| last.edition == edition) {
        return Err(Refusal::state_forbids("log.law_adopted", "in force"));
    }
    if state.law.len() >= EDITIONS_MAX {
        return Err(Refusal::of_field("/edition", Fault::TooMany { max: EDITIONS_MAX }));
    }
    let next = around.edition(&edition).ok_or_else(|| Refusal::law_unknown(&edition))?;
    let last = state.law.last().and_then(|last| around.edition(&last.edition));
    if last.is_some_and(|last| !next.speaks_of_all_in(&last)) {
        let words = ("缺少现行版本已有的规则文件", "lacks files of rules that the edition in force has");
        return Err(Refusal::of_field("/edition", Fault::inconsistent(words)));
    }
    Ok(())
}

fn decide_addition(state: &LogState, addition: &CheckpointKeyAddition) -> Result<(), Refusal> {
    let origin = Line::new(state.origin.as_str()).map_err(|fault| Refusal::of_field("/origin", fault))?;
    let key = checkpoint_key(&addition.log_key, &origin)?;
    if state.has_had(key.public()) {
        return Err(in_use());
    }
    if state.checkpoint_keys.len() >= CHECKPOINT_KEYS_MAX {
        return Err(Refusal::of_field("/log_key", Fault::TooMany { max: CHECKPOINT_KEYS_MAX }));
    }
    room(state, "/log_key")
}

fn room(state: &LogState, pointer: &str) -> Result<(), Refusal> {
    if state.checkpoint_keys.len() + state.former_keys.len() + state.service_keys.len() < KEYS_MAX {
        return Ok(());
    }
    Err(Refusal::of_field(pointer, Fault::TooMany { max: KEYS_MAX }))
}

fn decide_service_addition(state: &LogState, addition: &ServiceKeyAddition, at: &Moment<'_>) -> Result<(), Refusal> {
    let key = public_key(&addition.key, "/key")?;
    let kid = key.key_id();
    if at.around.owner(&kid).is_some() {
        return Err(in_use());
    }
    room(state, "/key")?;
    has_possession(&key, addition.possession.as_str(), &Stream::LOG, &state.origin, at.now)
}

fn decide_service_revocation(state: &LogState, revocation: &ServiceKeyRevocation, now: Instant) -> Result<(), Refusal> {
    let key = state.service_key(&revocation.kid).ok_or_else(|| unknown("/kid", &revocation.kid.to_string()))?;
    key.may_be_revoked(revocation.effective, now, "log.service_key_revoked")?;
    if state.service_keys.iter().any(|other| other.kid != key.kid && !other.is_revoked()) {
        Ok(())
    } else {
        Err(last_key())
    }
}

fn decide_continuation(state: &LogState, continuation: &LogContinuation) -> Result<(), Refusal> {
    let origin = continuation.origin.as_str();
    if origin == state.origin || state.former_origins().any(|former| former == origin) {
        let (zh, en) = ("该日志名已用过", "the log has gone by this origin before");
        return Err(Refusal::new(&problem::STATE_FORBIDS, zh, en).at("/origin", Fault::Duplicate { id: origin.into() }));
    }
    let key = checkpoint_key(&continuation.log_key, &continuation.origin)?;
    if state.has_had(key.public()) {
        return Err(in_use());
    }
    room(state, "/log_key")?;
    let signed = |pointer: &str, note: &str| {
        Checkpoint::open(note, &state.checkpoint_keys, &state.origin).map_err(|error| {
            let zh = "不是本日志密钥所签的检查点";
            Refusal::of_field(pointer, Fault::inconsistent((zh, error.to_string())))
        })
    };
    let predecessor = signed("/predecessor", continuation.predecessor.as_str())?;
    let lost = continuation.lost.as_ref().map(|lost| signed("/lost", lost.as_str())).transpose()?;
    match lost {
        Some(lost) if lost.size <= predecessor.size => {
            let (lost, there) = (lost.size, predecessor.size);
            let zh = format!("没有丢失：所称 {lost} 条，现有 {there} 条");
            let en = format!("nothing is lost of {lost} entries: there are {there}");
            Err(Refusal::of_field("/lost", Fault::inconsistent((zh, en))))
        }
        Some(_) | None => Ok(()),
    }
}

impl LogContinuation {
    /// Whether the predecessor is the checkpoint of exactly the entries before this one. Only who has the tree can say.
    ///
    /// # Errors
    /// It is not.
    pub fn follows(&self, size: u64, root: Hash) -> Result<(), Refusal> {
        let last = Checkpoint::of_note(self.predecessor.as_str());
        if last.is_ok_and(|last| (last.size, last.root) == (size, root)) {
            return Ok(());
        }
        let root = root.to_base64();
        let zh = format!("此记录之前的树有 {size} 个条目，根为 {root}");
        let en = format!("the tree before this record has {size} entries and the root {root}");
        Err(Refusal::of_field("/predecessor", Fault::inconsistent((zh, en))))
    }
}

fn unknown(pointer: &str, id: &str) -> Refusal {
    Refusal::of_field(pointer, Fault::UnknownReference { id: id.to_owned() })
}

fn in_use() -> Refusal {
    Refusal::new(&problem::KEY_IN_USE, "该密钥已使用过", "this key is or was in use")
}

fn last_key() -> Refusal {
    Refusal::new(&problem::LAST_KEY, "先增加新密钥", "add another key first")
}
