//! A rate limit per key, based on governor.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::RateLimiter;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;

use super::balance::{Balance, Policy};
use super::rate::Rate;
use super::states::States;

/// The number of calls between two sweeps of unused keys.
const TAKES_BETWEEN_SWEEPS: u32 = 4_096;

/// Counts the usage of each key.
pub(super) struct Limiter<K: Clone + Eq + Hash, C: Clock = DefaultClock> {
    policy: Policy,
    states: States<K>,
    counts: RateLimiter<K, States<K>, C, StateInformationMiddleware>,
    takes: AtomicU32,
}

impl<K: Clone + Eq + Hash> Limiter<K> {
    pub(super) fn new(name: &'static str, rate: Rate) -> Self {
        Self::with_clock(name, rate, DefaultClock::default())
    }
}

impl<K: Clone + Eq + Hash, C: Clock> Limiter<K, C> {
    fn with_clock(name: &'static str, rate: Rate, clock: C) -> Self {
        let states = States::default();
        let counts = RateLimiter::new(rate.quota(), states.clone(), clock);
        Self { policy: Policy { name, rate }, states, counts, takes: AtomicU32::new(0) }
    }

    /// Charges one use to the key, if any is left.
    pub(super) fn take(&self, key: &K) -> Result<Balance, Balance> {
        self.sweep();
        let now = self.counts.clock().now();
        match self.counts.check_key(key) {
            Ok(state) => Ok(Balance::new(self.policy, state.remaining_burst_capacity())),
            Err(refusal) => Err(Balance { wait: refusal.wait_time_from(now), ..Balance::new(self.policy, 0) }),
        }
    }

    /// Charges several uses to the key, if that many are left; at most as many as a client can spend at once.
    pub(super) fn take_many(&self, key: &K, uses: NonZeroU32) -> Result<Balance, Balance> {
        self.sweep();
        let now = self.counts.clock().now();
        match self.counts.check_key_n(key, uses.min(self.policy.rate.count)) {
            Ok(Ok(state)) => Ok(Balance::new(self.policy, state.remaining_burst_capacity())),
            Ok(Err(refusal)) => Err(Balance { wait: refusal.wait_time_from(now), ..Balance::new(self.policy, 0) }),
            Err(_) => Ok(Balance::new(self.policy, 0)),
        }
    }

    /// Charges further uses to a key that has just been charged one. Even the heaviest request must be possible for
    /// a client that has spent nothing else, so at most the rest of the quota is charged.
    pub(super) fn take_more(&self, key: &K, more: u32) -> Result<Option<Balance>, Balance> {
        let more = more.min(self.policy.rate.count.get() - 1);
        NonZeroU32::new(more).map(|more| self.take_many(key, more)).transpose()
    }

    /// Takes so many uses more, of which the first were taken already, out of at most a whole quota in all.
    pub(super) fn take_between(&self, key: &K, uses: Range<usize>) -> Result<Option<Balance>, Balance> {
        let most = self.policy.rate.count.get() - 1;
        let bounded = |uses| u32::try_from(uses).unwrap_or(u32::MAX).min(most);
        self.take_more(key, bounded(uses.end).saturating_sub(bounded(uses.start)))
    }

    /// Charges uses that show only afterwards, even beyond the quota: the key waits longer for its next use. At most
    /// a whole quota is charged.
    pub(super) fn charge_afterwards(&self, key: &K, uses: u32) {
        let uses = uses.min(self.policy.rate.count.get());
        self.states.charge(key, self.policy.rate.interval().saturating_mul(uses).into());
    }

    fn sweep(&self) {
        if self.takes.fetch_add(1, Ordering::Relaxed) % TAKES_BETWEEN_SWEEPS == TAKES_BETWEEN_SWEEPS - 1 {
            self.counts.retain_recent();
        }
    }

    /// Refunds one [`take`](Self::take) of the key.
    pub(super) fn refund(&self, key: &K) {
        self.states.refund(key, self.policy.rate.interval().into());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn limiter(rate: &str) -> (Limiter<u32, FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Limiter::with_clock("test", rate.parse().unwrap(), clock.clone()), clock)
    }

