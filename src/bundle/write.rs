//! `gongshi export bundle`.

use super::archive::BundleError;
use super::check::{Verified, verify_file};
use super::manifest::{
    CHECKPOINT, FORMAT, KEYS, MANIFEST, Manifest, README, REPORT, STREAMS, STREAMS_NOTE, Scope, document_name,
    entry_name, proof_name,
};
use super::reach;
use super::readme::readme;
use super::report::{Occasion, page};
use super::select::{Selected, select};
use crate::field::{DocumentId, Instant};
use crate::law::Editions;
use crate::log::{
    Checkpoint, CheckpointError, ProofError, Resource, TileError, TlogProof, inclusion_plan, parse_bundle,
};
use crate::record::PrivateKey;
use crate::sequencer::{LoadError, Owners, load_streams, signers};
use crate::store::{Database, DocumentError, Documents, StoreError, TreeReader, each_resource};
use crate::world::ReadEntry;
use futures::TryStreamExt;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::path::Path;
use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

/// Why a bundle was not written.
#[derive(Debug, thiserror::Error)]
pub enum BundleExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Document(#[from] DocumentError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Zip(#[from] ZipError),
    #[error("the log knows nothing of {0}")]
    Unknown(Scope),
    #[error("it comes to more than {} entries or {} bytes", .0.entries, .0.bytes)]
    TooLarge(BundleLimit),
    #[error("the stored checkpoint does not hold: {0}")]
    Checkpoint(#[from] CheckpointError),
    #[error("{0}")]
    Proof(#[from] ProofError),
    #[error("{0}")]
    Tile(#[from] TileError),
    /// It was written and can't be read.
    #[error("the bundle can't be read back: {0}")]
    Unreadable(#[from] BundleError),
}

/// From what a bundle is made.
#[derive(Clone, Copy)]
pub struct Maker<'a> {
    pub database: &'a Database,
    pub documents: &'a Documents,
    pub editions: &'a Editions,
    /// The log's checkpoint keys, as far as they are at hand: they state how far the streams of a part reach. Without
    /// them, whoever verifies the bundle can't tell whether records were left out.
    pub keys: &'a [PrivateKey],
}

/// The most that a bundle may come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BundleLimit {
    pub entries: usize,
    /// Bytes of its members, unpacked.
    pub bytes: u64,
}

impl BundleLimit {
    /// For who runs the log, and waits.
    pub const NONE: Self = Self { entries: usize::MAX, bytes: u64::MAX };
}

/// A bundle that is being written.
struct Writer<'f> {
    zip: ZipWriter<&'f File>,
    /// Documents that the entries so far cite, with their sizes.
    cited: BTreeMap<DocumentId, u64>,
    limit: BundleLimit,
    /// Bytes so far, unpacked.
    bytes: u64,
}

impl Writer<'_> {
    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), BundleExportError> {
        self.zip.start_file(name, SimpleFileOptions::default())?;
        self.write(bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), BundleExportError> {
        self.makes_room_for(bytes.len() as u64)?;
        self.bytes += bytes.len() as u64;
        Ok(self.zip.write_all(bytes)?)
    }

    /// # Errors
    /// [`BundleExportError::TooLarge`]
    fn makes_room_for(&self, bytes: u64) -> Result<(), BundleExportError> {
        let fits = self.bytes.saturating_add(bytes) <= self.limit.bytes;
        if fits { Ok(()) } else { Err(BundleExportError::TooLarge(self.limit)) }
    }

    fn cites(&mut self, entry: &[u8]) {
        if let Ok(ReadEntry { act, .. }) = ReadEntry::parse(entry) {
            self.cited.extend(act.documents().iter().map(|document| (document.sha256, document.size)));
        }
    }
}

/// Writes the bundle to `out`, verifies what was written, and puts the report of that in it. Only public records and
/// documents go in; values that are sealed stay sealed.
///
/// # Errors
/// See [`BundleExportError`]; then there is no file at `out` that was not there before.
pub async fn export_bundle(
    maker: Maker<'_>,
    scope: Scope,
    now: Instant,
    out: &Path,
) -> Result<Verified, BundleExportError> {
    let mut part = out.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(part)?;
    let subject = out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let made = make_bundle(maker, BundleLimit::NONE, scope, now, &file, subject).await;
    let finished = made.and_then(|verified| {
        file.sync_all()?;
        std::fs::rename(part, out)?;
        Ok(verified)
    });
    if finished.is_err() {
        // The error that is told is the first one.
        let _ = std::fs::remove_file(part);
    }
    finished
}

/// As [`export_bundle`], into an empty file that is open for reading and writing; `subject` is what the report calls it.
///
/// # Errors
/// See [`BundleExportError`]; then anything may be in the file.
pub async fn make_bundle(
    maker: Maker<'_>,
    limit: BundleLimit,
    scope: Scope,
    now: Instant,
    file: &File,
    subject: String,
) -> Result<Verified, BundleExportError> {
    write(maker, limit, scope, now, file).await?;
    let verified = verify_file(file.try_clone()?, None, maker.editions)?;
    let report = page(&verified, &Occasion { subject, digest: None, pinned: false, policy: false, at: now });
    let mut zip = ZipWriter::new_append(file)?;
    zip.start_file(REPORT, SimpleFileOptions::default())?;
    zip.write_all(report.as_bytes())?;
    zip.finish()?.rewind()?;
    Ok(verified)
}

