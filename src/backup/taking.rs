//! Making a copy while the service runs.

use super::beside::{TABLES, file_of, line};
use super::{FORMAT, KEYS, LOG, MANIFEST, Manifest, OBJECTS};
use crate::field::{DocumentId, Instant};
use crate::log::{Checkpoint, CheckpointError};
use crate::mirror::sync;
use crate::private;
use crate::store::{
    DISCLOSURES, DOCUMENTS, Database, Disclosures, DocumentError, Documents, ExportError, Objects, Row, Scan, Standing,
    StoreError, Table, Value, export_log, standing,
};
use futures::TryStreamExt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A log that is to be copied.
pub struct Backup<'a> {
    pub database: &'a Database,
    pub objects: &'a Objects,
    /// The folder of the private keys, where the copy is to have them.
    pub keys: Option<&'a Path>,
}

/// What a copy holds.
#[derive(Debug)]
pub struct Taken {
    /// Entries in it.
    pub size: u64,
    pub documents: u64,
    pub disclosures: u64,
    /// Documents that the database names and the object store has not.
    pub missing: Vec<DocumentId>,
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error(transparent)]
    Documents(#[from] DocumentError),
    #[error("object store: {0}")]
    Objects(#[from] object_store::Error),
    #[error("the exported checkpoint can't be read: {0}")]
    Checkpoint(#[from] CheckpointError),
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: there is something already", .0.display())]
    There(PathBuf),
}

fn at(path: &Path) -> impl Fn(io::Error) -> BackupError {
    move |source| BackupError::Io { path: path.to_owned(), source }
}

impl Backup<'_> {
    /// Makes a copy at `out`, which must not be there yet. Until all of it is on the disk it is called `out.partial`.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub async fn take(&self, out: &Path, now: impl Fn() -> Instant) -> Result<Taken, BackupError> {
        if out.exists() {
            return Err(BackupError::There(out.to_owned()));
        }
        let mut partial = out.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        if partial.exists() {
            fs::remove_dir_all(&partial).map_err(at(&partial))?;
        }
        // What opens sealed values is in it.
        private::folder(&partial).map_err(at(&partial))?;
        // The log first: whatever its records cite was there before them, and stays.
        let size = export_log(self.database, &partial.join(LOG)).await?;
        let taken = self.beside(size, &partial).await?;
        if let Some(keys) = self.keys {
            let copy = partial.join(KEYS);
            copy_keys(keys, &copy).map_err(at(&copy))?;
        }
        let checkpoint = partial.join(LOG).join("checkpoint");
        let note = fs::read_to_string(&checkpoint).map_err(at(&checkpoint))?;
        let Checkpoint { origin, .. } = Checkpoint::of_note(&note)?;
        let manifest = Manifest { format: FORMAT, origin, size, taken_at: now() };
        let mut text = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
        text.push(b'\n');
        let manifest = partial.join(MANIFEST);
        let write = || private::file(&manifest, true)?.write_all(&text);
        write().map_err(at(&manifest))?;
        sync(&partial).map_err(at(&partial))?;
        fs::rename(&partial, out).map_err(at(out))?;
        sync(out).map_err(at(out))?;
        Ok(taken)
    }

    /// Documents and disclosures, and the rows about them.
    async fn beside(&self, size: u64, out: &Path) -> Result<Taken, BackupError> {
        let copy = Objects::local(&out.join(OBJECTS))?;
        let mut taken = Taken { size, documents: 0, disclosures: 0, missing: Vec::new() };
        for table in TABLES {
            let path = out.join(file_of(table));
            let mut file = private::file(&path, true).map_err(at(&path))?;
            let mut scan = Scan::whole(table);
            loop {
                let rows = scan.next(&mut self.database.clone()).await?;
                if rows.is_empty() {
                    break;
                }
                for row in rows.iter().filter(|row| !is_going(table, row)) {
                    if table.name == DOCUMENTS.name {
                        self.document(row, &copy, &mut taken).await?;
                    } else if table.name == DISCLOSURES.name {
                        self.disclosure(row, &copy, &mut taken).await?;
                    }
                    file.write_all(line(table, row.values()).as_bytes()).map_err(at(&path))?;
                }
            }
        }
        Ok(taken)
    }

    async fn document(&self, row: &Row, copy: &Objects, taken: &mut Taken) -> Result<(), BackupError> {
        let id: DocumentId = row.text(0)?.parse().map_err(|_| StoreError::Unexpected(0))?;
        let bytes = match Documents::new(self.objects.clone()).get(id, None).await {
            Ok(bytes) => bytes.map_err(io::Error::other),
            Err(DocumentError::Missing) => {
                // One that no record cited may have gone just now.
                if let Standing::Kept(_) = standing(&mut self.database.clone(), id).await? {
                    taken.missing.push(id);
                }
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        match Documents::new(copy.clone()).put(id, bytes, u64::MAX).await {
            Ok(_) => taken.documents += 1,
            // As good as missing.
            Err(DocumentError::HashMismatch { .. }) => taken.missing.push(id),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// The sealed text: what was erased since, or never came, has none.
    async fn disclosure(&self, row: &Row, copy: &Objects, taken: &mut Taken) -> Result<(), BackupError> {
        let name = Disclosures::name(row.text(OBJECT)?);
        let Some(bytes) = self.objects.read(&name).await? else { return Ok(()) };
        copy.write(&name, bytes, None).await?;
        taken.disclosures += 1;
        Ok(())
    }
}

/// The column of a disclosure that names its ciphertext.
pub(super) const OBJECT: usize = 4;

/// Whether its object is being removed: then it is as good as gone.
fn is_going(table: &Table, row: &Row) -> bool {
    match row.values().last() {
        Some(going) if table.name == DOCUMENTS.name => *going != Value::Null,
        Some(key) if table.name == DISCLOSURES.name => *key == Value::Null,
        _ => false,
    }
}

/// Copies the private keys of a log from folder to folder; none that is there is overwritten.
///
/// # Errors
/// A file can't be read or written.
pub fn copy_keys(from: &Path, to: &Path) -> io::Result<()> {
    private::folder(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            private::file(&to.join(entry.file_name()), true)?.write_all(&fs::read(entry.path())?)?;
        }
    }
    Ok(())
}
