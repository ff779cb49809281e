//! Who makes bundles: one after the other, in the order in which they were asked for.

use super::limits::{LIMIT, ORDERS_MAX, ORDERS_OF_PEER_MAX, PATIENCE};
use super::made::{MadeBundle, Taken};
use super::shelf::Shelf;
use crate::bundle::{BundleExportError, Maker, Scope, digest_of, make_bundle};
use crate::http::{Extent, Peer, Pool, Share, Spent};
use crate::ledger::Ledger;
use crate::store::StoreError;
use std::collections::HashMap;
use std::io::Seek;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

/// Why somebody gets no bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unmade {
    /// The log knows nothing of it.
    Unknown,
    /// It would come to more than [`LIMIT`].
    TooLarge,
    /// It is not made yet.
    Underway,
    /// This peer has as many in the making as it may.
    OfPeer,
    /// As many are in the making as may be, or what was made is being read and takes all the room.
    Full,
    /// The service's log says why.
    Failed,
}

/// What came of an order, once something has.
type Outcome = Option<Result<Arc<MadeBundle>, Unmade>>;

/// What waits to be made.
struct Order {
    scope: Scope,
    outcome: watch::Sender<Outcome>,
    /// Whoever asked first; held until it is made, whether or not somebody still waits: to break off and ask anew wins nothing.
    share: Share,
}

/// Makes bundles for whoever asks.
pub struct Workshop {
    ledger: Arc<Ledger>,
    /// The file system on which they are kept.
    folder: PathBuf,
    shelf: Mutex<Shelf>,
    taken: Arc<Taken>,
    /// Those in the making, by the streams of their subjects.
    orders: Mutex<HashMap<String, watch::Receiver<Outcome>>>,
    places: Arc<Pool>,
    queue: mpsc::Sender<Order>,
}

impl Workshop {
    /// Keeps bundles, without names, on the file system of this folder.
    pub fn new(ledger: Arc<Ledger>, folder: PathBuf) -> Arc<Self> {
        // As many places as orders, so that who has one is never refused.
        let (queue, orders) = mpsc::channel(ORDERS_MAX);
        let workshop = Arc::new(Self {
            ledger,
            folder,
            shelf: Mutex::default(),
            taken: Arc::default(),
            orders: Mutex::default(),
            places: Pool::new(Extent { total: ORDERS_MAX, per_peer: ORDERS_OF_PEER_MAX }),
            queue,
        });
        tokio::spawn(work(Arc::downgrade(&workshop), orders));
        workshop
    }

    /// What is kept stays right whatever panicked: each change is one call.
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn orders(&self) -> MutexGuard<'_, HashMap<String, watch::Receiver<Outcome>>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bundle of what a part is about, with every record that its own stream has now.
    ///
    /// # Errors
    /// See [`Unmade`].
    pub(super) async fn bundle(&self, scope: Scope, peer: Peer) -> Result<Arc<MadeBundle>, Unmade> {
        let version = self.version(&scope).await.map_err(|error| failed(&scope, &error))?;
        // The operator is an organisation by the log's first record, without a stream of its own.
        let is_operator = matches!(&scope, Scope::Organisation(id) if self.ledger.identity().operator == *id);
        if version == 0 && !is_operator {
            return Err(Unmade::Unknown);
        }
        let subject = scope.to_string();
        let made = async {
            loop {
                if let Some(made) = self.shelf().find(&subject, version, self.ledger.clock.now()) {
                    return Ok(made);
                }
                let mut underway = self.order(&scope, &subject, peer)?;
                let outcome = underway.wait_for(Option::is_some).await.map_err(|_| Unmade::Failed)?.clone();
                // Those that were begun before the newest record came don't have it.
                match outcome.unwrap_or(Err(Unmade::Failed)) {
                    Ok(made) if made.version < version => {}
                    outcome => return outcome,
                }
            }
        };
        tokio::time::timeout(PATIENCE, made).await.unwrap_or(Err(Unmade::Underway))
    }

