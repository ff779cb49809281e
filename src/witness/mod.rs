//! 见证：a witness of logs, for whoever does not run them: a discipline-inspection office, an audit bureau, a newspaper.
//!
//! It cosigns a log's checkpoint when the log has only grown since the last one that it cosigned (C2SP tlog-witness). So
//! two views of one log can't both have its cosignature, and whoever asks for enough witnesses is shown the same log as
//! everybody else. What it remembers is durable before it signs, and never goes back.

mod judge;
mod memory;
mod server;

pub use judge::{Refused, judge};
pub use memory::MemoryError;
pub use server::WitnessServer;

use crate::clock::Clock;
use crate::log::{AddCheckpoint, Checkpoint, Cosigner, CosignerKey, Hash, NoteKey, SignedNote};
use memory::Memory;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// A witness of some logs.
pub struct Witness {
    cosigner: Cosigner,
    clock: Clock,
    memory: Memory,
    /// By origin.
    logs: BTreeMap<String, WitnessedLog>,
}

/// A log that is witnessed.
struct WitnessedLog {
    /// While a log's key changes there are two.
    keys: Vec<NoteKey>,
    /// The newest checkpoint that was cosigned, as a note with the cosignature. The lock is held from the judgement until
    /// the next note is on the disk: two requests can't both rest on the same state.
    latest: Mutex<Option<String>>,
}

/// A witness can't start.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// What it remembers of a log is not what it has signed.
    #[error("the checkpoint that is remembered of {origin} is not one that this witness cosigned")]
    Foreign { origin: String },
}

/// A checkpoint was not cosigned.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Memory(#[from] MemoryError),
}

/// A log as its witness last saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub origin: String,
    /// The cosigned checkpoint; `None` before the first.
    pub note: Option<String>,
}

impl Witness {
    /// A witness of the logs that have these keys; a log is known by the name of its keys, its origin. What was
    /// remembered in `folder` is taken up again.
    ///
    /// # Errors
    /// See [`WitnessError`].
    pub fn open(folder: &Path, cosigner: Cosigner, keys: Vec<NoteKey>, clock: Clock) -> Result<Self, WitnessError> {
        let memory = Memory::open(folder)?;
        let mut logs: BTreeMap<String, WitnessedLog> = BTreeMap::new();
        for key in keys {
            let origin = key.name().to_owned();
            if let Some(log) = logs.get_mut(&origin) {
                log.keys.push(key);
                continue;
            }
            let latest = memory.recall(&origin)?;
            if latest.as_ref().is_some_and(|note| !is_own(note, &origin, cosigner.verifier())) {
                return Err(WitnessError::Foreign { origin });
            }
            logs.insert(origin, WitnessedLog { keys: vec![key], latest: Mutex::new(latest) });
        }
        Ok(Self { cosigner, clock, memory, logs })
    }

    pub fn key(&self) -> &CosignerKey {
        self.cosigner.verifier()
    }

    /// The logs it witnesses.
    pub fn seen(&self) -> Vec<Seen> {
        let note = |log: &WitnessedLog| log.latest.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.logs.iter().map(|(origin, log)| Seen { origin: origin.clone(), note: note(log) }).collect()
    }

    /// Judges a request and cosigns its checkpoint: the signature line. Blocks until the new state is on the disk.
    ///
    /// # Errors
    /// See [`AddError`]; nothing was signed then.
    pub fn add_checkpoint(&self, body: &str) -> Result<String, AddError> {
        let request = AddCheckpoint::parse(body).map_err(|_| Refused::Malformed)?;
        let note = SignedNote::parse(&request.checkpoint).map_err(|_| Refused::Malformed)?;
        let origin = origin_of(note.text());
        let log = self.logs.get(origin).ok_or(Refused::UnknownOrigin)?;
        let mut latest = log.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let known = latest.as_deref().and_then(|note| Checkpoint::of_note(note).ok());
        if let Err(refused) = judge(&log.keys, known.as_ref(), &request) {
            if let Refused::Fork { size } = refused {
                // Two checkpoints under the log's signature, with one size and two roots, convict it.
                let evidence = [latest.as_deref().unwrap_or_default(), &request.checkpoint].join("\n");
                self.memory.keep_evidence(origin, size, Hash::of(&request.checkpoint), &evidence)?;
                tracing::error!(origin, size, "this log has signed two different trees of one size");
            }
            return Err(refused.into());
        }
        let line = self.cosigner.cosign(note.text(), self.clock.now().seconds().unsigned_abs());
        let cosigned = format!("{}\n{}{line}", note.text(), note.lines_by(&log.keys));
        self.memory.remember(origin, &cosigned)?;
        *latest = Some(cosigned);
        Ok(line)
    }
}

fn origin_of(text: &str) -> &str {
    text.split('\n').next().unwrap_or_default()
}

fn is_own(note: &str, origin: &str, key: &CosignerKey) -> bool {
    origin_of(note) == origin
        && SignedNote::parse(note).is_ok_and(|note| !note.cosignatures(std::iter::once(key)).is_empty())
}
