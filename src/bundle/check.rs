//! The verification of a bundle: from its bytes alone, believing nothing that it says of itself.

use super::archive::{Archive, BundleError};
use super::contents::{Contents, Listening};
use super::manifest::{
    CHECKPOINT, FORMAT, KEYS, MANIFEST, Manifest, README, REPORT, STREAMS, STREAMS_NOTE, Scope, document_name,
    entry_name, proof_name,
};
use super::reach::{self, Lengths, Reach};
use super::replay::Replay;
use crate::act::{Stream, StreamId};
use crate::audit::{Lost, Reason, Report, RootCause, Source, SourceError, verify};
use crate::credit::CreditId;
use crate::field::{self, DocumentId, Instant};
use crate::law::{self, Editions};
use crate::log::{
    Checkpoint, ENTRY_BYTES_MAX, Hash, NoteKey, Resource, TILE_WIDTH, Tile, TlogProof, leaf_hash, parse_bundle,
    verify_inclusion,
};
use bytes::Bytes;
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

/// What was verified, and what came of it.
#[derive(Debug, Clone)]
pub struct Verified {
    pub report: Report,
    /// Absent when it was no bundle.
    pub bundle: Option<Bundled>,
    pub contents: Contents,
}

/// What may be concluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// Everything that was verified holds, and nothing is missing.
    Holds,
    /// What is there holds; whether something was left out can't be judged.
    Open,
    /// There are findings.
    Fails,
}

impl Verified {
    pub fn conclusion(&self) -> Conclusion {
        let unstated = self.bundle.iter().flat_map(|bundle| &bundle.streams).any(|reach| reach.is_whole().is_none());
        match (self.report.holds(), unstated) {
            (false, _) => Conclusion::Fails,
            (true, true) => Conclusion::Open,
            (true, false) => Conclusion::Holds,
        }
    }
}

impl Serialize for Verified {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown<'a> {
            conclusion: Conclusion,
            /// What is wrong in the first place; `findings` has everything.
            root_causes: Vec<RootCause<'a>>,
            #[serde(flatten)]
            report: &'a Report,
            #[serde(flatten)]
            bundle: Option<&'a Bundled>,
        }
        let (report, bundle) = (&self.report, self.bundle.as_ref());
        let root_causes = report.root_causes();
        Shown { conclusion: self.conclusion(), root_causes, report, bundle }.serialize(serializer)
    }
}

/// What only a bundle has.
#[derive(Debug, Clone, Serialize)]
pub struct Bundled {
    pub scope: Scope,
    /// As the bundle says.
    pub created: Instant,
    /// Documents that are here and are those that the records cite.
    pub documents: u64,
    /// Documents that the records cite and the bundle says it does not have.
    pub documents_missing: Vec<DocumentId>,
    /// How far the streams of a part reach; empty for the whole log, which has all of them.
    pub streams: Vec<Reach>,
    /// Grades in a part follow from what they list; whether they list everything only the whole log says: completeness not
    /// checked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub completeness_not_checked: Vec<String>,
}

/// Bytes; the index of 200,000 entries and as many documents.
const MANIFEST_BYTES_MAX: u64 = 32 << 20;
/// Bytes; 200,000 streams.
const STREAMS_BYTES_MAX: u64 = 16 << 20;
/// Bytes; above what a signed note may have.
const NOTE_BYTES_MAX: u64 = 128 << 10;
/// Bytes; a checkpoint and 63 hashes.
const PROOF_BYTES_MAX: u64 = NOTE_BYTES_MAX + 8192;
const EDITION_BYTES_MAX: u64 = law::EDITION_BYTES_MAX as u64;
const TILE_BYTES_MAX: u64 = TILE_WIDTH * 32;
const ENTRY_BUNDLE_BYTES_MAX: u64 = TILE_WIDTH * (ENTRY_BYTES_MAX as u64 + 2);

/// Verifies a bundle without a network. `key` pins the log's checkpoint key; without it those that the entries name are
/// taken.
///
/// # Errors
/// The file is no bundle, or one made to do harm. What is wrong with the evidence is a finding.
pub fn verify_bundle(path: &Path, key: Option<&NoteKey>, editions: &Editions) -> Result<Verified, BundleError> {
    verify_file(File::open(path)?, key, editions)
}

