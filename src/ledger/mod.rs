//! A running log: its store, its sequencer, its keys and its clock. The one thing that the shell holds on to.

mod clock;
mod compared;
mod cosigned;
mod deposits;
mod disclosure;
mod document;
mod due;
mod folded;
mod grading;
mod highwater;
mod housekeeping;
mod keys;
mod mirrors;
mod naming;
mod proofs;
mod quota;
mod readiness;
mod refusals;
mod signing;

pub use clock::watch_clock;
pub use compared::{Contradiction, START_PATIENCE, compare_for_ever};
pub use cosigned::{WitnessStatus, Witnesses};
pub use disclosure::{Content, Gone, KeptDisclosure};
pub use document::Filed;
pub use due::propose_for_ever;
pub use folded::{Folded, Folding};
pub use grading::grade_for_ever;
pub use highwater::keep_high_water;
pub use housekeeping::{Expired, tidy_for_ever};
pub use keys::LogKeys;
pub use mirrors::{MIRRORS_MAX, MirrorAnswer, MirrorStatus, Mirrors};
pub use quota::{UNCITED_MILLIS, UncitedList, UncitedQuota};
pub use readiness::Readiness;
pub use refusals::count_refusals_for_ever;

use crate::act::Role;
use crate::clock::{Clock, Doubt};
use crate::field::OrganisationId;
use crate::highwater::{Divergence, HighWater, HighWaterError, Rewound, Voucher};
use crate::identity::{self, LogOpening, LogState, open_log};
use crate::law::{self, Edition, Editions};
use crate::log::{Checkpoint, CheckpointError, NoteError, Policy};
use crate::metrics::Metrics;
use crate::problem::{self, Refusal};
use crate::record::{Header, KeyFileError, KeyId, PrivateKey, PublicKey, Record};
use crate::sequencer::{
    Admitted, LoadError, Outcome, Owners, Receipt, RefusalTally, Rejected, Sequencer, Setting, Underway, Unverified,
};
use crate::store::{Database, Disclosures, DocumentError, Documents, Objects, Pools, StoreError, TreeReader};
use crate::world::{Act, Stream};
use bytes::Bytes;
use naming::Adopted;
use quick_cache::sync::Cache;
use quota::Arriving;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, RwLock};
use tokio::sync::watch;

/// Who runs a new log, and what it is called.
#[derive(Clone, Debug)]
pub struct NewLog {
    pub origin: String,
    pub operator: OrganisationId,
    pub operator_name: String,
    /// The edition that it adopts first.
    pub law: Arc<Edition>,
}

/// Where a log is kept.
pub struct Home {
    pub database_url: String,
    pub objects: Objects,
    pub keys: LogKeys,
    pub opening: NewLog,
    pub clock: Clock,
    /// The witnesses to ask, and how many of them make a checkpoint count.
    pub policy: Option<Policy>,
    /// How far the log is known to have come, whatever the database says.
    pub high_water: HighWater,
}

