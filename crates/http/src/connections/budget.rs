//! The memory for bodies that are arriving and for responses that wait to be read, of all connections together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chit_chat_domain::id::UserId;
use metrics::{Counter, Gauge, counter, gauge};

use crate::limits::Source;

/// The part of the budget that one address may hold at most.
const ADDRESS_SHARE: usize = 8;
/// The same for one user, so that an address has room for others.
const USER_SHARE: usize = 16;
/// The same for all heads that arrive through trusted proxies: more than that of an address, because they are those
/// of many clients.
const PROXY_HEADS_SHARE: usize = 4;

/// A number of bytes, and who holds how many of them.
pub struct Budget {
    total: usize,
    held: Mutex<Holders>,
    gauge: Gauge,
    refused_by_share: Counter,
    refused_by_server: Counter,
}

#[derive(Default)]
struct Holders {
    all: usize,
    of_sources: HashMap<Source, usize>,
    of_proxy_heads: usize,
    of_users: HashMap<UserId, usize>,
}

/// The client that bytes are held for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder {
    pub(super) origin: Origin,
    pub(super) user: Option<UserId>,
}

/// The origin of a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    Client(Source),
    /// A trusted proxy itself. It has no share; its clients have.
    Proxy,
    /// A trusted proxy whose client is not known yet, because the head is incomplete.
    ProxyHead,
}

/// Bytes of the budget, returned on drop.
pub(crate) struct Held {
    budget: Arc<Budget>,
    holder: Holder,
    bytes: usize,
}

impl Budget {
    pub fn new(total: usize) -> Self {
        let refused = |by: &'static str| counter!("chit_chat_held_bytes_refused_total", "by" => by);
        Self {
            total,
            held: Mutex::default(),
            gauge: gauge!("chit_chat_held_bytes"),
            refused_by_share: refused("share"),
            refused_by_server: refused("server"),
        }
    }

    /// Takes so many bytes; `None` if the holder's share or the server has no room for them.
    pub(super) fn hold(self: &Arc<Self>, holder: Holder, bytes: usize) -> Option<Held> {
        let mut held = Held { budget: Arc::clone(self), holder, bytes: 0 };
        held.grow_to(bytes).then_some(held)
    }

    fn holders(&self) -> MutexGuard<'_, Holders> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Holds so many bytes in all; returns whether there is room for them.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> bool {
        let (budget, more) = (&self.budget, bytes.saturating_sub(self.bytes));
        if more == 0 {
            return true;
        }
        let mut holders = budget.holders();
        if holders.exceeds_share(self.holder, more, budget.total) {
            budget.refused_by_share.increment(1);
            return false;
        }
        if holders.all + more > budget.total {
            budget.refused_by_server.increment(1);
            return false;
        }
        holders.add(self.holder, more);
        self.bytes = bytes;
        budget.gauge.increment(count(more));
        true
    }

    /// Holds the same bytes for somebody else; returns whether that share has room for them.
    pub(super) fn hand_over(&mut self, holder: Holder) -> bool {
        let mut holders = self.budget.holders();
        if holders.exceeds_share(holder, self.bytes, self.budget.total) {
            self.budget.refused_by_share.increment(1);
            return false;
        }
        holders.remove(self.holder, self.bytes);
        holders.add(holder, self.bytes);
        self.holder = holder;
        true
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.holders().remove(self.holder, self.bytes);
        self.budget.gauge.decrement(count(self.bytes));
    }
}

impl Holders {
    fn exceeds_share(&self, Holder { origin, user }: Holder, more: usize, total: usize) -> bool {
        let (of_origin, share) = match origin {
            Origin::Client(source) => (self.of_sources.get(&source).copied().unwrap_or_default(), ADDRESS_SHARE),
            Origin::ProxyHead => (self.of_proxy_heads, PROXY_HEADS_SHARE),
            Origin::Proxy => (0, 1),
        };
        let of_user = user.and_then(|user| self.of_users.get(&user)).copied().unwrap_or_default();
        of_origin.saturating_add(more) > total / share || user.is_some() && of_user + more > total / USER_SHARE
    }

    fn add(&mut self, Holder { origin, user }: Holder, bytes: usize) {
        self.all += bytes;
        match origin {
            Origin::Client(source) => *self.of_sources.entry(source).or_default() += bytes,
            Origin::ProxyHead => self.of_proxy_heads += bytes,
            Origin::Proxy => {}
        }
        if let Some(user) = user {
            *self.of_users.entry(user).or_default() += bytes;
        }
    }

