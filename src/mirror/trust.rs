//! Whom a reader of a log believes: the log's keys, and the witnesses that must have seen its checkpoints.

use crate::log::{Checkpoint, CheckpointError, NoteKey, Policy, PolicyWitness, SignedNote};

/// The keys of one log, and the policy for its checkpoints.
#[derive(Debug, Clone)]
pub struct Trust {
    /// At least one, all of one name: the log's origin. While a log's key changes there are two.
    keys: Vec<NoteKey>,
    /// Under which the log was known before it went on under another name: what we hold ourselves may be signed by them.
    former: Vec<NoteKey>,
    policy: Option<Policy>,
}

/// It is not clear which log is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    #[error("a verifier key of the log is needed: --key, or a log line in the policy")]
    NoKey,
    #[error("the keys are of several logs")]
    SeveralLogs,
}

impl Trust {
    /// Without keys, those that the policy names.
    ///
    /// # Errors
    /// See [`TrustError`].
    pub fn new(mut keys: Vec<NoteKey>, policy: Option<Policy>) -> Result<Self, TrustError> {
        if keys.is_empty() {
            keys.extend(policy.iter().flat_map(|policy| &policy.logs).map(|log| log.key.clone()));
        }
        let origin = keys.first().ok_or(TrustError::NoKey)?.name();
        if keys.iter().any(|key| key.name() != origin) {
            return Err(TrustError::SeveralLogs);
        }
        Ok(Self { keys, former: Vec::new(), policy })
    }

    /// As before, and of what we hold ourselves under these keys too: the log goes on from there (`log.continued`).
    #[must_use]
    pub fn formerly(self, former: Vec<NoteKey>) -> Self {
        Self { former, ..self }
    }

    pub fn origin(&self) -> &str {
        self.keys.first().map_or("", NoteKey::name)
    }

    /// The witnesses that the policy names.
    pub fn witnesses(&self) -> &[PolicyWitness] {
        self.policy.as_ref().map_or(&[], |policy| &policy.witnesses)
    }

    /// The checkpoint in a note that the log signed.
    ///
    /// # Errors
    /// See [`CheckpointError`].
    pub fn open(&self, note: &str) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::open(note, &self.keys, self.origin())
    }

    /// The checkpoint in a note that we have held since we believed it.
    ///
    /// # Errors
    /// See [`CheckpointError`].
    pub fn recall(&self, note: &str) -> Result<Checkpoint, CheckpointError> {
        let keys: Vec<NoteKey> = self.keys.iter().chain(&self.former).cloned().collect();
        Checkpoint::open_any(note, &keys)
    }

    /// Whether enough witnesses cosigned a note; without a policy none is needed.
    pub fn is_witnessed(&self, note: &str) -> bool {
        let Some(policy) = &self.policy else { return true };
        SignedNote::parse(note).is_ok_and(|note| policy.is_met_by(&note))
    }
}
