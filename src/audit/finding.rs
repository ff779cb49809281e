//! What an audit says.

use super::contested::Contested;
use crate::identity::{Left, LogState};
use crate::log::{NoteKey, Policy, SignedNote};
use serde::Serialize;
use std::fmt;

/// What is wrong with an entry or with the whole log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The bytes are not an entry.
    EntryMalformed,
    /// An entry does not carry the index of its place: one was dropped, added or moved.
    IndexWrong,
    /// `previous` is not the hash of the entry before.
    ChainBroken,
    /// Earlier than the entry before.
    TimeBackwards,
    /// The header, the payload or the kind can't be read.
    RecordMalformed,
    /// Nobody registered the key that the record names.
    KeyUnknown,
    /// The signature does not hold for the bytes.
    SignatureMismatch,
    /// The record was not allowed at this point of the log.
    NotAllowed,
    /// The log adopts an edition of the law that is not there or can't be interpreted: the records that rest on it are not
    /// judged.
    LawUnknown,
    /// The entry obliges the service to begin a stream, and it never did.
    ActOwed,
    /// The same key used a `jti` twice.
    JtiReused,
    /// The checkpoint can't be read or is not signed by the log.
    CheckpointInvalid,
    /// The entries make another tree than the checkpoint says.
    RootMismatch,
    /// The checkpoint is of a tree with fewer or more entries than there are.
    SizeMismatch,
    /// A stored tile differs from the entries.
    TileMismatch,
    /// The checkpoint has not the cosignatures that the policy asks for, or is of a log that it does not name.
    Unwitnessed,
    /// A part of the copy can't be read.
    Unreadable,
    /// In a bundle: the proof of an entry can't be read or does not lead to the checkpoint.
    ProofInvalid,
    /// In a bundle: a document is not the one that the record cites.
    DocumentMismatch,
    /// In a bundle: a document that a record cites is neither there nor said to be missing.
    DocumentMissing,
    /// A member that the bundle says it has is not there.
    MemberMissing,
    /// A bundle has a member that does not belong to it.
    MemberUnknown,
    /// What a bundle says of itself is not what its evidence says.
    ManifestWrong,
    /// What a bundle says that the log states of its streams is not signed by the log, or is about something else.
    StatementInvalid,
    /// A stream in a bundle has fewer or more entries than the log states.
    StreamMismatch,
    /// A book of deposits does not hold after the entry: an invariant of it is broken.
    BookWrong,
    /// In a database: a row beside the entries is not what they say.
    DerivedMismatch,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The entry; absent when it is about the log as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    pub reason: Reason,
    pub detail: String,
    /// The same in Chinese, where it is not made of the log's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail_zh: Option<String>,
    /// In a database: the row that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<StoredRow>,
}

/// A row of a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredRow {
    pub table: String,
    /// The columns of the key with their values.
    pub key: String,
    /// The columns that differ; empty when the whole row is missing or too many.
    pub columns: Vec<String>,
}

impl Finding {
    pub fn new(index: Option<u64>, reason: Reason, detail: impl Into<String>) -> Self {
        Self { index, reason, detail: detail.into(), detail_zh: None, row: None }
    }
}

/// Entries that were signed under an origin and that nobody has any more: from the first one on, below `to`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lost {
    pub origin: String,
    pub from: u64,
    pub to: u64,
}

impl Lost {
    /// What the records of a log say of its losses.
    pub(crate) fn of(log: &LogState) -> Vec<Self> {
        let lost = |left: &Left| Some(Self { origin: left.origin.clone(), from: left.size, to: left.lost? });
        log.left.iter().filter_map(lost).collect()
    }
}

/// The outcome of an audit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The log's present origin, as its entries say it.
    pub origin: String,
    /// The verifier keys of the checkpoint: the one that was given, or else those that the log's entries name.
    pub log_keys: Vec<String>,
    /// The signed note that was checked, with all lines that it came with.
    pub checkpoint: String,
    /// The witnesses of the policy whose cosignatures hold, by their names there.
    pub witnesses: Vec<String>,
    /// Entries that were read.
    pub entries: u64,
    /// Hex SHA-256 of the last entry: the end of the chain.
    pub last_hash: String,
    /// Base64 root of the tree over the entries.
    pub root: String,
    /// Records that a stolen key may have signed. They are in order, so they are no findings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contested: Vec<Contested>,
    /// Entries that the log says it has lost. It goes on from what is left in order, so they are no findings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<Lost>,
    /// Everything that is wrong, in order.
    pub findings: Vec<Finding>,
    /// More findings than are listed.
    pub findings_omitted: u64,
}

/// A log of which everything is wrong should not fill the memory.
pub(super) const FINDINGS_MAX: usize = 1000;

impl Report {
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }

    /// Asks of the checkpoint what a policy asks: a log that it names, and enough witnesses.
    pub fn require(&mut self, policy: &Policy) {
        let keys = self.log_keys.iter().filter_map(|key| key.parse().ok());
        let trusted = keys.into_iter().any(|key: NoteKey| policy.trusts(&key));
        let found = SignedNote::parse(&self.checkpoint).map(|note| policy.cosigners(&note));
        self.witnesses = found.unwrap_or_default().into_iter().map(|witness| witness.name.clone()).collect();
        if !trusted {
            self.add(None, Reason::Unwitnessed, "the policy names other logs");
        } else if !policy.is_met(|witness| self.witnesses.contains(&witness.name)) {
            let mut detail =
                format!("cosigned by {} of the policy's witnesses, which is not enough", self.witnesses.len());
            if !policy.unchecked.is_empty() {
                let names = policy.unchecked.join(", ");
                detail += &format!("; not checked, for this program lacks the algorithm of their keys: {names}");
            }
            self.add(None, Reason::Unwitnessed, detail);
        }
    }

    pub(crate) fn add(&mut self, index: Option<u64>, reason: Reason, detail: impl Into<String>) {
        self.take(Finding::new(index, reason, detail));
    }

    /// Adds one more, as long as there are not too many.
    pub fn take(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        } else {
            self.findings_omitted += 1;
        }
    }
}

/// As in the JSON of a report.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            Some(index) => write!(f, "entry {index}: {}: {}", self.reason, self.detail),
            None => write!(f, "log: {}: {}", self.reason, self.detail),
        }
    }
}