/// As [`verify_bundle`], of an open file.
pub(super) fn verify_file(file: File, key: Option<&NoteKey>, editions: &Editions) -> Result<Verified, BundleError> {
    let mut archive = Archive::of(file)?;
    let manifest = read_manifest(&mut archive)?;
    let checkpoint = archive.text(CHECKPOINT, NOTE_BYTES_MAX)?;
    let (mut report, contents, streams) = match manifest.scope.part() {
        None => check_whole(&mut archive, &manifest, key, editions)?,
        Some(part) => check_part(&mut archive, &manifest, &part, &checkpoint, key, editions)?,
    };
    compare_manifest(&mut archive, &manifest, &checkpoint, key, &mut report)?;
    let documents = check_documents(&mut archive, &manifest, &contents, &mut report)?;
    report.findings.sort_by_key(|finding| finding.index.unwrap_or(u64::MAX));
    let (scope, created) = (manifest.scope, manifest.created);
    let cited = |id: &DocumentId| contents.documents.contains_key(id);
    let documents_missing = manifest.documents_missing.into_iter().filter(cited).collect();
    let is_graded = |reach: &&Reach| reach.stream.starts_with(CreditId::PREFIX) && reach.here > 0;
    let completeness_not_checked = streams.iter().filter(is_graded).map(|reach| reach.stream.clone()).collect();
    let bundle = Some(Bundled { scope, created, documents, documents_missing, streams, completeness_not_checked });
    Ok(Verified { report, bundle, contents })
}

fn read_manifest(archive: &mut Archive) -> Result<Manifest, BundleError> {
    let text = archive.text(MANIFEST, MANIFEST_BYTES_MAX)?;
    let malformed = |reason: String| BundleError::Malformed { name: MANIFEST.to_owned(), reason };
    let manifest: Manifest = field::parse(text.as_bytes()).map_err(|failure| malformed(failure.to_string()))?;
    // The names of all members are made from it: no more of them than there can be.
    if !manifest.is_sound()
        || manifest.entries.len() > archive.len()
        || manifest.scope == Scope::All && manifest.size.div_ceil(TILE_WIDTH) > archive.len() as u64
    {
        return Err(malformed(format!("not a {FORMAT} of as many entries as it says")));
    }
    Ok(manifest)
}

/// A bundle of the whole log is a copy of it like any other.
fn check_whole(
    archive: &mut Archive,
    manifest: &Manifest,
    key: Option<&NoteKey>,
    editions: &Editions,
) -> Result<(Report, Contents, Vec<Reach>), BundleError> {
    let mut tiles = Tiles { archive, size: manifest.size };
    let mut source = Listening::to(&mut tiles);
    let report = verify(&mut source, key, editions, &mut |_, _| {})
        .map_err(|error| BundleError::Malformed { name: error.what, reason: error.reason })?;
    Ok((report, source.contents, Vec::new()))
}

