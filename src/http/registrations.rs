//! How fast strangers may write: a registration is the one record that needs nobody's leave, and it stays for ever.
//!
//! There is no budget of a code: the log lets few claims on one wait (`organisation`), and whoever used such a budget up would
//! keep the code's owner out. Half of what all together may register is kept back for networks that have not registered
//! anybody within the hour: who has many addresses uses up the other half, and slows the rest down without stopping them. The
//! key that a supervisor has seen at the counter is counted by nobody (`gate`).

use super::gate::Limits;
use super::hourly::{Hourly, quota, too_many};
use super::peer::Neighbourhood;
use super::{Peer, Problem};
use governor::{DefaultDirectRateLimiter, RateLimiter};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The budgets of one address and of all of them together. Each replica has its own.
pub struct Registrations {
    hourly: Hourly,
    newcomers: Option<Newcomers>,
}

/// What is kept back for networks that have not registered anybody for [`NEW_AGAIN`].
struct Newcomers {
    kept: DefaultDirectRateLimiter,
    /// When each network last registered somebody. It holds no more than may be registered in that time.
    last: Mutex<HashMap<Neighbourhood, Instant>>,
}

const NEW_AGAIN: Duration = Duration::from_secs(3600);

impl Registrations {
    pub fn new(limits: &Limits) -> Self {
        // Where requests are not counted by address, whoever is behind one can't be told from everybody.
        let by_address = limits.per_address > 0;
        let per_address = if by_address { limits.registrations_per_address } else { 0 };
        let kept = if by_address { limits.registrations / 2 } else { 0 };
        Self {
            hourly: Hourly::new(per_address, limits.registrations - kept),
            newcomers: quota(kept).map(|kept| Newcomers { kept: RateLimiter::direct(kept), last: Mutex::default() }),
        }
    }

    /// Takes one registration out of the budgets. Who has none left takes nothing from the others.
    ///
    /// # Errors
    /// `rate-limited`, with the time after which to try again
    pub fn check(&self, peer: Peer) -> Result<(), Problem> {
        let of_address = ("该地址登记过多，", "too many registrations from this address: ");
        self.hourly.take_of(peer).map_err(|wait| too_many(of_address, wait))?;
        let spent = self.hourly.take_of_all().err();
        let network = Neighbourhood::from(peer);
        if let Some(newcomers) = &self.newcomers
            && newcomers.lets_in(network, spent.is_none(), Instant::now())
        {
            return Ok(());
        }
        match spent {
            None => Ok(()),
            Some(wait) => Err(too_many(("登记过多，", "too many registrations: "), wait)),
        }
    }
}

impl Newcomers {
    /// Whether a registration may come out of what is kept back; one that `is_paid` for elsewhere only makes its network known.
    fn lets_in(&self, network: Neighbourhood, is_paid: bool, now: Instant) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |at: &Instant| now.duration_since(*at) < NEW_AGAIN;
        let is_known = last.get(&network).is_some_and(is_recent);
        if !is_paid && (is_known || self.kept.check().is_err()) {
            return false;
        }
        if !is_known {
            // Once for each network that is let in, of which there are few in an hour.
            last.retain(|_, at| is_recent(at));
        }
        last.insert(network, now);
        true
    }
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
        assert_eq!(taken("192.0.2.7"), 1, "all of them together, but for what is kept for newcomers");
        assert_eq!(taken("192.0.2.8"), 0, "a neighbour is none");
        let refused = budgets.check(peer("192.0.2.9")).unwrap_err();
        assert!(refused.retry_after.is_some_and(|seconds| (1..=3600 / 3 + 1).contains(&seconds)), "{refused:?}");
    }

    /// Whoever has the addresses of one network, or has used up the common half: others still come in.
    #[test]
    fn many_addresses_slow_others_down_and_do_not_stop_them() {
        let budgets = budgets(60, 400);
        let from = |network: u32, host: u32| {
            budgets.check(peer(&format!("10.{}.{}.{host}", network >> 8, network & 255))).is_ok()
        };
        let taken: usize = (0..4).map(|network| (0..250).filter(|host| from(network, *host)).count()).sum();
        assert_eq!(taken, 200 + 3, "half of all, and one for each network that came when it was spent");
        let let_in = (4..1000).filter(|network| from(*network, 1)).count();
        assert_eq!(let_in, 200 - 3, "and the rest of the other half to as many networks");
        assert!(!from(1001, 1));
    }

    #[test]
    fn who_was_refused_is_a_newcomer_still_and_who_waited_is_one_again() {
        let newcomers = Newcomers { kept: RateLimiter::direct(quota(2).unwrap()), last: Mutex::default() };
        let (one, other, third) = (peer("192.0.2.7").into(), peer("198.51.100.7").into(), peer("203.0.113.7").into());
        let begun = Instant::now();
        assert!(newcomers.lets_in(one, true, begun), "out of the common half");
        assert!(!newcomers.lets_in(one, false, begun + NEW_AGAIN / 2));
        assert!(newcomers.lets_in(one, false, begun + NEW_AGAIN));
        assert!(newcomers.lets_in(other, false, begun + NEW_AGAIN));
        assert!(!newcomers.lets_in(third, false, begun + NEW_AGAIN), "nothing is kept any more");
        assert!(!newcomers.last.lock().unwrap().contains_key(&third));
        assert!(newcomers.lets_in(third, true, begun + 3 * NEW_AGAIN));
        assert_eq!(newcomers.last.lock().unwrap().len(), 1, "who has been quiet is forgotten");
    }

    #[test]
    fn zero_is_no_limit() {
        let budgets = budgets(0, 0);
        assert!((0..10_000).all(|_| budgets.check(peer("192.0.2.7")).is_ok()));
    }
}
