//! 静态发布: the log as static files in a folder or a bucket, so that reading it is a CDN's work and goes on when the
//! service does not.
//!
//! A reader of the place never meets a checkpoint whose tiles are missing: tiles and bundles are written first, the
//! checkpoint when all of them are there, and only then the partial tiles go whose full tile has come (C2SP tlog-tiles lets
//! a log do that, and readers ask for the full one then). The place itself tells how far it has come, by its checkpoint.

mod tiles;

use crate::field::DocumentId;
use crate::highwater::{Rewound, Voucher};
use crate::law::{EDITIONS_PATH, edition_path, editions_list};
use crate::ledger::{Ledger, LedgerError};
use crate::log::{Checkpoint, CheckpointError, NoteError};
use crate::store::{Lease, Objects, Served, StoreError};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// Why the log is not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishingError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("the place can't be read or written: {0}")]
    Objects(#[from] object_store::Error),
    #[error("what is published there is not a checkpoint of this log: {0}")]
    Foreign(#[from] CheckpointError),
    #[error("{0}")]
    Rewound(#[from] Rewound),
    /// What was lost stands there; nobody takes back what was published.
    #[error("entries are published there that the log has lost: publish it in another place")]
    Disowned,
}

impl From<crate::store::StoreError> for PublishingError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Ledger(error.into())
    }
}

/// A log and the place where it is published.
pub struct Publisher {
    ledger: Arc<Ledger>,
    place: Objects,
    /// Entries under the checkpoint that stands there; `None` until it was looked at.
    published: Option<u64>,
    /// The notes that stand there.
    checkpoint: String,
    witnessed: String,
    /// The editions of the law that stand there.
    editions: Vec<DocumentId>,
}

/// How often the log is looked at: a checkpoint for every record would only be requests.
const ROUND_EVERY: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// Caches may keep a checkpoint for a moment, tiles for ever.
const CHECKPOINT: Served = Served { content_type: "text/plain; charset=utf-8", cache_control: "public, max-age=1" };

/// Publishes for ever; drop the future to stop. Of several replicas one does, the others wait for it to end.
pub async fn run(ledger: Arc<Ledger>, place: Objects) {
    let mut rounds = tokio::time::interval(ROUND_EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut publisher = Publisher::new(Arc::clone(&ledger), place);
    let mut lease = None;
    let mut failures = 0u32;
    loop {
        rounds.tick().await;
        let round = async {
            if !Lease::holds(&mut lease, &ledger.database).await? {
                // Whoever publishes now moves the place on.
                publisher.published = None;
                return Ok(());
            }
            publisher.round().await
        };
        match round.await {
            Ok(()) => failures = 0,
            Err(error) => {
                tracing::error!(%error, "the log is not published");
                ledger.metrics.publishing_failed();
                failures = failures.saturating_add(1);
                publisher.published = None;
                tokio::time::sleep(Duration::from_secs(1 << failures.min(6)).min(PAUSE_MAX)).await;
            }
        }
    }
}

impl Publisher {
    pub fn new(ledger: Arc<Ledger>, place: Objects) -> Self {
        Self {
            ledger,
            place,
            published: None,
            checkpoint: String::new(),
            witnessed: String::new(),
            editions: Vec::new(),
        }
    }

    /// Brings the place up to the log as it is now.
    ///
    /// # Errors
    /// See [`PublishingError`]. What a broken round has left is completed or removed by the next one.
    pub async fn round(&mut self) -> Result<(), PublishingError> {
        let (note, checkpoint) = self.ledger.cosigned_checkpoint().await?;
        let published = match self.published {
            Some(published) => published,
            None => self.look().await?,
        };
        if published < checkpoint.size {
            tiles::write(&self.ledger, &self.place, published, checkpoint.size).await?;
        }
        self.publish_law().await?;
        if note != self.checkpoint {
            self.place.write("checkpoint", Bytes::from(note.clone()), Some(CHECKPOINT)).await?;
            self.checkpoint = note;
        }
        if published < checkpoint.size {
            tiles::remove_outgrown(&self.place, published, checkpoint.size).await?;
        }
        self.published = Some(checkpoint.size);
        let witnessed = self.ledger.witnesses().and_then(crate::ledger::Witnesses::witnessed);
        // Its tiles are there once the tree has come as far.
        if let Some((note, _)) = witnessed.filter(|(note, of)| of.size <= checkpoint.size && *note != self.witnessed) {
            self.place.write("witnessed-checkpoint", Bytes::from(note.clone()), Some(CHECKPOINT)).await?;
            self.witnessed = note;
        }
        self.ledger.metrics.published_size(checkpoint.size);
        Ok(())
    }

    /// Writes the editions of the law that are new there.
    async fn publish_law(&mut self) -> Result<(), PublishingError> {
        let editions = self.ledger.database.editions().await?;
        if editions == self.editions {
            return Ok(());
        }
        for id in editions.iter().filter(|id| !self.editions.contains(id)) {
            let bytes = self.ledger.database.edition(*id).await?;
            let bytes = bytes.ok_or_else(|| StoreError::Damaged(format!("no edition {id} of the law")))?;
            self.place.write(&edition_path(*id), bytes.into(), Some(tiles::TILE)).await?;
        }
        let list = Bytes::from(editions_list(&editions));
        self.place.write(EDITIONS_PATH, list, Some(CHECKPOINT)).await?;
        self.editions = editions;
        Ok(())
    }

    /// How far the place has come; and what a broken round has left over is removed.
    async fn look(&mut self) -> Result<u64, PublishingError> {
        let Some((note, published)) = self.standing().await? else { return Ok(0) };
        if self.ledger.identity().disowns(&published) {
            return Err(PublishingError::Disowned);
        }
        tiles::remove_all_outgrown(&self.place, published.size).await?;
        self.checkpoint = note;
        Ok(published.size)
    }

    /// The checkpoint that stands in the place: the log goes on from it.
    ///
    /// # Errors
    /// See [`PublishingError`].
    pub async fn standing(&self) -> Result<Option<(String, Checkpoint)>, PublishingError> {
        let Some(bytes) = self.place.read("checkpoint").await? else { return Ok(None) };
        let note = std::str::from_utf8(&bytes).map_err(|_| CheckpointError::Note(NoteError::Malformed))?;
        // It may stand there since before a key was replaced or the log renamed.
        let published = Checkpoint::open_any(note, &self.ledger.identity().all_keys())?;
        match self.ledger.hold_against(Voucher::Published, &published).await? {
            Some(rewound) => Err(rewound.into()),
            None => Ok(Some((note.to_owned(), published))),
        }
    }
}
