//! The service's own memory of how far the log has come, in a file beside its keys.

use super::{Rewound, Voucher};
use crate::log::{Checkpoint, CheckpointError};
use crate::private;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The newest checkpoint that this service knows to be durable, and what contradicts the log.
#[derive(Debug, Default)]
pub struct HighWater {
    file: Option<PathBuf>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// As a signed note, and as what it says.
    mark: Option<(String, Checkpoint)>,
    rewound: BTreeMap<Voucher, Rewound>,
}

/// The file with the mark can't be used.
#[derive(Debug, thiserror::Error)]
pub enum HighWaterError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    /// Only the log's own checkpoints are ever written there.
    #[error("{}: {source}", path.display())]
    Malformed { path: PathBuf, source: CheckpointError },
}

/// Of the file, in the data folder.
const NAME: &str = "high-water";

impl HighWater {
    /// What an earlier run of the service has left in its data folder.
    ///
    /// # Errors
    /// See [`HighWaterError`].
    pub fn in_folder(data: &Path) -> Result<Self, HighWaterError> {
        let path = data.join(NAME);
        let mark = match std::fs::read_to_string(&path) {
            Ok(note) => match Checkpoint::of_note(&note) {
                Ok(checkpoint) => Some((note, checkpoint)),
                Err(source) => return Err(HighWaterError::Malformed { path, source }),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(source) => return Err(HighWaterError::Io { path, source }),
        };
        Ok(Self { file: Some(path), known: Mutex::new(Known { mark, rewound: BTreeMap::new() }) })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest checkpoint that is remembered, as a signed note and as what it says.
    pub fn mark(&self) -> Option<(String, Checkpoint)> {
        self.known().mark.clone()
    }

    /// Remembers a checkpoint that continues the mark. Returns once that survives a power cut.
    ///
    /// # Errors
    /// See [`HighWaterError`].
    pub fn raise(&self, note: &str, checkpoint: &Checkpoint) -> Result<(), HighWaterError> {
        if let Some(path) = &self.file {
            write(path, note).map_err(|source| HighWaterError::Io { path: path.clone(), source })?;
        }
        self.known().mark = Some((note.to_owned(), checkpoint.clone()));
        Ok(())
    }

    /// What somebody who was asked says of the log; `None` takes back what he said before.
    pub fn hear(&self, voucher: Voucher, rewound: Option<Rewound>) {
        let mut known = self.known();
        let before = match rewound.clone() {
            Some(rewound) => known.rewound.insert(voucher, rewound),
            None => known.rewound.remove(&voucher),
        };
        drop(known);
        match (before, rewound) {
            (before, Some(now)) if before.as_ref() != Some(&now) => tracing::error!("{now}: nothing is written"),
            (Some(before), None) => tracing::info!("{} no longer contradicts the log", before.voucher),
            _ => {}
        }
    }

    /// Why the log must not be written on; `None` when nobody contradicts it.
    pub fn rewound(&self) -> Option<Rewound> {
        self.known().rewound.values().next().cloned()
    }
}

fn write(path: &Path, note: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = private::file(&new, false)?;
    file.write_all(note.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::super::Divergence;
    use super::*;
    use crate::log::{Hash, NoteSigner};
    use crate::record::PrivateKey;

    fn checkpoint(size: u64) -> (String, Checkpoint) {
        let signer = NoteSigner::new("log.example", PrivateKey::from_seed([1; 32])).unwrap();
        let checkpoint = Checkpoint { origin: "log.example".into(), size, root: Hash::of("x") };
        (checkpoint.sign(&signer), checkpoint)
    }

    #[test]
    fn the_mark_survives_a_restart_and_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let marked = HighWater::in_folder(folder.path()).unwrap();
        assert_eq!(marked.mark(), None);
        for size in [7, 9] {
            let (note, checkpoint) = checkpoint(size);
            marked.raise(&note, &checkpoint).unwrap();
        }
        assert_eq!(HighWater::in_folder(folder.path()).unwrap().mark(), Some(checkpoint(9)));
        let file = folder.path().join(NAME);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        for broken in ["", "log.example\n7\n", "\u{0}"] {
            std::fs::write(&file, broken).unwrap();
            assert!(matches!(HighWater::in_folder(folder.path()), Err(HighWaterError::Malformed { .. })), "{broken:?}");
        }
        std::fs::remove_file(&file).unwrap();
        std::fs::create_dir(&file).unwrap();
        assert!(matches!(HighWater::in_folder(folder.path()), Err(HighWaterError::Io { .. })));
    }

    #[test]
    fn everybody_takes_back_only_what_he_said_himself() {
        let high_water = HighWater::default();
        let said = |voucher: &Voucher| {
            let divergence = Divergence::Behind { known: 9, size: 7 };
            Some(Rewound { voucher: voucher.clone(), divergence })
        };
        let (mark, mirror) = (Voucher::Mark, Voucher::Mirror("https://mirror.example".into()));
        high_water.hear(mirror.clone(), said(&mirror));
        high_water.hear(mark.clone(), said(&mark));
        assert_eq!(high_water.rewound(), said(&mark));
        high_water.hear(mark.clone(), None);
        assert_eq!(high_water.rewound(), said(&mirror));
        high_water.hear(mirror, None);
        assert_eq!(high_water.rewound(), None);
    }
}
