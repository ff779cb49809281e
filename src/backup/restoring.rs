//! Bringing a log back: what others have of it is appended byte for byte, and everything else is made from that.

use super::beside::{TABLES, file_of, row};
use super::taking::OBJECT;
use super::{LOG, MANIFEST, Manifest, OBJECTS};
use crate::derived::{Discrepancy, Growth, ReplayError, Replayed};
use crate::field::DocumentId;
use crate::law::Editions;
use crate::log::{Checkpoint, CheckpointError, NoteKey, NoteSigner, TILE_WIDTH};
use crate::mirror::{FetchError, LogClient, ReadError, SignedTree};
use crate::record::PrivateKey;
use crate::store::{
    DISCLOSURES, DOCUMENTS, Database, Disclosures, DocumentError, Documents, ERASURES, Objects, StoreError, Table,
    Value, erased_disclosure, keyless, load_edge,
};
use futures::TryStreamExt;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A log that is to be brought back, or further.
pub struct Restorer<'a> {
    pub database: &'a Database,
    pub objects: &'a Objects,
    pub editions: &'a Editions,
    /// Whose checkpoints are believed: the keys that sign for the log, under whatever origin, and those that are given.
    pub keys: &'a [PrivateKey],
    pub trusted: &'a [NoteKey],
}

/// What one source had.
#[derive(Debug)]
pub struct Restored {
    /// Entries before and after.
    pub from: u64,
    pub to: u64,
    /// Cited documents that are not at hand.
    pub documents_missing: BTreeSet<DocumentId>,
}