    fn remove(&mut self, Holder { origin, user }: Holder, bytes: usize) {
        self.all -= bytes;
        match origin {
            Origin::Client(source) => subtract(&mut self.of_sources, source, bytes),
            Origin::ProxyHead => self.of_proxy_heads -= bytes,
            Origin::Proxy => {}
        }
        if let Some(user) = user {
            subtract(&mut self.of_users, user, bytes);
        }
    }
}

/// Subtracts from a count, which is forgotten at zero.
pub(super) fn subtract<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: K, bytes: usize) {
    if let Entry::Occupied(mut count) = counts.entry(key) {
        *count.get_mut() -= bytes;
        if *count.get() == 0 {
            count.remove();
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn count(bytes: usize) -> f64 {
    bytes as f64
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use uuid::Uuid;

    use super::*;

    const PROXY_HEAD: Holder = Holder { origin: Origin::ProxyHead, user: None };

    fn user(number: u128) -> Holder {
        Holder { origin: Origin::Proxy, user: Some(UserId::from(Uuid::from_u128(number))) }
    }

    fn address(number: u8) -> Holder {
        Holder { origin: origin(number), user: None }
    }

    fn origin(number: u8) -> Origin {
        Origin::Client(Source::of(IpAddr::from([192, 0, 2, number])))
    }

    #[test]
    fn share_of_one_leaves_room_for_others() {
        let budget = Arc::new(Budget::new(1_600));
        let held = budget.hold(user(1), 60).unwrap();
        assert!(budget.hold(user(1), 41).is_none());
        let rest = budget.hold(user(1), 40).unwrap();
        assert!(budget.hold(user(2), 100).is_some());
        drop((held, rest));
        assert!(budget.hold(user(1), 100).is_some());
    }

    #[test]
    fn one_user_leaves_room_at_the_address() {
        let budget = Arc::new(Budget::new(1_600));
        let at_home = |number| Holder { origin: origin(1), ..user(number) };
        let held = [budget.hold(at_home(1), 100).unwrap(), budget.hold(at_home(2), 100).unwrap()];
        assert!(budget.hold(at_home(3), 1).is_none());
        assert!(budget.hold(address(2), 200).is_some());
        drop(held);
        assert!(budget.hold(address(1), 201).is_none());
    }

    #[test]
    fn total_is_never_exceeded_and_holders_are_forgotten() {
        let budget = Arc::new(Budget::new(800));
        let held: Vec<_> = (0..40).filter_map(|number| budget.hold(user(number), 45)).collect();
        assert_eq!((held.len(), budget.holders().all), (17, 765));
        let mut last = budget.hold(user(50), 35).unwrap();
        assert!(!last.grow_to(36));
        drop((held, last));
        let holders = budget.holders();
        assert!(holders.all == 0 && holders.of_users.is_empty());
    }

    #[test]
    fn heads_through_proxies_leave_room_for_clients() {
        let budget = Arc::new(Budget::new(800));
        let heads: Vec<_> = (0..40).filter_map(|_| budget.hold(PROXY_HEAD, 50)).collect();
        assert_eq!(heads.len(), 4);
        assert!(budget.hold(address(1), 100).is_some() && budget.hold(user(1), 50).is_some());
        drop(heads);
        assert!(budget.hold(PROXY_HEAD, 200).is_some());
    }

    #[test]
    fn head_counts_for_its_client_once_that_is_known() {
        let budget = Arc::new(Budget::new(800));
        let mut heads: Vec<_> = (0..4).map(|_| budget.hold(PROXY_HEAD, 50).unwrap()).collect();
        let handed_over: Vec<_> = heads.iter_mut().map(|head| head.hand_over(address(1))).collect();
        assert_eq!(handed_over, [true, true, false, false]);
        assert!(heads.iter_mut().skip(2).all(|head| head.hand_over(address(2))));
        assert!(budget.hold(PROXY_HEAD, 200).is_some() && budget.hold(address(1), 1).is_none());
        drop(heads);
        let holders = budget.holders();
        assert!(holders.all == 0 && holders.of_proxy_heads == 0 && holders.of_sources.is_empty());
    }
}
