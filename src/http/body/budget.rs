//! One budget for all bytes that requests bring along, decoded and not yet answered, whoever sends them and however slowly.

use crate::http::share::{Extent, Pool, Share, Spent};
use crate::http::{Peer, Problem};
use crate::problem;
use std::sync::Arc;
use std::time::Duration;

/// Bytes of all bodies at a time. A service with a gigabyte of memory has room for it.
const BODIES_BYTES_MAX: usize = 128 << 20;
/// Of these, what is kept back for bodies of one record: senders of long ones can't shut them out.
const SINGLE_BYTES: usize = 32 << 20;
/// What one peer may have of either part: room for one of the longest bodies with its answer, and for half of the rest.
const PER_PEER: usize = 2;
/// How long a request waits for others to give back what it needs.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is left for bodies.
pub struct Budget {
    /// Bodies of one record, in no coding.
    single: Arc<Pool>,
    /// All others, and the windows of decoders.
    long: Arc<Pool>,
}

impl Default for Budget {
    fn default() -> Self {
        let pool = |total| Pool::new(Extent { total, per_peer: total / PER_PEER });
        Self { single: pool(SINGLE_BYTES), long: pool(BODIES_BYTES_MAX - SINGLE_BYTES) }
    }
}

/// Which bytes a body takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Single,
    Long,
}

/// The bytes that one request has of the budget; given back when dropped.
pub struct Portion(Share);

impl Budget {
    pub fn portion(&self, peer: Peer, of: Use) -> Portion {
        let pool = match of {
            Use::Single => &self.single,
            Use::Long => &self.long,
        };
        Portion(pool.nothing_yet(peer))
    }
}

impl Portion {
    /// Takes more, and waits a little for it if need be.
    ///
    /// # Errors
    /// `rate-limited` when the peer's other requests hold it all, `overloaded` when everybody's do.
    pub async fn grow(&mut self, bytes: usize) -> Result<(), Problem> {
        self.0.grow_within(bytes, PATIENCE).await.map_err(|spent| match spent {
            Spent::ByPeer => {
                let zh = "该地址的其他请求占用了过多内存，请稍后重试";
                let en = "other requests from this address take up too much memory; try again soon";
                Problem::with_detail(&problem::RATE_LIMITED, zh, en)
            }
            Spent::ByAll => {
                let (zh, en) = ("请求体占满了内存预算", "bodies of requests take up all memory that is for them");
                Problem::with_detail(&problem::OVERLOADED, zh, en)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    #[tokio::test(start_paused = true)]
    async fn long_bodies_leave_room_for_records() {
        let budget = Budget::default();
        let peer = |last| Peer::from(IpAddr::from([192, 0, 2, last]));
        let mut held = Vec::new();
        for last in 0..2 {
            let mut portion = budget.portion(peer(last), Use::Long);
            portion.grow(48 << 20).await.unwrap();
            assert_eq!(portion.grow(1).await.unwrap_err().status, 429);
            held.push(portion);
        }
        assert_eq!(budget.portion(peer(3), Use::Long).grow(1).await.unwrap_err().status, 503);
        for last in 0..4 {
            budget.portion(peer(last), Use::Single).grow(45_000).await.unwrap();
        }
    }
}
