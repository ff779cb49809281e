//! What a monitor remembers between two runs: one file, replaced whole.

use super::query::{Query, Sought};
use crate::field::Instant;
use crate::log::{CheckpointError, Hash};
use crate::mirror::{CopyError, replace};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The state of a monitor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    /// The newest checkpoint of the log that continues all before it, a signed note.
    pub checkpoint: Option<String>,
    /// Entries that were read. May be less than the checkpoint's, when a run was cut.
    pub read: u64,
    /// Hex hash of the last entry that was read.
    pub last_hash: Option<String>,
    /// The newest checkpoint all of whose entries were read.
    pub settled: Option<Settled>,
    /// Since when the log shows less than others have seen.
    pub behind_since: Option<Instant>,
    pub query: Query,
    pub sought: Sought,
}

/// A checkpoint that was the log's newest at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Settled {
    pub size: u64,
    /// By the monitor's clock.
    pub at: Instant,
}

/// The state can't be kept.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error(transparent)]
    File(#[from] CopyError),
    #[error("{}: {reason}", path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("{}: another monitor uses this folder", path.display())]
    Held { path: PathBuf },
    /// The folder is of another log, or of one that another key signed.
    #[error("the checkpoint that is remembered is refused: {0}")]
    Foreign(CheckpointError),
}

/// The folder of a monitor, held by one process.
pub(super) struct Memory {
    folder: PathBuf,
    _lock: File,
}

impl Memory {
    pub fn open(folder: &Path) -> Result<Self, StateError> {
        let path = folder.join("lock");
        let io = |source| StateError::File(CopyError::Io { path: path.clone(), source });
        fs::create_dir_all(folder).map_err(io)?;
        let lock = File::create(&path).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StateError::Held { path }),
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self) -> PathBuf {
        self.folder.join("state.json")
    }

    /// The state; a new one when there is none. Entries are read from the beginning for a query that was not asked before.
    pub fn recall(&self, query: &Query) -> Result<State, StateError> {
        let path = self.path();
        let mut state: State = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| StateError::Damaged { path, reason: error.to_string() })?,
            Err(error) if error.kind() == ErrorKind::NotFound => State::default(),
            Err(source) => return Err(CopyError::Io { path, source }.into()),
        };
        if state.query != *query {
            let query = query.clone();
            state = State { read: 0, last_hash: None, sought: Sought::default(), query, ..state };
        }
        Ok(state)
    }

    /// Returns once the state will survive a power cut.
    pub fn remember(&self, state: &State) -> Result<(), StateError> {
        let json = serde_json::to_vec(state).unwrap_or_default();
        Ok(replace(&self.path(), &json)?)
    }
}

impl State {
    pub fn last_hash(&self) -> Option<Hash> {
        self.last_hash.as_deref().and_then(|hash| hash.parse().ok())
    }
}
