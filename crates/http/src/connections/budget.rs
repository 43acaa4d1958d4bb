//! The memory for bodies that are arriving and for responses that wait to be read, of all connections together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chit_chat_domain::id::UserId;
use metrics::{Counter, Gauge, counter, gauge};

use crate::limits::{Network, Source};

/// The part of the budget that one address may hold at most.
const ADDRESS_SHARE: usize = 8;
/// The same for one network, so that its addresses leave room for others.
const NETWORK_SHARE: usize = 4;
/// The same for one user, so that an address has room for others.
const USER_SHARE: usize = 16;
/// The same for all heads that arrive through trusted proxies: more than that of an address, because they are those
/// of many clients.
const PROXY_HEADS_SHARE: usize = 4;
/// The same for everybody without a token together, so that users have room whatever strangers do.
const STRANGERS_SHARE: usize = 2;
/// The same for the first frames of `WebSocket`s, which are small but for the positions of many chatrooms.
const FIRST_FRAMES_SHARE: usize = 8;
/// The same for those of one network.
const FIRST_FRAMES_OF_NETWORK_SHARE: usize = 16;

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
    by_share: HashMap<Share, usize>,
}

/// Something that has a share.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Share {
    Address(Source),
    Network(Network),
    ProxyHeads,
    User(UserId),
    Strangers,
    FirstFrames,
    FirstFramesOf(Network),
}

/// The client that bytes are held for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder {
    pub(super) origin: Origin,
    pub(super) person: Person,
}

/// Who sent a request, as far as that is known.
#[derive(Clone, Copy, Debug)]
pub(super) enum Person {
    User(UserId),
    /// Somebody without a token, or whose token was not read yet.
    Stranger,
    /// The same on a `WebSocket`, whose first frame has the token.
    FirstFrame,
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
        holders.remove(self.holder, self.bytes);
        let has_room = !holders.exceeds_share(holder, self.bytes, self.budget.total);
        if has_room {
            self.holder = holder;
        } else {
            self.budget.refused_by_share.increment(1);
        }
        holders.add(self.holder, self.bytes);
        has_room
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.holders().remove(self.holder, self.bytes);
        self.budget.gauge.decrement(count(self.bytes));
    }
}

impl Holder {
    /// The shares that its bytes count for.
    fn shares(self) -> impl Iterator<Item = Share> {
        let network = match self.origin {
            Origin::Client(source) => Some(source.network()),
            Origin::Proxy | Origin::ProxyHead => None,
        };
        let of_origin = match self.origin {
            Origin::Client(source) => Some(Share::Address(source)),
            Origin::ProxyHead => Some(Share::ProxyHeads),
            Origin::Proxy => None,
        };
        let of_person = match self.person {
            Person::User(user) => [Some(Share::User(user)), None, None],
            Person::Stranger => [Some(Share::Strangers), None, None],
            Person::FirstFrame => {
                [Some(Share::Strangers), Some(Share::FirstFrames), network.map(Share::FirstFramesOf)]
            }
        };
        [of_origin, network.map(Share::Network)].into_iter().chain(of_person).flatten()
    }
}

impl Share {
    /// The part of the budget, as a divisor.
    fn part(self) -> usize {
        match self {
            Self::Address(_) => ADDRESS_SHARE,
            Self::Network(_) => NETWORK_SHARE,
            Self::ProxyHeads => PROXY_HEADS_SHARE,
            Self::User(_) => USER_SHARE,
            Self::Strangers => STRANGERS_SHARE,
            Self::FirstFrames => FIRST_FRAMES_SHARE,
            Self::FirstFramesOf(_) => FIRST_FRAMES_OF_NETWORK_SHARE,
        }
    }
}

impl Holders {
    fn exceeds_share(&self, holder: Holder, more: usize, total: usize) -> bool {
        holder.shares().any(|share| {
            let held = self.by_share.get(&share).copied().unwrap_or_default();
            held.saturating_add(more) > total / share.part()
        })
    }

    fn add(&mut self, holder: Holder, bytes: usize) {
        self.all += bytes;
        for share in holder.shares() {
            *self.by_share.entry(share).or_default() += bytes;
        }
    }

    fn remove(&mut self, holder: Holder, bytes: usize) {
        self.all -= bytes;
        for share in holder.shares() {
            subtract(&mut self.by_share, share, bytes);
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
    use std::ops::Range;

    use uuid::Uuid;

    use super::*;

    const PROXY_HEAD: Holder = Holder { origin: Origin::ProxyHead, person: Person::Stranger };

    fn user(number: u128) -> Holder {
        Holder { origin: Origin::Proxy, person: Person::User(UserId::from(Uuid::from_u128(number))) }
    }

    fn address(number: u8) -> Holder {
        Holder { origin: origin(number), person: Person::Stranger }
    }

    fn origin(number: u8) -> Origin {
        of_network(2, number)
    }

    fn of_network(network: u8, number: u8) -> Origin {
        Origin::Client(Source::of(IpAddr::from([192, 0, network, number])))
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
        assert!(holders.all == 0 && holders.by_share.is_empty());
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
        assert!(holders.all == 0 && holders.by_share.is_empty());
    }

    /// Holds so many bytes for each of these addresses of a network, and returns what there was room for.
    fn hold_each(
        budget: &Arc<Budget>,
        person: Person,
        network: u8,
        numbers: Range<u8>,
        bytes: usize,
    ) -> Vec<Held> {
        let holders = numbers.map(|number| Holder { origin: of_network(network, number), person });
        holders.filter_map(|holder| budget.hold(holder, bytes)).collect()
    }

    #[test]
    fn addresses_of_one_network_leave_room_for_others() {
        let budget = Arc::new(Budget::new(1_600));
        let held = hold_each(&budget, Person::Stranger, 2, 0..8, 200);
        assert_eq!(held.len(), 2);
        assert!(budget.hold(Holder { origin: origin(9), ..user(1) }, 1).is_none());
        assert!(budget.hold(Holder { origin: of_network(3, 1), ..user(1) }, 100).is_some());
    }

    #[test]
    fn strangers_leave_room_for_users() {
        let budget = Arc::new(Budget::new(1_600));
        let mut held: Vec<_> =
            (0..8).flat_map(|network| hold_each(&budget, Person::Stranger, network, 0..2, 150)).collect();
        assert_eq!((held.len(), budget.holders().all), (5, 750));
        assert!(budget.hold(PROXY_HEAD, 51).is_none());
        held.push(budget.hold(PROXY_HEAD, 50).unwrap());
        let of_users: Vec<_> = (0..16).filter_map(|number| budget.hold(user(number), 100)).collect();
        assert_eq!(of_users.len(), 8);
    }

    #[test]
    fn first_frames_hold_little_in_all_and_in_each_network() {
        let budget = Arc::new(Budget::new(1_600));
        let mut held = hold_each(&budget, Person::FirstFrame, 2, 0..4, 50);
        assert_eq!(held.len(), 2);
        (3..8).for_each(|network| held.extend(hold_each(&budget, Person::FirstFrame, network, 0..1, 60)));
        assert_eq!((held.len(), budget.holders().all), (3, 160));
        assert!(budget.hold(Holder { origin: Origin::Proxy, person: Person::FirstFrame }, 41).is_none());
        assert!(budget.hold(address(9), 200).is_some());
    }
}
