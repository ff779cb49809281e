//! How often an hour something may be asked that costs others: by one address, and by all together. Each replica has its own budgets.

use super::gate::{Limiter, forget_idle};
use super::{Peer, Problem};
use crate::problem;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// The budgets.
pub struct Hourly {
    peers: Option<Limiter<Peer>>,
    seen: AtomicU32,
    all: Option<DefaultDirectRateLimiter>,
    clock: DefaultClock,
}

/// So often an hour; zero is no limit.
pub(super) fn quota(per_hour: u32) -> Option<Quota> {
    NonZeroU32::new(per_hour).map(Quota::per_hour)
}

impl Hourly {
    /// Zero is no limit.
    pub fn new(per_address: u32, all: u32) -> Self {
        Self {
            peers: quota(per_address).map(RateLimiter::keyed),
            seen: AtomicU32::new(0),
            all: quota(all).map(RateLimiter::direct),
            clock: DefaultClock::default(),
        }
    }

    /// Takes one out of both budgets. Who has none left takes nothing from the others.
    ///
    /// # Errors
    /// `rate-limited`, with the time after which to try again
    pub fn check(&self, peer: Peer) -> Result<(), Problem> {
        self.take_of(peer).and_then(|()| self.take_of_all()).map_err(|wait| too_many(("", ""), wait))
    }

    /// Takes one out of the budget of an address.
    ///
    /// # Errors
    /// How long to wait for one.
    pub(super) fn take_of(&self, peer: Peer) -> Result<(), Duration> {
        let Some(peers) = &self.peers else { return Ok(()) };
        forget_idle(peers, &self.seen);
        peers.check_key(&peer).map_err(|until| until.wait_time_from(self.clock.now()))
    }

    /// Takes one out of the budget of all together.
    ///
    /// # Errors
    /// How long to wait for one.
    pub(super) fn take_of_all(&self) -> Result<(), Duration> {
        let Some(all) = &self.all else { return Ok(()) };
        all.check().map_err(|until| until.wait_time_from(self.clock.now()))
    }
}

/// `rate-limited`, after the words that say of what.
pub(super) fn too_many((zh, en): (&str, &str), wait: Duration) -> Problem {
    let seconds = wait.as_secs() + 1;
    let (zh, en) = (format!("{zh}请 {seconds} 秒后再试"), format!("{en}try again in {seconds} s"));
    Problem { retry_after: Some(seconds), ..Problem::with_detail(&problem::RATE_LIMITED, zh, en) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    #[test]
    fn one_address_does_not_use_up_what_others_have() {
        let peer = |text: &str| Peer::from(text.parse::<IpAddr>().unwrap());
        let budgets = Hourly::new(3, 5);
        let taken = |address: &str| (0..10).filter(|_| budgets.check(peer(address)).is_ok()).count();
        assert_eq!([taken("192.0.2.1"), taken("192.0.2.2"), taken("192.0.2.3")], [3, 2, 0]);
        let unlimited = Hourly::new(0, 0);
        assert!((0..10_000).all(|_| unlimited.check(peer("192.0.2.1")).is_ok()));
    }
}