fn check_part(
    archive: &mut Archive,
    manifest: &Manifest,
    part: &Stream,
    note: &str,
    pinned: Option<&NoteKey>,
    editions: &Editions,
) -> Result<(Report, Contents, Vec<Reach>), BundleError> {
    let mut replay = Replay::new(editions);
    let mut leaves = Vec::new();
    for index in manifest.entries.iter().copied() {
        // One that is missing is found missing with the other members.
        if let Some(bytes) = archive.read(&entry_name(index), ENTRY_BYTES_MAX as u64)? {
            // An edition is a document that the record cites.
            replay.entry(index, &bytes, |edition| {
                archive.read(&document_name(edition), EDITION_BYTES_MAX).ok().flatten()
            });
            leaves.push((index, leaf_hash(&bytes)));
        }
    }
    replay.count_contested();
    let Replay { mut report, contents, world, lengths, .. } = replay;
    let log = world.log();
    report.checkpoint = note.to_owned();
    report.origin = log.map(|log| log.origin.clone()).unwrap_or_default();
    report.lost = log.map(Lost::of).unwrap_or_default();
    let named = log.map(|log| log.checkpoint_keys.clone()).unwrap_or_default();
    let keys = pinned.map_or(named, |key| vec![key.clone()]);
    report.log_keys = keys.iter().map(NoteKey::to_string).collect();
    if let Err(error) = Checkpoint::open(note, &keys, &report.origin) {
        report.add(None, Reason::CheckpointInvalid, error.to_string());
    }
    // Whoever signed it: the proofs either lead to it or they don't.
    let unsigned = Checkpoint::of_note(note).ok();
    let mut stated = None;
    if let Some(checkpoint) = unsigned {
        report.root = checkpoint.root.to_base64();
        for (index, leaf) in leaves {
            let Some(text) = archive.read(&proof_name(index), PROOF_BYTES_MAX)? else { continue };
            if let Err(detail) = check_proof(&text, index, &leaf, note, &checkpoint) {
                report.add(Some(index), Reason::ProofInvalid, detail);
            }
        }
        stated = read_statement(archive, &manifest.scope, &checkpoint, &keys, &mut report)?;
    }
    let streams = reach::compare(&lengths, stated.as_ref());
    for Reach { stream, here, stated } in streams.iter().filter(|reach| reach.is_whole() == Some(false)) {
        let detail = format!("{stream}: {here} entries are here, the log states {}", stated.unwrap_or_default());
        report.add(None, Reason::StreamMismatch, detail);
    }
    if world.state(part).is_none() {
        report.add(None, Reason::ManifestWrong, format!("no record that holds is about {part}"));
    }
    Ok((report, contents, streams))
}

/// The lengths of the streams, as the log states them; `None` when it states nothing that holds.
fn read_statement(
    archive: &mut Archive,
    scope: &Scope,
    checkpoint: &Checkpoint,
    keys: &[NoteKey],
    report: &mut Report,
) -> Result<Option<Lengths>, BundleError> {
    if !archive.has(STREAMS) && !archive.has(STREAMS_NOTE) {
        return Ok(None);
    }
    let (streams, note) = (archive.read(STREAMS, STREAMS_BYTES_MAX)?, archive.read(STREAMS_NOTE, NOTE_BYTES_MAX)?);
    let (streams, note) = (streams.unwrap_or_default(), note.unwrap_or_default());
    let (streams, note) = (String::from_utf8_lossy(&streams), String::from_utf8_lossy(&note));
    match reach::open(&streams, &note, checkpoint, scope, keys) {
        Ok(lengths) => Ok(Some(lengths)),
        Err(reason) => {
            report.add(None, Reason::StatementInvalid, reason);
            Ok(None)
        }
    }
}

fn check_proof(text: &[u8], index: u64, leaf: &Hash, note: &str, checkpoint: &Checkpoint) -> Result<(), String> {
    let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
    let proof = TlogProof::parse(text).map_err(|error| error.to_string())?;
    if proof.checkpoint != note {
        return Err("it leads to another checkpoint than the bundle's".to_owned());
    }
    if proof.index != index {
        return Err(format!("it is of entry {}", proof.index));
    }
    verify_inclusion(leaf, index, checkpoint.size, &proof.hashes, &checkpoint.root).map_err(|error| error.to_string())
}

/// What the bundle says of itself, against its members and its checkpoint.
fn compare_manifest(
    archive: &mut Archive,
    manifest: &Manifest,
    note: &str,
    pinned: Option<&NoteKey>,
    report: &mut Report,
) -> Result<(), BundleError> {
    let expected = manifest.members();
    for name in expected.iter().filter(|name| !archive.has(name)) {
        report.add(index_in(name), Reason::MemberMissing, name.as_str());
    }
    // Whoever knows no more than the records can't write a statement, so a part may come without.
    let is_part = manifest.scope != Scope::All;
    let may_be = |name: &str| [README, REPORT].contains(&name) || is_part && [STREAMS, STREAMS_NOTE].contains(&name);
    for name in archive.names().filter(|name| !may_be(name) && !expected.contains(&**name)) {
        report.add(index_in(&name), Reason::MemberUnknown, name.as_ref());
    }
    if Checkpoint::of_note(note).is_ok_and(|said| (&said.origin, said.size) != (&manifest.origin, manifest.size)) {
        report.add(None, Reason::ManifestWrong, "the checkpoint has another origin or size");
    }
    let Some(keys) = archive.read(KEYS, NOTE_BYTES_MAX)? else { return Ok(()) };
    let keys = String::from_utf8_lossy(&keys);
    let keys: BTreeSet<&str> = keys.lines().collect();
    let fits = match pinned {
        Some(pinned) => keys.contains(pinned.to_string().as_str()),
        None => keys == report.log_keys.iter().map(String::as_str).collect(),
    };
    if !fits {
        report.add(None, Reason::ManifestWrong, format!("{KEYS} names other keys than the checkpoint's"));
    }
    Ok(())
}

