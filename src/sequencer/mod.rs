//! The only writer: puts admitted records in one order, many at a time.
//!
//! All records that wait while one transaction commits form the next one (group commit). Decisions are taken here, one
//! after the other, on the state at that very point of the log and under the lock of the log's head; so two decisions
//! can't both rest on a state that one of them changes, whether they come from two connections or from two replicas.

mod admission;
mod batch;
mod bearings;
mod company;
mod documents;
mod known;
mod loader;
mod owners;
mod refused;
mod rows;
mod signers;

pub use admission::{Admitted, Unverified, jws_refusal};
pub use bearings::{is_subject, read_bearings, subjects};
pub use loader::{LoadError, LoadedEntry, learn_law, load_streams, read_stream};
pub use owners::Owners;
pub use refused::RefusalTally;
pub use rows::projections;
pub(crate) use rows::{History, edition_row, entry_row, head_row, projected, rows_of, tile_row};
pub use signers::signers;

use crate::clock::{Clock, Doubt};
use crate::field::Instant;
use crate::law::Editions;
use crate::log::Hash;
use crate::metrics::Metrics;
use crate::problem::Refusal;
use crate::record::PrivateKey;
use crate::store::{Database, Pools};
use batch::Writer;
use company::Company;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

/// Records in one transaction: beyond this a batch only grows its latency, not the throughput.
const BATCH_RECORDS_MAX: usize = 512;
/// Records that may wait; more are told that the service is unavailable rather than left to time out.
const QUEUE_RECORDS_MAX: usize = 8192;

/// An accepted record: where it stands, and the proof of it.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub index: u64,
    pub time: Instant,
    pub stream: String,
    pub version: u64,
    pub entry_hash: Hash,
    /// C2SP tlog-proof.
    pub proof: String,
    pub reception: Reception,
}

/// How a record came to its receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reception {
    /// It was appended.
    New,
    /// It had been accepted before.
    Known,
    /// It was decided only, and would stand there if it were posted now. There is no proof of it.
    Rehearsed,
}

/// Why a record was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum Rejected {
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The store failed or the queue is full. The record may or may not be in the log: posting it again tells.
    #[error("the log is unavailable")]
    Unavailable,
    /// Nobody can say at what time it would be accepted.
    #[error("{0}")]
    Clock(#[from] Doubt),
}

/// What the queue carries.
struct Submission {
    admitted: Admitted,
    reply: oneshot::Sender<Result<Outcome, Rejected>>,
}

/// The sequencer's answer.
#[derive(Debug)]
pub enum Outcome {
    Appended(Receipt),
    /// It would be appended, and was not.
    Rehearsed(Receipt),
    /// The same bytes are in the log already, at this index.
    Known {
        index: u64,
    },
}

/// The handle by which records reach the log. Cheap to clone.
#[derive(Clone)]
pub struct Sequencer {
    queue: mpsc::Sender<Submission>,
    size: watch::Receiver<u64>,
}

/// A record on its way into the log.
pub struct Underway(oneshot::Receiver<Result<Outcome, Rejected>>);

impl Underway {
    /// Waits until the record is durable and included, or refused.
    ///
    /// # Errors
    /// See [`Rejected`].
    pub async fn outcome(self) -> Result<Outcome, Rejected> {
        self.0.await.map_err(|_| Rejected::Unavailable)?
    }
}

/// How soon the followers of this replica hear of what another one wrote.
const OTHERS_EVERY: Duration = Duration::from_millis(500);

fn publish(size: &watch::Sender<u64>, committed: u64) {
    size.send_if_modified(|known| {
        let grown = *known < committed;
        *known = committed.max(*known);
        grown
    });
}

/// Other replicas write to the same log: looks at its head until nobody holds this sequencer any more.
async fn follow_others(database: Database, size: Arc<watch::Sender<u64>>) {
    loop {
        tokio::select! {
            () = size.closed() => return,
            () = tokio::time::sleep(OTHERS_EVERY) => {}
        }
        match database.head().await {
            Ok(Some((committed, _))) => publish(&size, committed),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the log's head can't be read"),
        }
    }
}

/// What the sequencer needs of the world around it.
pub struct Setting {
    pub database: Database,
    /// What a new log is called; one that exists may go by another name already.
    pub origin: String,
    /// The private checkpoint keys at hand; the first one begins a new log.
    pub checkpoint_keys: Vec<PrivateKey>,
    pub clock: Clock,
    /// The editions of the law at hand: those that are adopted, and those that may be.
    pub editions: Editions,
    pub owners: Owners,
    pub metrics: Arc<Metrics>,
    pub refusals: Arc<RefusalTally>,
}

impl Sequencer {
    /// Reads the log's right edge and starts the writing task, which ends when every handle is dropped.
    ///
    /// # Errors
    /// The store can't be read, or holds a log of another origin.
    pub async fn start(setting: Setting) -> Result<(Self, tokio::task::JoinHandle<()>), LoadError> {
        let database = setting.database.clone();
        let mut writer = Writer::open(setting).await?;
        let (queue, mut waiting) = mpsc::channel::<Submission>(QUEUE_RECORDS_MAX);
        let (sender, size) = watch::channel(writer.size());
        let sender = Arc::new(sender);
        if let Pools::Postgres(_) = database.pools {
            tokio::spawn(follow_others(database, Arc::clone(&sender)));
        }
        let task = tokio::spawn(async move {
            let (mut batch, mut company) = (Vec::with_capacity(BATCH_RECORDS_MAX), Company::default());
            while waiting.recv_many(&mut batch, BATCH_RECORDS_MAX).await > 0 {
                company.joins(&mut waiting, &mut batch).await;
                let (records, began) = (batch.len(), std::time::Instant::now());
                writer.write(std::mem::take(&mut batch), &sender).await;
                company = Company::answered(records, began.elapsed());
            }
        });
        Ok((Self { queue, size }, task))
    }

    /// Queues a record behind those that were queued before it, and returns what its outcome can be awaited by.
    ///
    /// # Errors
    /// [`Rejected::Unavailable`]: the queue is full.
    pub fn enqueue(&self, admitted: Admitted) -> Result<Underway, Rejected> {
        let (reply, answer) = oneshot::channel();
        self.queue.try_send(Submission { admitted, reply }).map_err(|_| Rejected::Unavailable)?;
        Ok(Underway(answer))
    }

    /// The size of the log as last seen by this process; changes wake those who follow the log.
    pub fn size(&self) -> watch::Receiver<u64> {
        self.size.clone()
    }
}
