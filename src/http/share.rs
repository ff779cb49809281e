//! What callers may hold at a time of something scarce: so much in all, and so much by one of them.

use super::Peer;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    pub total: usize,
    pub per_peer: usize,
}

/// Something scarce, and who holds how much of it.
pub struct Pool {
    extent: Extent,
    held: Mutex<Held>,
    returned: Notify,
}

#[derive(Default)]
struct Held {
    total: usize,
    by_peer: HashMap<Peer, usize>,
}

/// Why there is no more for a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// It holds all that one may hold.
    ByPeer,
    /// All together hold all that there is.
    ByAll,
}

/// What one caller holds; given back when dropped.
pub struct Share {
    pool: Arc<Pool>,
    peer: Peer,
    amount: usize,
}

impl Pool {
    pub fn new(extent: Extent) -> Arc<Self> {
        Arc::new(Self { extent, held: Mutex::default(), returned: Notify::new() })
    }

    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// A share that can grow.
    pub fn nothing_yet(self: &Arc<Self>, peer: Peer) -> Share {
        Share { pool: Arc::clone(self), peer, amount: 0 }
    }

    /// # Errors
    /// There is not so much left.
    pub fn take(self: &Arc<Self>, peer: Peer, amount: usize) -> Result<Share, Spent> {
        let mut share = self.nothing_yet(peer);
        share.grow(amount)?;
        Ok(share)
    }

    /// What is counted stays right whatever panicked: each change is one assignment.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    /// # Errors
    /// There is not so much left; the share is what it was.
    pub fn grow(&mut self, amount: usize) -> Result<(), Spent> {
        if amount == 0 {
            return Ok(());
        }
        let Extent { total, per_peer } = self.pool.extent;
        let mut held = self.pool.held();
        let of_peer = held.by_peer.get(&self.peer).copied().unwrap_or_default();
        if of_peer + amount > per_peer {
            return Err(Spent::ByPeer);
        }
        if held.total + amount > total {
            return Err(Spent::ByAll);
        }
        held.total += amount;
        held.by_peer.insert(self.peer, of_peer + amount);
        self.amount += amount;
        Ok(())
    }

    /// As [`Self::grow`], but waits for others to give something back, for `patience` at most.
    ///
    /// # Errors
    /// There is not so much left.
    pub async fn grow_within(&mut self, amount: usize, patience: Duration) -> Result<(), Spent> {
        if self.grow(amount).is_ok() {
            return Ok(());
        }
        let give_up = Instant::now() + patience;
        let pool = Arc::clone(&self.pool);
        loop {
            let mut returned = std::pin::pin!(pool.returned.notified());
            // From here on nothing that is given back is missed.
            returned.as_mut().enable();
            let Err(spent) = self.grow(amount) else { return Ok(()) };
            if tokio::time::timeout_at(give_up, returned).await.is_err() {
                return Err(spent);
            }
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if self.amount == 0 {
            return;
        }
        let mut held = self.pool.held();
        held.total -= self.amount;
        if let Entry::Occupied(mut of_peer) = held.by_peer.entry(self.peer) {
            *of_peer.get_mut() -= self.amount;
            // The table must not grow with everybody who ever came by.
            if *of_peer.get() == 0 {
                of_peer.remove();
            }
        }
        drop(held);
        self.pool.returned.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    fn peer(last: u8) -> Peer {
        IpAddr::from([192, 0, 2, last]).into()
    }

    fn pool() -> Arc<Pool> {
        Pool::new(Extent { total: 10, per_peer: 4 })
    }

    #[test]
    fn one_peer_can_not_take_what_is_there_for_all() {
        let pool = pool();
        let mut first = pool.take(peer(1), 3).unwrap();
        assert_eq!(first.grow(2), Err(Spent::ByPeer));
        first.grow(1).unwrap();
        assert_eq!(pool.take(peer(1), 1).err(), Some(Spent::ByPeer));
        let second = pool.take(peer(2), 4).unwrap();
        assert_eq!(pool.take(peer(3), 3).err(), Some(Spent::ByAll));
        drop(second);
        let _third = pool.take(peer(3), 3).unwrap();
        drop(first);
        let _again = pool.take(peer(1), 4).unwrap();
    }

    #[test]
    fn who_holds_nothing_is_forgotten() {
        let pool = pool();
        for last in 0..100 {
            drop(pool.take(peer(last), 4).unwrap());
            let _ = pool.nothing_yet(peer(last));
        }
        assert!(pool.held().by_peer.is_empty() && pool.held().total == 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_share_that_grows_waits_for_what_is_given_back_but_not_for_ever() {
        let pool = pool();
        let (first, second) = (pool.take(peer(1), 4).unwrap(), pool.take(peer(2), 4).unwrap());
        let mut third = pool.nothing_yet(peer(3));
        let begun = Instant::now();
        assert_eq!(third.grow_within(3, Duration::from_secs(2)).await, Err(Spent::ByAll));
        assert_eq!(begun.elapsed(), Duration::from_secs(2));
        let giving_back = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            drop((first, second));
        };
        let (grown, ()) = tokio::join!(third.grow_within(3, Duration::from_secs(2)), giving_back);
        grown.unwrap();
        assert_eq!(begun.elapsed(), Duration::from_secs(3));
    }
}
