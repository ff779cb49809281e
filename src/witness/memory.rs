//! What a witness remembers: one file a log, replaced whole.

use crate::log::Hash;
use crate::private;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The folder of a witness, held by one process.
pub(super) struct Memory {
    folder: PathBuf,
    /// Two witnesses on one folder would overtake each other.
    _lock: File,
}

/// The memory can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: another witness runs in this folder", path.display())]
    Held { path: PathBuf },
}

const LOCK: &str = "lock";

impl Memory {
    pub(super) fn open(folder: &Path) -> Result<Self, MemoryError> {
        let path = folder.join(LOCK);
        let io = |source| MemoryError::Io { path: path.clone(), source };
        private::data_folder(folder, LOCK).map_err(io)?;
        private::folder(&folder.join("evidence")).map_err(io)?;
        let lock = private::file(&path, false).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(MemoryError::Held { path }),
            Err(TryLockError::Error(source)) => Err(MemoryError::Io { path, source }),
        }
    }

    fn path(&self, origin: &str) -> PathBuf {
        // An origin may have slashes and dots in it; its hash has not.
        self.folder.join(format!("{}.checkpoint", Hash::of(origin)))
    }

    pub(super) fn recall(&self, origin: &str) -> Result<Option<String>, MemoryError> {
        let path = self.path(origin);
        match fs::read_to_string(&path) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(MemoryError::Io { path, source }),
        }
    }

    /// Returns once the note will survive a power cut.
    pub(super) fn remember(&self, origin: &str, note: &str) -> Result<(), MemoryError> {
        self.replace(&self.path(origin), note)
    }

    /// Keeps what shows that a log has two faces.
    pub(super) fn keep_evidence(&self, origin: &str, size: u64, of: Hash, text: &str) -> Result<(), MemoryError> {
        let name = format!("{}-{size}-{}", &Hash::of(origin).to_string()[..16], &of.to_string()[..16]);
        self.replace(&self.folder.join("evidence").join(name), text)
    }

    fn replace(&self, path: &Path, text: &str) -> Result<(), MemoryError> {
        let write = || {
            let next = path.with_extension("next");
            let mut file = private::file(&next, false)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&next, path)?;
            // The name, too, must be on the disk.
            File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
        };
        write().map_err(|source| MemoryError::Io { path: path.to_owned(), source })
    }
}
