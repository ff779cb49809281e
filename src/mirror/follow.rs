//! One step of a mirror: from the checkpoint that it shows to the newest one of the log.

use super::copy::Copy;
use super::{CopyError, Expected, FetchError, LogClient, ReadError, SignedTree, Trust};
use crate::log::{Checkpoint, CheckpointError, Resource, TILE_WIDTH, empty_root, tiles_between};
use futures::{StreamExt, stream};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A verified copy of a log in a plain folder, which follows the log.
pub struct Mirror {
    client: LogClient,
    trust: Trust,
    copy: Arc<Copy>,
    parallel: usize,
    /// What the folder shows.
    shown: Option<(String, Checkpoint)>,
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub checkpoint: Checkpoint,
    /// Entries before.
    pub old: u64,
    /// Bytes of entries that were fetched; what was there already is not among them.
    pub fetched: u64,
}

/// Why a mirror does not follow.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    #[error(transparent)]
    Fetch(FetchError),
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The log's answer is not a checkpoint that it signed.
    #[error("the checkpoint is refused: {0}")]
    Checkpoint(CheckpointError),
    #[error("the checkpoint of {size} entries is not cosigned as the policy asks")]
    Unwitnessed { size: u64 },
    /// Older than one that was seen before.
    #[error("the log went back from {known} to {offered} entries; both checkpoints are in {}", evidence.display())]
    RolledBack { known: u64, offered: u64, evidence: PathBuf },
    /// Two checkpoints of which neither continues the other: the log shows different readers different histories.
    #[error(
        "the checkpoints of {known} and {offered} entries are of two different logs; both are in {}",
        evidence.display()
    )]
    Forked { known: u64, offered: u64, evidence: PathBuf },
    /// The folder holds another log, or one that another key signed.
    #[error("the checkpoint in the folder is refused: {0}")]
    Foreign(CheckpointError),
    #[error(transparent)]
    Copy(#[from] CopyError),
}

/// Whose fault an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It may pass: nobody answers, or witnesses are late.
    Passing,
    /// This machine or its user.
    Own,
    /// The log, or who serves it, shows what it did not sign, or signed what does not go together.
    Log,
}

impl ReadError {
    pub fn fault(&self) -> Fault {
        if matches!(self, Self::Fetch(_)) { Fault::Passing } else { Fault::Log }
    }
}

impl MirrorError {
    pub fn fault(&self) -> Fault {
        match self {
            Self::Fetch(FetchError::Malformed { .. })
            | Self::Checkpoint(_)
            | Self::RolledBack { .. }
            | Self::Forked { .. } => Fault::Log,
            Self::Read(error) => error.fault(),
            Self::Fetch(_) | Self::Unwitnessed { .. } => Fault::Passing,
            Self::Foreign(_) | Self::Copy(_) => Fault::Own,
        }
    }
}

impl Mirror {
    /// Takes up a folder, which may be new, or one that `gongshi export log` wrote. What it shows is believed as long
    /// as its checkpoint is the log's. At most `parallel` requests are under way at a time.
    ///
    /// # Errors
    /// [`MirrorError::Foreign`] or [`MirrorError::Copy`].
    pub fn open(client: LogClient, trust: Trust, folder: &Path, parallel: NonZero<usize>) -> Result<Self, MirrorError> {
        let copy = Arc::new(Copy::open(folder)?);
        let shown = match copy.checkpoint()? {
            None => None,
            Some(note) => {
                let checkpoint = trust.recall(&note).map_err(MirrorError::Foreign)?;
                Some((note, checkpoint))
            }
        };
        Ok(Self { client, trust, copy, parallel: parallel.get(), shown })
    }

    /// Brings the folder to the log's newest checkpoint. `progress` is called with the number of bundles done and to do.
    ///
    /// # Errors
    /// See [`MirrorError`]; the folder then shows what it showed before, and what was fetched is kept for the next step.
    pub async fn step(&mut self, progress: impl Fn(u64, u64)) -> Result<Step, MirrorError> {
        let mut note = self.client.checkpoint().await.map_err(MirrorError::Fetch)?;
        loop {
            let outcome = self.step_to(&note, &progress).await;
            let Err(MirrorError::Read(ReadError::Missing { .. })) = outcome else { return outcome };
            // Partial tiles are dropped as the log grows on: then there is a newer checkpoint, whose tiles are there.
            let newer = self.client.checkpoint().await.map_err(MirrorError::Fetch)?;
            let size = |note: &str| self.trust.open(note).map(|checkpoint| checkpoint.size);
            if size(&newer).ok() <= size(&note).ok() {
                return outcome;
            }
            note = newer;
        }
    }

