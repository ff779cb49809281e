//! How fast strangers may write: a registration is the one record that needs nobody's leave, and it stays for ever.
//!
//! There is no budget of a code: the log lets few claims on one wait (`organisation`), and whoever used such a budget up would
//! keep the code's owner out.

use super::gate::{Limiter, Limits, forget_idle};
use super::{Peer, Problem};
use crate::problem;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// The budgets of one address and of all of them together. Each replica has its own.
pub struct Registrations {
    peers: Option<Limiter<Peer>>,
    seen: AtomicU32,
    all: Option<DefaultDirectRateLimiter>,
    clock: DefaultClock,
}

fn quota(per_hour: u32) -> Option<Quota> {
    NonZeroU32::new(per_hour).map(Quota::per_hour)
}

impl Registrations {
    pub fn new(limits: &Limits) -> Self {
        // Where requests are not counted by address, whoever is behind one can't be told from everybody.
        let per_address = if limits.per_address == 0 { 0 } else { limits.registrations_per_address };
        Self {
            peers: quota(per_address).map(RateLimiter::keyed),
            seen: AtomicU32::new(0),
            all: quota(limits.registrations).map(RateLimiter::direct),
            clock: DefaultClock::default(),
        }
    }

    /// Takes one registration out of the budgets. Who has none left takes nothing from the others.
    ///
    /// # Errors
    /// `rate-limited`, with the time after which to try again
    pub fn check(&self, peer: Peer) -> Result<(), Problem> {
        if let Some(peers) = &self.peers {
            forget_idle(peers, &self.seen);
            peers.check_key(&peer).map_err(|until| {
                let wait = until.wait_time_from(self.clock.now());
                too_many("该地址登记过多", "too many registrations from this address", wait)
            })?;
        }
        let Some(all) = &self.all else { return Ok(()) };
        all.check().map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            too_many("登记过多", "too many registrations", wait)
        })
    }
}

fn too_many(zh: &str, en: &str, wait: Duration) -> Problem {
    let seconds = wait.as_secs() + 1;
    let (zh, en) = (format!("{zh}，请 {seconds} 秒后再试"), format!("{en}: try again in {seconds} s"));
    Problem { retry_after: Some(seconds), ..Problem::with_detail(&problem::RATE_LIMITED, zh, en) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    fn peer(text: &str) -> Peer {
        Peer::from(text.parse::<IpAddr>().unwrap())
    }

    fn budgets(registrations_per_address: u32, registrations: u32) -> Registrations {
        Registrations::new(&Limits { registrations_per_address, registrations, ..Limits::default() })
    }

    #[test]
    fn one_address_does_not_use_up_what_others_have() {
        let budgets = budgets(3, 5);
        let taken = |address: &str| (0..10).filter(|_| budgets.check(peer(address)).is_ok()).count();
        assert_eq!(taken("2001:db8:1:2::1"), 3);
        assert_eq!(taken("2001:db8:1:2:ffff::1"), 0, "one network, one address");
        assert_eq!(taken("192.0.2.7"), 2, "all of them together");
        assert_eq!(taken("192.0.2.8"), 0);
        let refused = budgets.check(peer("192.0.2.9")).unwrap_err();
        assert!(refused.retry_after.is_some_and(|seconds| (1..=3600 / 5 + 1).contains(&seconds)), "{refused:?}");
    }

    #[test]
    fn zero_is_no_limit() {
        let budgets = budgets(0, 0);
        assert!((0..10_000).all(|_| budgets.check(peer("192.0.2.7")).is_ok()));
    }
}