/// The checkpoint that the bundle's proofs lead to, as a signed note with the cosignatures that there are for it.
async fn newest_note(database: &Database) -> Result<String, StoreError> {
    let head = database.cosigned_head().await?;
    head.map(|(_, note)| note).ok_or_else(|| StoreError::Damaged("no log head".to_owned()))
}

async fn write(
    maker: Maker<'_>,
    limit: BundleLimit,
    scope: Scope,
    now: Instant,
    file: &File,
) -> Result<(), BundleExportError> {
    let Maker { database, documents, editions, keys } = maker;
    let note = newest_note(database).await?;
    let checkpoint = Checkpoint::of_note(&note)?;
    let selected = match scope.part() {
        None => Selected::default(),
        Some(part) => {
            let selected = select(database, &scope, &part, checkpoint.size, limit.entries).await?;
            let selected = selected.ok_or(BundleExportError::TooLarge(limit))?;
            if selected.entries.is_empty() {
                return Err(BundleExportError::Unknown(scope));
            }
            selected
        }
    };
    let mut writer = Writer { zip: ZipWriter::new(file), cited: BTreeMap::new(), limit, bytes: 0 };
    writer.put(CHECKPOINT, note.as_bytes())?;
    let log = load_streams(database, &Owners::default(), &[], editions).await?;
    let named = log.log().map(|log| log.checkpoint_keys.clone()).unwrap_or_default();
    writer.put(KEYS, named.iter().map(|key| format!("{key}\n")).collect::<String>().as_bytes())?;
    if scope == Scope::All {
        put_tiles(&mut writer, database, checkpoint.size).await?;
    } else {
        let tree = TreeReader::new(database.clone());
        for index in selected.entries.iter().copied() {
            put_entry(&mut writer, database, &tree, index, checkpoint.size, &note).await?;
        }
        if let Some(signers) = log.log().and_then(|log| signers(log, keys).ok()) {
            let streams = reach::encode(&selected.lengths);
            writer.put(STREAMS_NOTE, reach::sign(&checkpoint, &scope, &streams, &signers).as_bytes())?;
            writer.put(STREAMS, streams.as_bytes())?;
        }
    }
    let mut manifest = Manifest {
        format: FORMAT.to_owned(),
        scope,
        origin: checkpoint.origin,
        size: checkpoint.size,
        created: now,
        entries: selected.entries.into_iter().collect(),
        documents: Vec::new(),
        documents_missing: Vec::new(),
    };
    let cited = std::mem::take(&mut writer.cited);
    writer.makes_room_for(cited.values().fold(0, |sum: u64, size| sum.saturating_add(*size)))?;
    for (id, size) in cited {
        let there = put_document(&mut writer, documents, id, size).await?;
        if there { &mut manifest.documents } else { &mut manifest.documents_missing }.push(id);
    }
    writer.put(MANIFEST, &serde_json::to_vec(&manifest).map_err(std::io::Error::from)?)?;
    writer.put(README, readme(&manifest).as_bytes())?;
    writer.zip.finish()?;
    Ok(())
}

async fn put_tiles(writer: &mut Writer<'_>, database: &Database, size: u64) -> Result<(), BundleExportError> {
    each_resource(database, size, |resource, bytes| {
        writer.put(&format!("tile/{resource}"), &bytes)?;
        if let Resource::Entries(tile) = resource {
            parse_bundle(bytes.into(), tile.width)?.iter().for_each(|entry| writer.cites(entry));
        }
        Ok(())
    })
    .await
}

async fn put_entry(
    writer: &mut Writer<'_>,
    database: &Database,
    tree: &TreeReader,
    index: u64,
    size: u64,
    note: &str,
) -> Result<(), BundleExportError> {
    let entry = database.entries(index, 1).await?.pop();
    let entry = entry.ok_or_else(|| StoreError::Damaged(format!("no entry {index}")))?;
    let hashes = tree.resolve(&inclusion_plan(index, size)?).await?;
    writer.put(&entry_name(index), &entry)?;
    let proof = TlogProof { index, hashes, checkpoint: note.to_owned() };
    writer.put(&proof_name(index), proof.encode().as_bytes())?;
    writer.cites(&entry);
    Ok(())
}

/// Whether the document was there.
async fn put_document(
    writer: &mut Writer<'_>,
    documents: &Documents,
    id: DocumentId,
    size: u64,
) -> Result<bool, BundleExportError> {
    let chunks = match documents.get(id, None).await {
        Ok(chunks) => chunks,
        Err(DocumentError::Missing) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    // ZIP64 from 4 GiB on.
    let options = SimpleFileOptions::default().large_file(size >= u64::from(u32::MAX));
    writer.zip.start_file(document_name(id), options)?;
    let mut chunks = std::pin::pin!(chunks);
    while let Some(chunk) = chunks.try_next().await? {
        writer.write(&chunk)?;
    }
    Ok(true)
}