/// The entry that a member belongs to.
fn index_in(name: &str) -> Option<u64> {
    let of = |folder: &str, end: &str| name.strip_prefix(folder)?.strip_suffix(end)?.parse().ok();
    of("entries/", ".json").or_else(|| of("proofs/", ".tlog-proof"))
}

/// Returns how many of the cited documents are here.
fn check_documents(
    archive: &mut Archive,
    manifest: &Manifest,
    contents: &Contents,
    report: &mut Report,
) -> Result<u64, BundleError> {
    let missing: BTreeSet<DocumentId> = manifest.documents_missing.iter().copied().collect();
    let mut there = 0;
    for (id, sizes) in &contents.documents {
        let longest = sizes.keys().next_back().copied().unwrap_or_default();
        let first = sizes.values().min().copied();
        let Some((hash, length)) = archive.digest(&document_name(*id), longest)? else {
            if !missing.contains(id) {
                report.add(first, Reason::DocumentMissing, id.to_string());
            }
            continue;
        };
        if DocumentId::from(hash) != *id {
            report.add(first, Reason::DocumentMismatch, format!("the bytes of {id} have another SHA-256"));
            continue;
        }
        there += 1;
        for (size, index) in sizes.iter().filter(|(size, _)| **size != length) {
            let detail = format!("{id} has {length} bytes, the record says {size}");
            report.add(Some(*index), Reason::DocumentMismatch, detail);
        }
    }
    for id in manifest.documents.iter().filter(|id| !contents.documents.contains_key(id)) {
        report.add(None, Reason::MemberUnknown, format!("no record cites {}", document_name(*id)));
    }
    Ok(there)
}

/// The tiles in a bundle of the whole log.
struct Tiles<'a> {
    archive: &'a mut Archive,
    size: u64,
}

impl Tiles<'_> {
    /// As wide as it is in a tree of this size; `None` behind its end.
    fn at(&self, level: u8, index: u64) -> Option<Tile> {
        let hashes = self.size.checked_shr(8 * u32::from(level)).unwrap_or_default();
        let width = hashes.saturating_sub(index.saturating_mul(TILE_WIDTH)).min(TILE_WIDTH) as u16;
        (width > 0).then_some(Tile { level, index, width })
    }

    fn read(&mut self, resource: Resource, limit: u64) -> Result<Option<Vec<u8>>, SourceError> {
        let name = format!("tile/{resource}");
        self.archive.read(&name, limit).map_err(|error| SourceError::new(name, error))
    }
}

impl Source for Tiles<'_> {
    fn checkpoint(&mut self) -> Result<String, SourceError> {
        self.archive.text(CHECKPOINT, NOTE_BYTES_MAX).map_err(|error| SourceError::new(CHECKPOINT, error))
    }

    fn bundle(&mut self, index: u64) -> Result<Vec<Bytes>, SourceError> {
        let Some(tile) = self.at(0, index) else { return Ok(Vec::new()) };
        let resource = Resource::Entries(tile);
        let Some(bytes) = self.read(resource, ENTRY_BUNDLE_BYTES_MAX)? else { return Ok(Vec::new()) };
        parse_bundle(bytes.into(), tile.width).map_err(|error| SourceError::new(resource, error))
    }

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, SourceError> {
        let Some(tile) = self.at(tile.level, tile.index) else { return Ok(None) };
        self.read(Resource::Hashes(tile), TILE_BYTES_MAX)
    }

    fn law(&mut self, edition: DocumentId) -> Result<Option<Vec<u8>>, SourceError> {
        let name = document_name(edition);
        self.archive.read(&name, EDITION_BYTES_MAX).map_err(|error| SourceError::new(name, error))
    }
}
