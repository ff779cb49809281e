//! What is known of the clock, carried over a restart: a service that is started anew on a machine whose clock has jumped
//! must not take that clock for right because it has just been born.

use super::guard::Reading;
use crate::field::Instant;
use crate::private;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A small file in the data folder.
#[derive(Debug)]
pub struct Memory {
    file: PathBuf,
    /// Which start of the machine this is: its boot time says nothing after the next one.
    boot: String,
    saved: Mutex<Option<Kept>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    boot: String,
    wall: Option<Instant>,
    boottime_millis: Option<i64>,
    excused_entry: Option<Instant>,
}

impl Memory {
    pub fn new(file: PathBuf, boot: String) -> Self {
        Self { file, boot, saved: Mutex::default() }
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The anchor of an earlier run since the machine started, and the entry that an operator excused.
    pub fn recall(&self) -> (Option<Reading>, Option<Instant>) {
        let kept = match std::fs::read(&self.file) {
            Ok(bytes) => serde_json::from_slice::<Kept>(&bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return (None, None),
            Err(error) => Err(serde::de::Error::custom(error)),
        };
        match kept {
            Ok(kept) => {
                let anchor = kept.wall.zip(kept.boottime_millis).filter(|_| kept.boot == self.boot);
                (anchor.map(|(wall, boottime_millis)| Reading { wall, boottime_millis }), kept.excused_entry)
            }
            Err(error) => {
                tracing::warn!(%error, file = %self.file.display(), "what was known of the clock can't be read");
                (None, None)
            }
        }
    }

    /// Writes only what has changed. Nothing waits for the disk: what a power cut takes away was about this start of the
    /// machine.
    pub fn save(&self, anchor: Option<Reading>, excused_entry: Option<Instant>) -> std::io::Result<()> {
        let kept = Kept {
            boot: self.boot.clone(),
            wall: anchor.map(|anchor| anchor.wall),
            boottime_millis: anchor.map(|anchor| anchor.boottime_millis),
            excused_entry,
        };
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        if saved.as_ref() == Some(&kept) {
            return Ok(());
        }
        let new = self.file.with_extension("new");
        // Nobody else may say what the time is.
        let mut file = private::file(&new, false)?;
        file.write_all(&serde_json::to_vec(&kept)?)?;
        std::fs::rename(&new, &self.file)?;
        *saved = Some(kept);
        Ok(())
    }
}
