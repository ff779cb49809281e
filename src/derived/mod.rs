//! Everything in the database that the entries' bytes say already, compared with them, and repaired.
//!
//! Whoever has rights on the database can write what he likes; the log he can't change unseen. So nothing beside the bytes
//! is evidence of anything. Who reads what, and what a forged value does:
//!
//! | table | read for | what holds without a comparison |
//! |---|---|---|
//! | `entries.bytes` | all else | hash chain and tree: head and edge are held against the signed checkpoint when a service starts or reads them again |
//! | `entries`: other columns | finding the entries of a stream, lists | what is loaded or shown says itself of which stream, kind and time it is, and its key whose; a hidden entry leaves a gap unless it is the last |
//! | `entries.jti`, `.digest` | a record that comes twice | nothing; an audit of the log finds the second one (`jti-reused`) |
//! | `log_head` | where the log goes on | it is that of the last entry; its checkpoint is signed and has the root of the edge |
//! | `tiles` | proofs, the edge | a proof over others does not lead to the signed root |
//! | `keys.public` | signature checks | it hashes to the kid |
//! | `keys.organisation` | whose key it is | only where to look: an entry of that organisation brought the key |
//! | `keys.status`, `.revoked_from` | marks in lists | a decision asks the folded stream |
//! | `due` | where to look for due acts | the folded stream says what is due; a row that is taken away delays |
//! | `entailed` | where to look for evaluations that the service owes | the folded states say what is owed; a row that is taken away delays, and an audit finds what never began |
//! | `stream_reads` | what a bundle takes along | a bundle without what its decisions looked at does not verify |
//! | `bearings` | what a grade of somebody's credit rests on | nothing; an audit of the log finds the grade that left one out |
//! | `disputes` | indicators for supervisors | nothing, and nothing follows from them |
//! | `law` | the editions | each is named by its hash |
//! | `cosigned` | witnessed checkpoints | the signatures of log and witnesses |
//! | `organisations.roles` | which streams to load where a decision looks at all supervisors | a supervisor that is hidden there is not looked at; an audit looks at all of them |
//! | `tenders.follows` | which rounds to load where a decision looks at all that follow one tender | a round that is hidden there is not looked at; an audit looks at all of them |
//! | `successions` | whose bars to look at as well where a decision looks at somebody's | a predecessor that is hidden there is not looked at; an audit looks at all of them |
//! | `credits` | whose grade is looked at again | the folded stream says what is due; a row that is taken away delays |
//! | the other projections | lists | nothing |
//! | `citations` | what may not expire, whose a sealed value is | the entry that is named is read: it holds the digest, and its key says whose it is; a row that is taken away may make another entry the first, and lets a document expire that was uploaded within a month |
//! | `documents` | size before a record may cite it | its bytes have its name as hash; the log says of its row no more than the size, and that it is there |
//! | `uploads` | what counts for whom, what may expire | what a record cites does not expire |
//! | `disclosures` | who may read and take back | the text opens only for the owner for whom it was sealed; the log says nothing of the rest |
//! | `erasures` | what is not taken again | nothing |
//! | `searched` | what a search shows | nothing |
//! | `searched_words` | which things a search finds | nothing, and no comparison reads it: forgotten with `search_head`, it is made anew |
//! | `subscriptions`, `subscription_news`, `subscription_declines`, `subscription_head` | whom to tell of what | nothing: the log says nothing of them, and no decision reads them; they are not compared |
//! | `refusals`, `refusal_head` | how often a rule refused | nothing: the log says nothing of what it does not have, and no decision reads them; they are not compared |
//! | `search_head` | how far the index of texts knows the log | nothing; beyond the log's end it is found |

mod beside;
mod entries;
mod growth;
mod mismatch;
mod replay;
mod rows;
mod streams;

pub use growth::Growth;
pub use mismatch::{Discrepancy, Mismatch};
pub use replay::{Repaired, ReplayError, Replayed, replay};

use crate::law::Editions;
use crate::sequencer::{LoadError, projected};
use crate::store::{
    COSIGNED, DISCLOSURES, DOCUMENTS, Database, Disclosures, ENTRIES, ERASURES, HEAD, LAW, Reads, SEARCH_HEAD,
    SEARCHED, StoreError, TILES, Table, UPLOADS,
};
use entries::Walk;
use rows::Unexplained;
use streams::Streams;

/// Every table there is.
pub fn tables() -> impl Iterator<Item = &'static Table> {
    projected().chain([
        &ENTRIES,
        &HEAD,
        &TILES,
        &LAW,
        &COSIGNED,
        &DOCUMENTS,
        &UPLOADS,
        &DISCLOSURES,
        &ERASURES,
        &SEARCHED,
        &SEARCH_HEAD,
    ])
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
        let rows = Unexplained::read(reads, projected().chain([&TILES, &SEARCHED])).await?;
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
        beside::search_head(reads, &self.walk, found).await?;
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
