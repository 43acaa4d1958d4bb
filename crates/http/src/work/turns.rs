//! The order in which those who wait get places: one network after the other; within a network, one address after
//! the other; within an address, the oldest request first. However many requests others queue, a newcomer waits for
//! at most one turn of each other network.

use std::collections::BTreeMap;

use super::rotation::Rotation;
use crate::limits::{Network, Source};

/// The free places, and the requests that wait for one. If any waits, no place is free.
pub(super) struct Turns<T> {
    free: usize,
    waiting: Rotation<Network, Rotation<Source, BTreeMap<Ticket, T>>>,
    last_ticket: Ticket,
}

/// The number of a waiting request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

impl<T> Turns<T> {
    pub(super) fn new(places: usize) -> Self {
        Self { free: places, waiting: Rotation::default(), last_ticket: Ticket::default() }
    }

    /// Takes a place if one is free.
    pub(super) fn take(&mut self) -> bool {
        let is_free = self.free > 0;
        self.free -= usize::from(is_free);
        is_free
    }

    /// Adds a request to the line of its address.
    pub(super) fn wait(&mut self, source: Source, request: T) -> Ticket {
        self.last_ticket.0 += 1;
        let ticket = self.last_ticket;
        self.waiting.enter(source.network(), |addresses| {
            addresses.enter(source, |requests| requests.insert(ticket, request));
        });
        ticket
    }

    /// Removes a request; `None` if it has got a place in the meantime.
    pub(super) fn give_up(&mut self, source: Source, ticket: Ticket) -> Option<T> {
        self.waiting
            .leave(source.network(), |addresses| addresses.leave(source, |requests| requests.remove(&ticket)))
    }

    /// Returns a place, and the request that gets it; `None` if none waits.
    pub(super) fn put_back(&mut self) -> Option<T> {
        let next = self
            .waiting
            .serve(|addresses| addresses.serve(|requests| requests.pop_first().map(|(_, request)| request)));
        self.free += usize::from(next.is_none());
        next
    }

