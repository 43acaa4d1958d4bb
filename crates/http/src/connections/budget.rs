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
    of_users: HashMap<UserId, usize>,
}

/// The client that bytes are held for. A trusted proxy is not one; its clients are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder {
    pub(super) source: Option<Source>,
    pub(super) user: Option<UserId>,
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
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.holders().remove(self.holder, self.bytes);
        self.budget.gauge.decrement(count(self.bytes));
    }
}

impl Holders {
    fn exceeds_share(&self, Holder { source, user }: Holder, more: usize, total: usize) -> bool {
        let of_source = source.and_then(|source| self.of_sources.get(&source)).copied().unwrap_or_default();
        let of_user = user.and_then(|user| self.of_users.get(&user)).copied().unwrap_or_default();
        source.is_some() && of_source + more > total / ADDRESS_SHARE
            || user.is_some() && of_user + more > total / USER_SHARE
    }

    fn add(&mut self, Holder { source, user }: Holder, bytes: usize) {
        self.all += bytes;
        if let Some(source) = source {
            *self.of_sources.entry(source).or_default() += bytes;
        }
        if let Some(user) = user {
            *self.of_users.entry(user).or_default() += bytes;
        }
    }

    fn remove(&mut self, Holder { source, user }: Holder, bytes: usize) {
        self.all -= bytes;
        if let Some(source) = source {
            subtract(&mut self.of_sources, source, bytes);
        }
        if let Some(user) = user {
            subtract(&mut self.of_users, user, bytes);
        }
    }
}

/// Subtracts from a count, which is forgotten at zero.
fn subtract<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: K, bytes: usize) {
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

    fn user(number: u128) -> Holder {
        Holder { source: None, user: Some(UserId::from(Uuid::from_u128(number))) }
    }

    fn address(number: u8) -> Source {
        Source::of(IpAddr::from([192, 0, 2, number]))
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
        let at_home = |number| Holder { source: Some(address(1)), ..user(number) };
        let held = [budget.hold(at_home(1), 100).unwrap(), budget.hold(at_home(2), 100).unwrap()];
        assert!(budget.hold(at_home(3), 1).is_none());
        assert!(budget.hold(Holder { source: Some(address(2)), user: None }, 200).is_some());
        drop(held);
        assert!(budget.hold(Holder { source: Some(address(1)), user: None }, 201).is_none());
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
}