    async fn step_to(&mut self, note: &str, progress: &impl Fn(u64, u64)) -> Result<Step, MirrorError> {
        let checkpoint = self.trust.open(note).map_err(MirrorError::Checkpoint)?;
        if !self.trust.is_witnessed(note) {
            return Err(MirrorError::Unwitnessed { size: checkpoint.size });
        }
        let (old, old_root) = self.shown.as_ref().map_or((0, empty_root()), |(_, shown)| (shown.size, shown.root));
        if self.shown.as_ref().is_some_and(|(shown, _)| shown == note) {
            return Ok(Step { checkpoint, old, fetched: 0 });
        }
        if checkpoint.size < old {
            let evidence = self.keep_evidence("roll-back", note)?;
            return Err(MirrorError::RolledBack { known: old, offered: checkpoint.size, evidence });
        }
        let forked = || {
            let evidence = self.keep_evidence("fork", note)?;
            Err(MirrorError::Forked { known: old, offered: checkpoint.size, evidence })
        };
        // Two roots of one size convict the log without any tile.
        if checkpoint.size == old && checkpoint.root != old_root {
            return forked();
        }
        let tree = Arc::new(SignedTree::open(&self.client, &checkpoint).await?);
        if tree.root_at(old).await? != old_root {
            return forked();
        }
        let fetched = self.fetch(&tree, old, progress).await?;
        self.fetch_law().await?;
        let (copy, size, shown) = (Arc::clone(&self.copy), checkpoint.size, note.to_owned());
        blocking(move || copy.publish(old, size, &shown)).await?;
        self.shown = Some((note.to_owned(), checkpoint.clone()));
        Ok(Step { checkpoint, old, fetched })
    }

    /// Stages everything that is new since `old`: says how many bytes of entries came over the network.
    async fn fetch(&self, tree: &Arc<SignedTree>, old: u64, progress: &impl Fn(u64, u64)) -> Result<u64, MirrorError> {
        let size = tree.checkpoint().size;
        let first = old / TILE_WIDTH;
        // New cosignatures on the same tree need no entries.
        let bundles = first..if size > old { size.div_ceil(TILE_WIDTH) } else { first };
        let (mut fetched, mut done, count) = (0, 0, bundles.end - bundles.start);
        // After a failure no more is begun, but what is under way is waited for: nobody writes behind the next step's back.
        let failed = AtomicBool::new(false);
        let is_resumed = self.copy.has_staged();
        let mut failure = None;
        let begun = bundles.take_while(|_| !failed.load(Ordering::Relaxed)).map(|index| {
            let (tree, copy) = (Arc::clone(tree), Arc::clone(&self.copy));
            // A task of its own: the hashing is spread over the cores.
            tokio::spawn(async move { bundle(&tree, copy, index, is_resumed).await })
        });
        let mut bundles = stream::iter(begun).buffer_unordered(self.parallel);
        while let Some(bundle) = bundles.next().await {
            match bundle.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic())) {
                Ok(bytes) => fetched += bytes,
                Err(error) => {
                    failed.store(true, Ordering::Relaxed);
                    failure.get_or_insert(error);
                }
            }
            done += 1;
            progress(done, count);
        }
        if let Some(error) = failure {
            return Err(error);
        }
        for tile in tiles_between(old, size).filter(|tile| tile.level > 0) {
            self.copy.stage(Resource::Hashes(tile), &tree.tile(tile).await?)?;
        }
        Ok(fetched)
    }

    /// Copies the editions of the law that are new. They are named by their hashes, so nobody need vouch for them.
    async fn fetch_law(&self) -> Result<(), MirrorError> {
        let editions = self.client.editions().await.map_err(MirrorError::Fetch)?;
        for id in &editions {
            if !self.copy.has_edition(*id) {
                let bytes = self.client.edition(*id).await.map_err(MirrorError::Fetch)?;
                self.copy.keep_edition(*id, &bytes)?;
            }
        }
        Ok(self.copy.keep_editions(&editions)?)
    }

    fn keep_evidence(&self, what: &str, offered: &str) -> Result<PathBuf, CopyError> {
        let shown = self.shown.as_ref().map_or("", |(note, _)| note);
        self.copy.keep_evidence(what, [shown, offered])
    }
}

/// Stages one bundle and its tile of hashes, from what a cut step left, or from the log; the bytes that were fetched. The
/// hashes are computed, not fetched: they are right when they join to what was signed.
async fn bundle(tree: &SignedTree, copy: Arc<Copy>, index: u64, is_resumed: bool) -> Result<u64, MirrorError> {
    let mut expected = tree.expected(index).await?;
    let tile = expected.tile();
    if is_resumed {
        let copy = Arc::clone(&copy);
        expected = match blocking(move || Ok(left_over(&copy, expected))).await? {
            Ok(()) => return Ok(0),
            Err(expected) => expected,
        };
    }
    let bundle = tree.bundle(&expected).await?;
    let fetched = bundle.bytes.len() as u64;
    blocking(move || {
        copy.stage(Resource::Entries(tile), &bundle.bytes)?;
        copy.stage(Resource::Hashes(tile), &bundle.hashes)
    })
    .await?;
    Ok(fetched)
}

/// Whether both files are there and right.
fn left_over(copy: &Copy, expected: Expected) -> Result<(), Expected> {
    let read = || {
        let bundle = expected.bundle(copy.read(Resource::Entries(expected.tile()))?.into())?;
        (bundle.hashes == copy.read(Resource::Hashes(expected.tile()))?).then_some(())
    };
    read().ok_or(expected)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CopyError> + Send + 'static,
) -> Result<T, MirrorError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?)
}