    /// Returns the number of free places, and whether no trace of a waiting request is left.
    #[cfg(test)]
    pub(super) fn idle(&self) -> (usize, bool) {
        (self.free, super::rotation::Line::is_empty(&self.waiting))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn source(address: &str) -> Source {
        Source::of(address.parse().unwrap())
    }

    /// Lets these requests wait, in this order, and returns the order in which they get places.
    fn served(waiting: &[(&'static str, u8)]) -> Vec<(&'static str, u8)> {
        let mut turns = Turns::new(0);
        for (address, number) in waiting {
            turns.wait(source(address), (*address, *number));
        }
        std::iter::from_fn(|| turns.put_back()).collect()
    }

    #[test]
    fn networks_take_turns_however_much_they_queue() {
        let waiting =
            [("192.0.2.1", 1), ("192.0.2.1", 2), ("192.0.2.1", 3), ("198.51.100.1", 1), ("2001:db8::1", 1)];
        let [first, second, third, other, newcomer] = waiting;
        assert_eq!(served(&waiting), [first, other, newcomer, second, third]);
    }

    #[test]
    fn addresses_of_a_network_share_its_turns() {
        let waiting =
            [("192.0.2.1", 1), ("192.0.2.1", 2), ("192.0.2.2", 1), ("198.51.100.1", 1), ("198.51.100.1", 2)];
        let [first, second, neighbour, other, last] = waiting;
        assert_eq!(served(&waiting), [first, other, neighbour, last, second]);
    }

    #[test]
    fn customers_of_an_ipv6_network_share_its_turns() {
        let waiting =
            [("2001:db8:1:1::1", 1), ("2001:db8:1:2::1", 1), ("2001:db8:1:3::1", 1), ("2001:db8:2:1::1", 1)];
        let [first, second, third, other] = waiting;
        assert_eq!(served(&waiting), [first, other, second, third]);
    }

    #[test]
    fn place_is_free_only_if_nobody_waits() {
        let mut turns = Turns::new(1);
        assert!(turns.take());
        assert!(!turns.take());
        turns.wait(source("192.0.2.1"), ());
        assert_eq!(turns.put_back(), Some(()));
        assert!(!turns.take(), "it went to the one who waited");
        assert_eq!(turns.put_back(), None);
        assert!(turns.take());
    }

    #[test]
    fn whoever_gives_up_leaves_nothing_and_moves_nobody() {
        let mut turns = Turns::new(0);
        let [ann, bob] = ["192.0.2.1", "198.51.100.1"].map(source);
        let tickets = [turns.wait(ann, 1), turns.wait(ann, 2), turns.wait(bob, 3)];
        assert_eq!(turns.give_up(ann, tickets[0]), Some(1));
        assert_eq!(turns.give_up(ann, tickets[0]), None);
        assert_eq!(turns.put_back(), Some(2), "its network was first");
        assert_eq!(turns.give_up(ann, tickets[1]), None, "it was served");
        assert_eq!(turns.give_up(bob, tickets[2]), Some(3));
        assert_eq!(turns.idle(), (0, true));
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Arrive(u8),
        GiveUp(usize),
        PutBack,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => (0..16u8).prop_map(Step::Arrive),
            1 => (0..64usize).prop_map(Step::GiveUp),
            3 => Just(Step::PutBack),
        ];
        proptest::collection::vec(step, 0..200)
    }

    /// One of 16 addresses in 4 networks.
    fn address(number: u8) -> Source {
        source(&format!("192.0.{}.{}", number / 4, number % 4))
    }

    /// Who was served, and since when each line waits or was served last.
    struct Witness<K> {
        served: Vec<K>,
        since: BTreeMap<K, usize>,
    }

    impl<K: Copy + Ord> Witness<K> {
        fn waits(&mut self, line: K) {
            self.since.entry(line).or_insert(self.served.len());
        }

        /// Records that a line is served; returns whether each other has been served at most once meanwhile.
        fn is_served_in_turn(&mut self, line: K, among: impl Fn(K) -> bool) -> bool {
            let mut others: Vec<K> = self.served[self.since[&line]..].to_vec();
            others.retain(|other| among(*other));
            let count = others.len();
            others.sort_unstable();
            others.dedup();
            self.served.push(line);
            self.since.insert(line, self.served.len());
            others.len() == count
        }

        fn forget_unless(&mut self, waits: impl Fn(K) -> bool) {
            self.since.retain(|line, _| waits(*line));
        }
    }

    struct Scene {
        turns: Turns<u32>,
        places: usize,
        held: usize,
        waiting: Vec<(Source, Ticket, u32)>,
        arrived: u32,
        networks: Witness<Network>,
        addresses: Witness<Source>,
    }

    impl Scene {
        fn new(places: usize) -> Self {
            Self {
                turns: Turns::new(places),
                places,
                held: 0,
                waiting: Vec::new(),
                arrived: 0,
                networks: Witness { served: Vec::new(), since: BTreeMap::new() },
                addresses: Witness { served: Vec::new(), since: BTreeMap::new() },
            }
        }

        fn arrive(&mut self, from: Source) {
            if self.turns.take() {
                assert!(self.waiting.is_empty(), "a place was free while others waited");
                self.held += 1;
                return;
            }
            assert_eq!(self.held, self.places, "no place is lost");
            self.arrived += 1;
            self.waiting.push((from, self.turns.wait(from, self.arrived), self.arrived));
            self.networks.waits(from.network());
            self.addresses.waits(from);
        }

        fn give_up(&mut self, index: usize) {
            if index < self.waiting.len() {
                let (from, ticket, number) = self.waiting.remove(index);
                assert_eq!(self.turns.give_up(from, ticket), Some(number));
                self.forget();
            }
        }

        fn put_back(&mut self) {
            let Some(number) = self.turns.put_back() else {
                assert!(self.waiting.is_empty());
                self.held -= 1;
                return;
            };
            let index = self.waiting.iter().position(|(.., other)| *other == number).expect("it waits");
            let (from, ..) = self.waiting.remove(index);
            assert!(self.waiting.iter().take(index).all(|(other, ..)| *other != from), "the oldest first");
            assert!(self.networks.is_served_in_turn(from.network(), |_| true), "{from:?}");
            assert!(self.addresses.is_served_in_turn(from, |other| other.network() == from.network()), "{from:?}");
            self.forget();
        }

        fn forget(&mut self) {
            let waiting = &self.waiting;
            self.networks.forget_unless(|network| waiting.iter().any(|(from, ..)| from.network() == network));
            self.addresses.forget_unless(|address| waiting.iter().any(|(from, ..)| *from == address));
        }
    }

    proptest! {
        #[test]
        fn nobody_is_passed_over_twice_and_no_place_is_lost(steps in steps(), places in 1..4usize) {
            let mut scene = Scene::new(places);
            for step in steps {
                match step {
                    Step::Arrive(number) => scene.arrive(address(number)),
                    Step::GiveUp(index) => scene.give_up(index),
                    Step::PutBack if scene.held > 0 => scene.put_back(),
                    Step::PutBack => {}
                }
            }
            while scene.held > 0 {
                scene.put_back();
            }
            assert_eq!(scene.turns.idle(), (places, true));
        }
    }
}
