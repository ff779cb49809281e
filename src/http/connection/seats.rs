//! Connections that there are. When there is no room for one more, who has been idle longest makes room.

use crate::http::Peer;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::Notify;

/// How many connections there may be.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    pub total: usize,
    pub per_peer: usize,
}

/// All connections, each with a seat.
pub struct Seats {
    room: Room,
    /// Times are told from here.
    opened: Instant,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    seats: HashMap<u64, Arc<Occupant>>,
    by_peer: HashMap<Peer, usize>,
    next: u64,
}

/// A connection as others see it.
struct Occupant {
    peer: Peer,
    /// Microseconds since [`Seats::opened`] at which it became idle; [`BUSY`] while it waits for an answer.
    idle_since: AtomicU64,
    leaves: Notify,
}

const BUSY: u64 = u64::MAX;

/// The part of the room that is kept back for peers with few connections, such as who asks for the service's health: so a
/// handful of peers, each with its full share and none of it idle, doesn't fill the room.
const KEPT_BACK: usize = 8;
const FEW: usize = 8;

/// A connection's place among all; free again when dropped.
pub struct Seat {
    seats: Arc<Seats>,
    id: u64,
    occupant: Arc<Occupant>,
}

/// A request in work, until its answer is written.
pub struct Work(Arc<Occupant>, Arc<Seats>);

impl Seats {
    pub fn new(room: Room) -> Arc<Self> {
        Arc::new(Self { room, opened: Instant::now(), taken: Mutex::default() })
    }

    /// A seat, if need be that of who has been idle longest: of the same peer when that has its full share, else of all.
    /// `None` when all of those are at work. `proxy`: many callers come from this peer, so only the total binds it.
    pub fn take(self: &Arc<Self>, peer: Peer, proxy: bool) -> Option<Seat> {
        let mut taken = self.taken();
        let own = taken.by_peer.get(&peer).copied().unwrap_or_default();
        let total = self.room.total - if own < FEW { 0 } else { self.room.total / KEPT_BACK };
        if !proxy && own >= self.room.per_peer {
            taken.shed(|occupant| occupant.peer == peer)?;
        } else if taken.seats.len() >= total {
            taken.shed(|_| true)?;
        }
        let occupant = Arc::new(Occupant { peer, idle_since: AtomicU64::new(self.now()), leaves: Notify::new() });
        let id = taken.next;
        taken.next += 1;
        taken.seats.insert(id, Arc::clone(&occupant));
        *taken.by_peer.entry(peer).or_default() += 1;
        drop(taken);
        Some(Seat { seats: Arc::clone(self), id, occupant })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_micros()).unwrap_or(BUSY - 1)
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// Asks the one of `whom` that has been idle longest to go, and counts it no more.
    fn shed(&mut self, whom: impl Fn(&Occupant) -> bool) -> Option<()> {
        let idle = self.seats.iter().filter(|(_, occupant)| whom(occupant)).filter_map(|(id, occupant)| {
            let since = occupant.idle_since.load(Ordering::Relaxed);
            (since != BUSY).then_some((since, *id))
        });
        let (_, id) = idle.min()?;
        let occupant = self.remove(id)?;
        occupant.leaves.notify_one();
        Some(())
    }

    fn remove(&mut self, id: u64) -> Option<Arc<Occupant>> {
        let occupant = self.seats.remove(&id)?;
        if let Some(count) = self.by_peer.get_mut(&occupant.peer) {
            *count -= 1;
            if *count == 0 {
                self.by_peer.remove(&occupant.peer);
            }
        }
        Some(occupant)
    }
}

impl Seat {
    /// Resolves when the seat was given to another. To be awaited once.
    pub fn lost(&self) -> impl Future<Output = ()> + Send + 'static {
        let occupant = Arc::clone(&self.occupant);
        async move { occupant.leaves.notified().await }
    }

    /// Whether the seat is still its own.
    pub fn is_kept(&self) -> bool {
        self.seats.taken().seats.contains_key(&self.id)
    }

    /// From now until what is returned is dropped, the connection is not idle.
    pub fn work(&self) -> Work {
        self.occupant.idle_since.store(BUSY, Ordering::Relaxed);
        Work(Arc::clone(&self.occupant), Arc::clone(&self.seats))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.taken().remove(self.id);
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.idle_since.store(self.1.now(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;
    use std::time::Duration;

    fn peer(last: u8) -> Peer {
        IpAddr::from([192, 0, 2, last]).into()
    }

    /// So that no two have become idle at the same moment.
    fn moment() {
        std::thread::sleep(Duration::from_millis(1));
    }

    #[test]
    fn the_longest_idle_makes_room() {
        let seats = Seats::new(Room { total: 3, per_peer: 3 });
        let take = |last| {
            moment();
            seats.take(peer(last), false)
        };
        let (first, second, third) = (take(1).unwrap(), take(2).unwrap(), take(3).unwrap());
        let work = first.work();
        let fourth = take(4).unwrap();
        assert!(first.is_kept() && !second.is_kept() && third.is_kept(), "the first was at work");
        moment();
        drop(work);
        let fifth = take(5).unwrap();
        assert!(first.is_kept() && !third.is_kept(), "the first has been idle for a moment only");
        let busy = [&first, &fourth, &fifth].map(Seat::work);
        assert!(take(6).is_none(), "all are at work");
        drop((busy, second, third));
        assert!(take(6).is_some());
    }

    #[test]
    fn a_peer_with_its_full_share_makes_room_itself() {
        let seats = Seats::new(Room { total: 10, per_peer: 2 });
        let other = seats.take(peer(9), false).unwrap();
        moment();
        let own: Vec<_> = (0..5).map(|_| (seats.take(peer(1), false).unwrap(), moment()).0).collect();
        assert!(other.is_kept() && own[3].is_kept() && own[4].is_kept());
        assert_eq!(own.iter().filter(|seat| seat.is_kept()).count(), 2);
        let _work = [own[3].work(), own[4].work()];
        assert!(seats.take(peer(1), false).is_none());
        let many: Vec<_> = (0..7).map(|_| seats.take(peer(7), true).unwrap()).collect();
        assert!(many.iter().all(Seat::is_kept), "a proxy's connections are many callers'");
    }

    #[test]
    fn the_last_seats_are_for_peers_with_few() {
        let seats = Seats::new(Room { total: 64, per_peer: 32 });
        let mut kept: Vec<(Work, Seat)> = Vec::new();
        let mut at_work = |last, count| {
            let before = kept.len();
            let seats = (0..count).map_while(|_| seats.take(peer(last), false));
            kept.extend(seats.map(|seat| (seat.work(), seat)));
            kept.len() - before
        };
        assert_eq!([at_work(1, 40), at_work(2, 40), at_work(3, 40), at_work(4, 1)], [32, 24, 8, 0]);
    }

    #[test]
    fn an_empty_room_remembers_nobody() {
        let seats = Seats::new(Room { total: 2, per_peer: 1 });
        for last in 0..50 {
            let seat = seats.take(peer(last), false).unwrap();
            let _next = seats.take(peer(last), false).unwrap();
            drop(seat.work());
        }
        assert!(seats.taken().seats.is_empty() && seats.taken().by_peer.is_empty());
    }

    #[tokio::test]
    async fn who_loses_its_seat_is_told_whenever_it_asks() {
        let seats = Seats::new(Room { total: 1, per_peer: 1 });
        let first = seats.take(peer(1), false).unwrap();
        let _second = seats.take(peer(2), false).unwrap();
        tokio::time::timeout(Duration::from_secs(5), first.lost()).await.unwrap();
    }
}