    /// How many entries the stream of a subject has.
    async fn version(&self, scope: &Scope) -> Result<u64, StoreError> {
        self.ledger.database.stream_version(&scope.to_string()).await
    }

    /// Orders a bundle, unless somebody has.
    fn order(&self, scope: &Scope, subject: &str, peer: Peer) -> Result<watch::Receiver<Outcome>, Unmade> {
        let mut orders = self.orders();
        if let Some(underway) = orders.get(subject) {
            return Ok(underway.clone());
        }
        let share = self.places.take(peer, 1).map_err(|spent| match spent {
            Spent::ByPeer => Unmade::OfPeer,
            Spent::ByAll => Unmade::Full,
        })?;
        let (outcome, underway) = watch::channel(None);
        let order = Order { scope: scope.clone(), outcome, share };
        self.queue.try_send(order).map_err(|_| Unmade::Full)?;
        orders.insert(subject.to_owned(), underway.clone());
        Ok(underway)
    }

    /// Makes one, on a thread where it may take its time.
    async fn make(self: Arc<Self>, scope: Scope) -> Result<Arc<MadeBundle>, Unmade> {
        if !self.shelf().makes_room(|| self.taken.bytes()) {
            return Err(Unmade::Full);
        }
        let (handle, subject) = (Handle::current(), scope.to_string());
        let made = tokio::task::spawn_blocking(move || {
            let made = handle.block_on(make(&self, scope.clone()));
            made.map(Arc::new).map_err(|error| match error {
                BundleExportError::Unknown(_) => Unmade::Unknown,
                BundleExportError::TooLarge(_) => Unmade::TooLarge,
                error => failed(&scope, &error),
            })
        });
        made.await.unwrap_or_else(|error| {
            tracing::error!(subject, %error, "the maker of bundles panicked");
            Err(Unmade::Failed)
        })
    }
}

/// Makes what is ordered, until nobody can order any more.
async fn work(workshop: std::sync::Weak<Workshop>, mut orders: mpsc::Receiver<Order>) {
    while let Some(Order { scope, outcome, share }) = orders.recv().await {
        let Some(workshop) = workshop.upgrade() else { return };
        let (subject, began) = (scope.to_string(), std::time::Instant::now());
        let made = Arc::clone(&workshop).make(scope).await;
        let took = began.elapsed();
        if let Ok(made) = &made {
            tracing::info!(subject, bytes = made.length, milliseconds = took.as_millis() as u64, "a bundle was made");
            workshop.shelf().put(subject.clone(), Arc::clone(made));
        }
        // Whoever comes from here on finds it on the shelf, or orders anew.
        workshop.orders().remove(&subject);
        drop((share, workshop));
        outcome.send_replace(Some(made));
        tokio::time::sleep(took).await;
    }
}

async fn make(workshop: &Workshop, scope: Scope) -> Result<MadeBundle, BundleExportError> {
    let ledger = &workshop.ledger;
    let (version, now) = (workshop.version(&scope).await?, ledger.clock.now());
    // Without a name, so it is gone with whoever holds it.
    let mut file = tempfile::tempfile_in(&workshop.folder)?;
    let maker = Maker {
        database: &ledger.database,
        documents: &ledger.documents,
        editions: &ledger.editions,
        keys: ledger.checkpoint_keys(),
    };
    let verified = make_bundle(maker, LIMIT, scope.clone(), now, &file, scope.to_string()).await?;
    if let Some(finding) = verified.report.findings.first() {
        // Handed out all the same: what is wrong with the log is nothing to hide, and the report in it says so.
        tracing::error!(subject = %scope, %finding, "a bundle was made that does not hold");
    }
    file.rewind()?;
    let digest = digest_of(&file)?;
    Ok(MadeBundle::new(file, digest, (now, version), &workshop.taken)?)
}

fn failed(scope: &Scope, error: &dyn std::fmt::Display) -> Unmade {
    tracing::error!(subject = %scope, %error, "a bundle can't be made");
    Unmade::Failed
}