/// Why a log can't be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Key(#[from] KeyFileError),
    #[error(transparent)]
    Documents(#[from] DocumentError),
    #[error("object store: {0}")]
    Objects(#[from] object_store::Error),
    #[error("the origin is not a key name: {0}")]
    Origin(#[from] NoteError),
    #[error("the log could not be opened: {0}")]
    Opening(Rejected),
    #[error("{0}")]
    Refused(#[from] Refusal),
    #[error("the witness policy is about other logs: none of its log lines names {0}")]
    Policy(String),
    #[error("{0}")]
    Clock(#[from] Doubt),
    #[error("the stored checkpoint does not hold: {0}")]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    HighWater(#[from] HighWaterError),
    #[error("{0}")]
    Rewound(#[from] Rewound),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
}

/// A running log.
pub struct Ledger {
    pub database: Database,
    pub documents: Documents,
    disclosures: Disclosures,
    arriving: Arc<Arriving>,
    objects: Objects,
    pub tree: TreeReader,
    pub clock: Clock,
    pub editions: Editions,
    pub owners: Owners,
    pub metrics: Arc<Metrics>,
    refusals: Arc<RefusalTally>,
    sequencer: Sequencer,
    keys: LogKeys,
    identity: RwLock<Arc<LogState>>,
    /// Every view needs it, and it seldom changes.
    adopted: RwLock<Option<Adopted>>,
    /// The newest one that was read, as a note and as what it says.
    last_checkpoint: Mutex<Option<(String, Checkpoint)>>,
    witnesses: Option<Witnesses>,
    /// Those that readers are told of.
    pub mirrors: Mirrors,
    /// When the stores were last probed.
    probed: Mutex<Option<std::time::Instant>>,
    contradiction: RwLock<Option<Contradiction>>,
    high_water: HighWater,
    /// All that entries before this one oblige the service to begin has begun.
    owed_from: AtomicU64,
    /// Tenders' entries before this one have set no clock of a refund going that nobody started.
    clocks_from: AtomicU64,
    credits: grading::KeptCredits,
    /// A key never changes owner, so what was read once holds for ever.
    known_keys: Cache<KeyId, (PublicKey, OrganisationId)>,
}

const KEYS_CACHED: usize = 10_000;

impl Ledger {
    /// Opens a log, and begins it with `log.opened` when it is new.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn open(home: Home) -> Result<Arc<Self>, LedgerError> {
        let Home { database_url, objects, keys, opening, clock, policy, high_water } = home;
        let database = Database::open(&database_url).await?;
        let opened = keys.opening(&opening)?;
        let log = open_log(&opened, 0, clock.now())?;
        let (editions, owners, metrics) = (Editions::built_in(), Owners::default(), Arc::new(Metrics::default()));
        let refusals = Arc::<RefusalTally>::default();
        let setting = Setting {
            database: database.clone(),
            origin: opening.origin.clone(),
            checkpoint_keys: keys.checkpoint.clone(),
            clock: clock.clone(),
            editions: editions.clone(),
            owners: owners.clone(),
            metrics: Arc::clone(&metrics),
            refusals: Arc::clone(&refusals),
        };
        let (sequencer, _task) = Sequencer::start(setting).await?;
        let ledger = Arc::new(Self {
            tree: TreeReader::new(database.clone()),
            database,
            documents: Documents::new(objects.clone()),
            disclosures: Disclosures::new(objects.clone()),
            arriving: Arc::default(),
            objects,
            clock,
            editions,
            owners,
            metrics,
            refusals,
            sequencer,
            keys,
            identity: RwLock::new(Arc::new(log)),
            adopted: RwLock::default(),
            last_checkpoint: Mutex::default(),
            witnesses: policy.map(Witnesses::new),
            mirrors: Mirrors::default(),
            probed: Mutex::default(),
            contradiction: RwLock::default(),
            high_water,
            owed_from: AtomicU64::new(0),
            clocks_from: AtomicU64::new(0),
            credits: grading::KeptCredits::default(),
            known_keys: Cache::new(KEYS_CACHED),
        });
        // Serves all the same: reading needs no clock.
        let _ = ledger.doubt_of_clock().await?;
        if *ledger.size().borrow() == 0 {
            ledger.must_be_new()?;
            ledger.begin(opened, &opening.law).await?;
        }
        ledger.read_identity().await?;
        ledger.trusts_this_log()?;
        // The stored checkpoint must hold, or we would go on from what is not this log's.
        ledger.checkpoint().await?;
        if let Some((_, mark)) = ledger.high_water.mark() {
            // Serves all the same: what is there can be read, and compared by others.
            ledger.hold_against(Voucher::Mark, &mark).await?;
        }
        ledger.recall_cosigned().await?;
        // Serves all the same, and counts from the next start on.
        if let Err(error) = ledger.database.begin_refusals(ledger.clock.now()).await {
            tracing::warn!(%error, "refusals are not counted");
        }
        Ok(ledger)
    }

    /// A database without a log begins one; not where there was one before.
    fn must_be_new(&self) -> Result<(), Rewound> {
        let Some((_, mark)) = self.high_water.mark().filter(|(_, mark)| mark.size > 0) else { return Ok(()) };
        Err(Rewound { voucher: Voucher::Mark, divergence: Divergence::Behind { known: mark.size, size: 0 } })
    }

    async fn begin(&self, opened: LogOpening, edition: &Edition) -> Result<(), LedgerError> {
        let (bytes, size) = (Bytes::copy_from_slice(edition.bytes()), edition.bytes().len() as u64);
        let chunks = futures::stream::iter([Ok(bytes)]);
        self.keep_document(edition.id, chunks, size, &opened.operator, UncitedQuota::NONE).await?;
        let record = self.sign(&self.keys.operator, &Stream::LOG, &identity::Act::from(opened).into());
        let admitted = self.admit(record, None).await.map_err(LedgerError::Opening)?;
        match self.submit(admitted).await {
            Ok(_) => Ok(()),
            // Another replica has begun it at the same moment.
            Err(Rejected::Refused(_)) if *self.size().borrow() > 0 => Ok(()),
            Err(rejected) => Err(LedgerError::Opening(rejected)),
        }
    }

    /// The log's size, as it grows.
    pub fn size(&self) -> watch::Receiver<u64> {
        self.sequencer.size()
    }

    /// The log's size at this moment, with what other replicas have written.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn size_now(&self) -> Result<u64, StoreError> {
        let known = *self.size().borrow();
        match self.database.pools {
            Pools::Sqlite { .. } => Ok(known),
            Pools::Postgres(_) => Ok(self.database.head().await?.map_or(known, |(size, _)| size.max(known))),
        }
    }

    /// Signs an act now, for whoever holds the key.
    pub fn sign(&self, key: &PrivateKey, stream: &Stream, act: &Act) -> Record {
        let iat = self.clock.now().seconds();
        let header = Header::new(key.key_id(), &self.origin(), act.kind(), stream.as_str(), iat);
        Record::sign(key, &header, &serde_json::to_vec(&act.to_value()).unwrap_or_default())
    }

    /// Signs and appends an act of the service.
    ///
    /// # Errors
    /// See [`Rejected`].
    pub async fn act_as_service(&self, stream: &Stream, act: &Act) -> Result<Receipt, Rejected> {
        self.act_as(&self.keys.service, stream, act).await
    }

    /// Signs and appends an act under a key that the caller holds.
    ///
    /// # Errors
    /// See [`Rejected`].
    pub async fn act_as(&self, key: &PrivateKey, stream: &Stream, act: &Act) -> Result<Receipt, Rejected> {
        self.submit(self.admit(self.sign(key, stream, act), None).await?).await
    }

    /// The service's key, for what it says in its own name.
    pub fn service_key(&self) -> &PrivateKey {
        &self.keys.service
    }

    /// The keys that checkpoints are signed with, as far as they are at hand.
    pub fn checkpoint_keys(&self) -> &[PrivateKey] {
        &self.keys.checkpoint
    }

    /// The key of which links of subscriptions are made.
    pub fn link_key(&self) -> &PrivateKey {
        &self.keys.links
    }

    /// The operator's key, for those who run the service.
    pub fn operator_key(&self) -> &PrivateKey {
        &self.keys.operator
    }

    /// Parses a record and checks its signature.
    ///
    /// # Errors
    /// What is wrong with it; `unavailable` when its key can't be looked up.
    pub async fn admit(&self, record: Record, kind: Option<&str>) -> Result<Admitted, Rejected> {
        let candidate = Unverified::parse(record, kind)?;
        let key = self.signing_key(&candidate).await?;
        Ok(candidate.verify(&key)?)
    }

    /// Appends an admitted record: returns once it is durable and included.
    ///
    /// # Errors
    /// See [`Rejected`].
    pub async fn submit(&self, admitted: Admitted) -> Result<Receipt, Rejected> {
        self.outcome(self.enqueue(admitted).await?).await
    }

    /// As [`Self::submit`], but returns as soon as the record has its place in the queue: what is queued first is decided
    /// first.
    ///
    /// # Errors
    /// See [`Rejected`].
    pub async fn enqueue(&self, admitted: Admitted) -> Result<Underway, Rejected> {
        if let Some(contradiction) = self.contradiction() {
            return Err(contradiction.refusal().into());
        }
        if let Some(rewound) = self.rewound() {
            return Err(rewound.refusal().into());
        }
        self.require_law(&admitted).await?;
        self.sequencer.enqueue(admitted)
    }

    /// Waits for the receipt of a queued record.
    ///
    /// # Errors
    /// See [`Rejected`].
    pub async fn outcome(&self, pending: Underway) -> Result<Receipt, Rejected> {
        match pending.outcome().await? {
            Outcome::Appended(receipt) | Outcome::Rehearsed(receipt) => Ok(receipt),
            Outcome::Known { index } => match self.receipt(index).await {
                Ok(Some(receipt)) => Ok(receipt),
                Ok(None) => Err(Rejected::Unavailable),
                Err(error) => Err(unavailable(&error)),
            },
        }
    }

    /// An edition that is to be adopted is read before the sequencer decides.
    async fn require_law(&self, admitted: &Admitted) -> Result<(), Rejected> {
        let Act::Log(identity::Act::LawAdopted(adoption)) = admitted.act() else { return Ok(()) };
        let id = adoption.edition.sha256;
        // Who may not adopt law is told so by the decision, and leaves nothing here.
        if self.editions.get(&id).is_some() || !self.has_role(&admitted.header().kid, Role::Supervisor).await? {
            return Ok(());
        }
        let bytes = match self.documents.read(id, law::EDITION_BYTES_MAX).await {
            Ok(Some(bytes)) => bytes,
            // The document is there, but too long for one.
            Ok(None) => return Err(Refusal::law_unknown(&id).into()),
            // The sequencer says so.
            Err(DocumentError::Missing) => return Ok(()),
            Err(error) => return Err(unavailable(&error)),
        };
        match self.editions.add(&bytes) {
            Ok(_) => Ok(()),
            Err(error) => {
                let (zh, en) = (format!("无法解释法规版本 {id}：{error}"), format!("edition {id}: {error}"));
                Err(Refusal::new(&problem::LAW_UNKNOWN, zh, en).into())
            }
        }
    }
}

/// The caller is told only that the log is unavailable; the log of the service says why.
fn unavailable(error: &dyn std::fmt::Display) -> Rejected {
    tracing::error!(%error, "the store can't be read");
    Rejected::Unavailable
}