/// Why nothing was taken from a source.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error(transparent)]
    Documents(#[from] DocumentError),
    #[error("object store: {0}")]
    Objects(#[from] object_store::Error),
    #[error("its checkpoint is not signed by a key of this log: {0}")]
    Foreign(#[from] CheckpointError),
    /// Nothing is ever overwritten.
    #[error("what is here and what it has are two logs: they differ within the first {shared} entries")]
    Forked { shared: u64 },
    #[error("{}: not a backup that this program reads", .0.display())]
    NoBackup(PathBuf),
    #[error("{}: line {line} is not a row of {table}", path.display())]
    Row { path: PathBuf, line: usize, table: &'static str },
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
}

impl Restorer<'_> {
    /// Takes what a backup has and is not here: entries, documents, disclosures.
    ///
    /// # Errors
    /// See [`RestoreError`].
    pub async fn take_backup(&self, backup: &Path) -> Result<Restored, RestoreError> {
        let path = backup.join(MANIFEST);
        let no_backup = || RestoreError::NoBackup(backup.to_owned());
        let text = std::fs::read(&path).map_err(|source| RestoreError::Io { path, source })?;
        let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| no_backup())?;
        if manifest.format != super::FORMAT {
            return Err(no_backup());
        }
        let mut restored = self.extend(&LogClient::new(&backup.join(LOG).to_string_lossy())?).await?;
        for table in TABLES {
            self.take_rows(backup, table).await?;
        }
        restored.documents_missing = self.missing(restored.documents_missing).await?;
        Ok(restored)
    }

    /// Takes the entries that a service, a mirror or a published folder has and that are not here; documents, where it serves
    /// them.
    ///
    /// # Errors
    /// See [`RestoreError`].
    pub async fn catch_up(&self, source: &str) -> Result<Restored, RestoreError> {
        let mut restored = self.extend(&LogClient::locate(source).await?).await?;
        for id in std::mem::take(&mut restored.documents_missing) {
            if let Err(error) = self.fetch_document(source, id).await {
                tracing::warn!(%error, "the document {id} is not to be had there");
            }
            restored.documents_missing.insert(id);
        }
        restored.documents_missing = self.missing(restored.documents_missing).await?;
        Ok(restored)
    }

    /// Nobody else's checkpoints count: the name is whatever the log went by, the key is ours.
    fn opened(&self, note: &str) -> Result<Checkpoint, RestoreError> {
        let origin = Checkpoint::of_note(note)?.origin;
        let own =
            self.keys.iter().filter_map(|key| Some(NoteSigner::new(&origin, key.clone()).ok()?.verifier().clone()));
        let keys: Vec<NoteKey> = own.chain(self.trusted.iter().cloned()).collect();
        Ok(Checkpoint::open_any(note, &keys)?)
    }

    async fn extend(&self, client: &LogClient) -> Result<Restored, RestoreError> {
        let note = client.checkpoint().await?;
        let there = self.opened(&note)?;
        let tree = SignedTree::open(client, &there).await?;
        let mut growth = Growth::begin(self.database, self.editions).await?;
        let from = growth.size();
        let shared = from.min(there.size);
        let ours = if shared == from { growth.root() } else { load_edge(self.database, shared).await?.root() };
        if tree.root_at(shared).await? != ours {
            return Err(RestoreError::Forked { shared });
        }
        if shared == there.size {
            return Ok(Restored { from, to: from, documents_missing: BTreeSet::new() });
        }
        for id in client.editions().await? {
            growth.law(id, &client.edition(id).await?).await?;
        }
        for index in from / TILE_WIDTH..there.size.div_ceil(TILE_WIDTH) {
            let bundle = tree.bundle(&tree.expected(index).await?).await?;
            let known = from.saturating_sub(index * TILE_WIDTH) as usize;
            growth.append(bundle.entries.get(known..).unwrap_or_default()).await?;
        }
        let replayed = growth.commit(&note).await?;
        Ok(Restored { from, to: there.size, documents_missing: cited_and_missing(&replayed) })
    }

    /// Rows of a backup that are not here, each with what it is about.
    async fn take_rows(&self, backup: &Path, table: &'static Table) -> Result<(), RestoreError> {
        let path = backup.join(file_of(table));
        let text = std::fs::read_to_string(&path).map_err(|source| RestoreError::Io { path: path.clone(), source })?;
        let from = Objects::local(&backup.join(OBJECTS))?;
        for (at, line) in text.lines().enumerate() {
            let broken = || RestoreError::Row { path: path.clone(), line: at + 1, table: table.name };
            let values = row(table, line).ok_or_else(broken)?;
            let key = table.key_of(&values);
            if self.database.has(table, &key).await? {
                // What was erased since stays erased.
                continue;
            }
            let Some(Value::Text(name)) = key.first() else { return Err(broken()) };
            if table.name == DOCUMENTS.name {
                let id: DocumentId = name.parse().map_err(|_| broken())?;
                match Documents::new(from.clone()).get(id, None).await {
                    Ok(bytes) => {
                        let bytes = bytes.map_err(std::io::Error::other);
                        Documents::new(self.objects.clone()).put(id, bytes, u64::MAX).await?;
                    }
                    // It was gone when the copy was made.
                    Err(DocumentError::Missing) => continue,
                    Err(error) => return Err(error.into()),
                }
            } else if table.name == DISCLOSURES.name {
                if erased_disclosure(&mut self.database.clone(), name).await?.is_some() {
                    continue;
                }
                let Some(Value::Text(object)) = values.get(OBJECT) else { return Err(broken()) };
                let object = Disclosures::name(object);
                if let Some(bytes) = from.read(&object).await? {
                    self.objects.write(&object, bytes, None).await?;
                }
            } else if table.name == ERASURES.name {
                self.forget(name).await?;
            }
            self.put(table, values).await?;
        }
        Ok(())
    }

    /// What was erased after this database was copied has no copy here either.
    async fn forget(&self, digest: &str) -> Result<(), RestoreError> {
        let (mut write, _) = self.database.begin_at_head().await?;
        write.withdraw_all_disclosures(digest).await?;
        write.commit().await?;
        for gone in keyless(&mut self.database.clone(), Some(digest)).await? {
            Disclosures::new(self.objects.clone()).remove(&gone.object).await?;
        }
        Ok(())
    }

    /// A document of a service.
    async fn fetch_document(&self, source: &str, id: DocumentId) -> Result<(), RestoreError> {
        let url = format!("{}/v1/documents/{id}", source.trim_end_matches('/'));
        let failed =
            |error: &dyn std::fmt::Display| FetchError::Unreachable { url: url.clone(), reason: error.to_string() };
        let response = reqwest::get(&url).await.and_then(reqwest::Response::error_for_status);
        let response = response.map_err(|error| failed(&error))?;
        let bytes = response.bytes_stream().map_err(std::io::Error::other);
        let size = Documents::new(self.objects.clone()).put(id, bytes, u64::MAX).await?;
        let mut write = self.database.begin_write().await?;
        write.file_document(id, size).await?;
        Ok(write.commit().await?)
    }

    async fn put(&self, table: &'static Table, values: Vec<Value>) -> Result<(), RestoreError> {
        let mut write = self.database.begin_write().await?;
        write.put(table, vec![values]).await?;
        Ok(write.commit().await?)
    }

    /// Those of some documents that are still not here.
    async fn missing(&self, of: BTreeSet<DocumentId>) -> Result<BTreeSet<DocumentId>, RestoreError> {
        let mut missing = BTreeSet::new();
        for id in of {
            let is_there = self.database.has(&DOCUMENTS, &[Value::from(id.to_string())]).await?;
            if !is_there || Documents::new(self.objects.clone()).size(id).await?.is_none() {
                missing.insert(id);
            }
        }
        Ok(missing)
    }
}

/// The documents that records cite and that no row is about.
fn cited_and_missing(replayed: &Replayed) -> BTreeSet<DocumentId> {
    let of_documents = replayed.left.iter().filter(|mismatch| mismatch.table.name == DOCUMENTS.name);
    let missing = of_documents.filter(|mismatch| mismatch.what == Discrepancy::Missing);
    let ids = missing.filter_map(|mismatch| match mismatch.key.first() {
        Some(Value::Text(id)) => id.parse().ok(),
        _ => None,
    });
    ids.collect()
}
