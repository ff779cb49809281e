//! Everything in the database that the entries' bytes say already, compared with them, and repaired.
//!
//! Whoever has rights on the database can write what he likes; the log he can't change unseen. So nothing beside the bytes
//! is evidence of anything. Who reads what, and what a forged value does:
//!
//! | table | read for | what holds without an audit |
//! |---|---|---|
//! | `entries.bytes` | all else | hash chain and tree; the last one is held against the head when a service starts |
//! | `entries`: other columns | finding the entries of a stream, lists | an entry that is loaded must say the same itself; that one is *hidden* only this room finds |
//! | `entries.jti`, `.digest` | a record that comes twice | nothing: this room, and an audit (`jti-reused`) |
//! | `log_head` | where the log goes on | size, last hash, time and origin are those of the last entry, the checkpoint is signed, and its root is that of the edge |
//! | `tiles` | proofs, the edge | a proof over others does not lead to the signed root |
//! | `keys.public` | signature checks | it must hash to the kid |
//! | `keys.organisation` | whose key it is | the organisation's own stream must have brought it |
//! | `keys.status`, `.revoked_from` | lists | the decision asks the folded stream |
//! | `due` | where to look for due acts | the folded stream says what is due; a row taken away delays |
//! | `stream_reads`, `bearings` | bundles | a bundle without what its decisions looked at does not verify |
//! | `law` | the editions | they are named by their hash |
//! | `cosigned` | witnessed checkpoints | signatures of log and witnesses |
//! | other projections | lists | nothing: this room |
//! | `documents`, `disclosures` | deposits | a document is named by its hash; a disclosure opens only for the owner whom it was sealed for. When something was stored or erased, and why, the log does not say |

mod beside;
mod entries;
mod mismatch;
mod replay;
mod rows;
mod streams;

pub use mismatch::{Difference, Mismatch};
pub use replay::{Repaired, ReplayError, Replayed, replay};

use crate::law::Editions;
use crate::sequencer::{LoadError, projected};
use crate::store::{
    COSIGNED, DISCLOSURES, DOCUMENTS, Database, Disclosures, ENTRIES, HEAD, LAW, Reads, StoreError, TILES, Table,
};
use entries::Walk;
use rows::Unexplained;
use streams::Streams;

/// Every table there is.
pub fn tables() -> impl Iterator<Item = &'static Table> {
    projected().chain([&ENTRIES, &HEAD, &TILES, &LAW, &COSIGNED, &DOCUMENTS, &DISCLOSURES])
}

/// A comparison under way. Between two steps others may write: each step sees one state of the database.
pub(crate) struct Comparison {
    editions: Editions,
    walk: Walk,
    rows: Unexplained,
    stage: Stage,
}

enum Stage {
    Entries,
    Streams(Streams),
    Beside,
    Done,
}

impl Comparison {
    /// Takes note of the rows that there are.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn begin(reads: &mut impl Reads, editions: &Editions) -> Result<Self, StoreError> {
        beside::learn(reads, editions).await?;
        let walk = Walk::new(editions, beside::cosigned_sizes(reads).await?.into_iter());
        let rows = Unexplained::read(reads, projected().chain([&TILES])).await?;
        Ok(Self { editions: editions.clone(), walk, rows, stage: Stage::Entries })
    }

    /// Entries that were read so far.
    pub fn entries(&self) -> u64 {
        self.walk.size()
    }

    /// Goes a step on, and adds what it finds; `false` when there is nothing more to compare.
    ///
    /// # Errors
    /// The store can't be read, or what it holds is no log.
    pub async fn step(&mut self, reads: &mut impl Reads, found: &mut Vec<Mismatch>) -> Result<bool, LoadError> {
        if matches!(self.stage, Stage::Streams(_) | Stage::Beside) {
            // What others have appended since.
            while self.walk.step(reads, found).await? {}
        }
        match &mut self.stage {
            Stage::Entries => {
                if !self.walk.step(reads, found).await? {
                    self.stage = Stage::Streams(Streams::new(&self.walk, &self.editions));
                }
            }
            Stage::Streams(streams) => {
                if !streams.step(reads, &self.walk, &mut self.rows, found).await? {
                    self.stage = Stage::Beside;
                }
            }
            Stage::Beside => {
                self.beside(reads, found).await?;
                self.stage = Stage::Done;
            }
            Stage::Done => return Ok(false),
        }
        Ok(true)
    }

    async fn beside(&mut self, reads: &mut impl Reads, found: &mut Vec<Mismatch>) -> Result<(), LoadError> {
        self.walk.edge(reads, found).await?;
        self.rows.explain(&TILES, &self.walk.tiles().collect::<Vec<_>>());
        beside::head(reads, &mut self.walk, found).await?;
        beside::law(reads, &self.walk, &self.editions, found).await?;
        beside::cosigned(reads, &self.walk, found).await?;
        beside::owners(reads, &self.walk, found).await?;
        Ok(self.rows.surplus(reads, found).await?)
    }
}

/// Compares a whole database with its log, hands over every row that differs, and says how many entries there are. Whose a
/// disclosure is shows only where the texts are at hand, too.
///
/// # Errors
/// The store can't be read, or what it holds is no log: then what was not handed over is not known.
pub async fn compare(
    database: &Database,
    disclosures: Option<&Disclosures>,
    editions: &Editions,
    mut tell: impl FnMut(Mismatch),
) -> Result<u64, LoadError> {
    let mut comparison = Comparison::begin(&mut database.snapshot().await?, editions).await?;
    let mut found = Vec::new();
    while comparison.step(&mut database.snapshot().await?, &mut found).await? {
        found.drain(..).for_each(&mut tell);
    }
    if let Some(disclosures) = disclosures {
        beside::sealed(&mut database.snapshot().await?, disclosures, &mut found).await?;
        found.into_iter().for_each(tell);
    }
    Ok(comparison.entries())
}
