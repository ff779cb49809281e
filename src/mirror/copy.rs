//! The folder of a mirror: what stands in it under final names is exactly what its checkpoint commits to.

use crate::field::DocumentId;
use crate::law::{EDITIONS_PATH, edition_path, editions_list};
use crate::log::{Edge, Hash, Resource, Tile, tiles_between};
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A plain folder in tlog-tiles layout, held by one process.
///
/// New files wait in `.mirror/staged` and move all at once, the checkpoint last. Those that a killed mirror left there
/// are taken up again, but only after they have been compared with the signed tree, so they need not be durable.
pub(super) struct Copy {
    folder: PathBuf,
    staged: PathBuf,
    _lock: File,
}

/// The folder can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: another mirror runs in this folder", path.display())]
    Held { path: PathBuf },
}

fn at(path: &Path) -> impl Fn(io::Error) -> CopyError {
    move |source| CopyError::Io { path: path.to_owned(), source }
}

impl Copy {
    pub fn open(folder: &Path) -> Result<Self, CopyError> {
        let own = folder.join(".mirror");
        fs::create_dir_all(&own).map_err(at(&own))?;
        let path = own.join("lock");
        let lock = File::create(&path).map_err(at(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), staged: own.join("staged"), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(CopyError::Held { path }),
            Err(TryLockError::Error(source)) => Err(CopyError::Io { path, source }),
        }
    }

    pub fn checkpoint(&self) -> Result<Option<String>, CopyError> {
        let path = self.folder.join("checkpoint");
        match fs::read_to_string(&path) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(at(&path)(error)),
        }
    }

    /// What is there of a resource, staged or final; nobody says that it is right.
    pub fn read(&self, resource: Resource) -> Option<Vec<u8>> {
        let name = format!("tile/{resource}");
        fs::read(self.staged.join(&name)).or_else(|_| fs::read(self.folder.join(&name))).ok()
    }

    /// Whether an earlier step was cut and left something behind.
    pub fn has_staged(&self) -> bool {
        self.staged.exists()
    }

    pub fn stage(&self, resource: Resource, bytes: &[u8]) -> Result<(), CopyError> {
        let path = self.staged.join(format!("tile/{resource}"));
        write(&path, bytes).map_err(at(&path))
    }

    pub fn has_edition(&self, id: DocumentId) -> bool {
        self.folder.join(edition_path(id)).exists()
    }

    /// Keeps the bytes of an edition of the law.
    pub fn keep_edition(&self, id: DocumentId, bytes: &[u8]) -> Result<(), CopyError> {
        replace(&self.folder.join(edition_path(id)), bytes)
    }

    /// Keeps the list of all editions, once all of them are there.
    pub fn keep_editions(&self, editions: &[DocumentId]) -> Result<(), CopyError> {
        let (path, list) = (self.folder.join(EDITIONS_PATH), editions_list(editions));
        let known = fs::read_to_string(&path).unwrap_or_default();
        if editions.is_empty() || known == list { Ok(()) } else { replace(&path, list.as_bytes()) }
    }

    /// Makes a tree of `size` entries, of which all that is new since `old` is staged, the one that the folder shows.
    pub fn publish(&self, old: u64, size: u64, note: &str) -> Result<(), CopyError> {
        let checkpoint = self.staged.join("checkpoint");
        write(&checkpoint, note.as_bytes()).map_err(at(&checkpoint))?;
        // First the bytes, then the names, then the checkpoint. One barrier for all files: each of its own would cost more
        // than to write them. Where there is no checkpoint yet nobody reads, and bytes and names may come together.
        if old > 0 {
            self.sync()?;
        }
        for tile in tiles_between(old, size) {
            self.unveil(Resource::Hashes(tile))?;
            if tile.level == 0 {
                self.unveil(Resource::Entries(tile))?;
            }
        }
        for tile in Edge::tiles_needed(old) {
            if let Some(full) = Tile::of_size(tile.level, tile.index, size).filter(|tile| tile.is_full()) {
                self.drop_partials(Resource::Hashes(full))?;
                if tile.level == 0 {
                    self.drop_partials(Resource::Entries(full))?;
                }
            }
        }
        self.sync()?;
        let path = self.folder.join("checkpoint");
        fs::rename(&checkpoint, &path).map_err(at(&path))?;
        fs::remove_dir_all(&self.staged).map_err(at(&self.staged))
    }

    fn unveil(&self, resource: Resource) -> Result<(), CopyError> {
        let name = format!("tile/{resource}");
        let (from, to) = (self.staged.join(&name), self.folder.join(&name));
        match in_folder(&to, || fs::rename(&from, &to)) {
            // A mirror that was killed here had moved it already.
            Err(error) if error.kind() == ErrorKind::NotFound && to.exists() => Ok(()),
            moved => moved.map_err(at(&to)),
        }
    }

    fn drop_partials(&self, full: Resource) -> Result<(), CopyError> {
        let path = self.folder.join(format!("tile/{full}.p"));
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(at(&path)(error)),
            _ => Ok(()),
        }
    }

    fn sync(&self) -> Result<(), CopyError> {
        sync(&self.folder).map_err(at(&self.folder))
    }

    pub fn keep_evidence(&self, name: &str, notes: [&str; 2]) -> Result<PathBuf, CopyError> {
        keep_evidence(&self.folder, name, notes)
    }
}

/// Returns once everything that was written to the file system of a folder is on the disk.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(File::open(folder)?)?;
    #[cfg(not(target_os = "linux"))]
    File::open(folder).map(|_| rustix::fs::sync())?;
    Ok(())
}

/// Writes a file, and makes its folder when there is none yet.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    in_folder(path, || fs::write(path, bytes))
}

/// Most folders are there: it is cheaper to try than to look.
fn in_folder<T>(path: &Path, act: impl Fn() -> io::Result<T>) -> io::Result<T> {
    match act() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            act()
        }
        done => done,
    }
}

/// Keeps two checkpoints of one log that do not go together, in `evidence/` of a folder.
pub(crate) fn keep_evidence(folder: &Path, name: &str, [first, second]: [&str; 2]) -> Result<PathBuf, CopyError> {
    let text = format!("{first}\n{second}");
    let path = folder.join("evidence").join(format!("{name}-{}", &Hash::of(&text).to_string()[..16]));
    replace(&path, text.as_bytes())?;
    Ok(path)
}

/// Replaces a file as a whole; returns once it will survive a power cut.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), CopyError> {
    let write = || {
        let next = path.with_extension("next");
        let mut file = in_folder(&next, || File::create(&next))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&next, path)?;
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    write().map_err(at(path))
}