    #[test]
    fn burst_is_allowed_then_replenished_one_by_one() {
        let (limiter, clock) = limiter("3/30s");
        let left: Vec<u32> = (0..3).map(|_| limiter.take(&1).unwrap().left).collect();
        assert_eq!(left, [2, 1, 0]);
        let refusal = limiter.take(&1).unwrap_err();
        assert_eq!((refusal.left, refusal.wait), (0, 10 * SECOND));
        assert!(limiter.take(&2).is_ok(), "keys do not disturb each other");
        clock.advance(9 * SECOND);
        assert_eq!(limiter.take(&1).unwrap_err().wait, SECOND);
        clock.advance(SECOND);
        assert!(limiter.take(&1).is_ok());
        assert!(limiter.take(&1).is_err());
    }

    #[test]
    fn heaviest_request_is_possible_with_full_quota() {
        let (limiter, clock) = limiter("3/30s");
        assert_eq!(limiter.take(&1).unwrap().left, 2);
        assert_eq!(limiter.take_more(&1, 1).unwrap().map(|balance| balance.left), Some(1));
        assert_eq!(limiter.take_more(&1, 2).unwrap_err().wait, 10 * SECOND);
        assert_eq!(limiter.take(&1).unwrap().left, 0, "a refusal charges nothing");
        clock.advance(30 * SECOND);
        limiter.take(&1).unwrap();
        assert_eq!(limiter.take_more(&1, 1_000).unwrap().map(|balance| balance.left), Some(0));
        assert_eq!(limiter.take_more(&1, 0), Ok(None));
        limiter.take(&2).unwrap();
        assert_eq!(limiter.take_between(&2, 0..1).unwrap().map(|balance| balance.left), Some(1));
        assert_eq!(limiter.take_between(&2, 1..1_000).unwrap().map(|balance| balance.left), Some(0));
        assert_eq!(limiter.take_between(&2, 1_000..2_000), Ok(None));
        let (single, _) = self::limiter("1/30s");
        single.take(&1).unwrap();
        assert_eq!(single.take_more(&1, 1_000), Ok(None));
    }

    #[test]
    fn uses_charged_afterwards_may_exceed_the_quota() {
        let (limiter, clock) = limiter("3/30s");
        limiter.take(&1).unwrap();
        limiter.charge_afterwards(&1, 3);
        assert_eq!(limiter.take(&1).unwrap_err().wait, 20 * SECOND);
        limiter.charge_afterwards(&1, 1_000);
        assert_eq!(limiter.take(&1).unwrap_err().wait, 50 * SECOND);
        clock.advance(50 * SECOND);
        assert_eq!(limiter.take(&1).unwrap().left, 0);
        assert!(limiter.take(&2).is_ok());
    }

    #[test]
    fn refunded_permit_is_available_once() {
        let (limiter, clock) = limiter("3/30s");
        for _ in 0..100 {
            assert_eq!(limiter.take(&1).unwrap().left, 2);
            limiter.refund(&1);
        }
        clock.advance(100 * SECOND);
        assert_eq!(limiter.take(&1).unwrap().left, 2);
        limiter.refund(&1);
        clock.advance(100 * SECOND);
        assert_eq!((0..10).filter(|_| limiter.take(&1).is_ok()).count(), 3);
    }

    #[test]
    fn replenished_keys_are_removed() {
        let (limiter, clock) = limiter("3/30s");
        assert!((0..1_000).all(|key| limiter.take(&key).is_ok()));
        limiter.counts.retain_recent();
        assert_eq!(limiter.counts.len(), 1_000);
        clock.advance(100 * SECOND);
        assert_eq!((0..TAKES_BETWEEN_SWEEPS).filter(|_| limiter.take(&1).is_ok()).count(), 3);
        assert_eq!(limiter.counts.len(), 1);
    }

    #[test]
    fn number_of_keys_is_bounded() {
        let (limiter, _) = limiter("3/24h");
        let most = (0..300_000).map(|key| {
            assert!(limiter.take(&key).is_ok());
            if key % 1_000 == 0 { limiter.counts.len() } else { 0 }
        });
        assert!(most.max().unwrap() <= 110_000);
    }
}
