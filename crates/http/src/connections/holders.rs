//! The numbers of connections that each network and address holds on a worker.

use std::cell::RefCell;
use std::collections::HashMap;

use super::budget::subtract;
use crate::limits::{Network, Source};

thread_local! {
    /// Those of this worker: a place of another worker is of no use to a connection of this one.
    static HOLDERS: RefCell<Holders> = RefCell::default();
}

/// The open connections by holder. Trusted proxies have many clients, so they are not counted by address.
#[derive(Default)]
pub(super) struct Holders {
    networks: HashMap<Network, usize>,
    addresses: HashMap<Source, usize>,
    of_proxies: usize,
}

/// The network that has to make room. One of its largest addresses, which hold this many connections each, loses one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Largest {
    pub(super) network: Network,
    pub(super) of_address: usize,
}

/// A connection that is counted until it is dropped.
pub(super) struct Counted(Option<Source>);

impl Counted {
    /// Counts a connection of this address; `None` for a trusted proxy.
    pub(super) fn new(source: Option<Source>) -> Self {
        HOLDERS.with_borrow_mut(|holders| holders.enter(source));
        Self(source)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        // Fails if the thread is ending.
        let _ = HOLDERS.try_with(|holders| holders.borrow_mut().leave(self.0));
    }
}

/// Calls a function with the numbers of this worker.
pub(super) fn with<T>(look: impl FnOnce(&Holders) -> T) -> T {
    HOLDERS.with_borrow(look)
}

impl Holders {
    pub(super) fn enter(&mut self, source: Option<Source>) {
        match source {
            Some(source) => {
                *self.networks.entry(source.network()).or_default() += 1;
                *self.addresses.entry(source).or_default() += 1;
            }
            None => self.of_proxies += 1,
        }
    }

    fn leave(&mut self, source: Option<Source>) {
        match source {
            Some(source) => {
                subtract(&mut self.networks, source.network(), 1);
                subtract(&mut self.addresses, source, 1);
            }
            None => self.of_proxies -= 1,
        }
    }

    pub(super) fn of_address(&self, source: Source) -> usize {
        self.addresses.get(&source).copied().unwrap_or_default()
    }

    /// The number of connections of a newcomer's network. A client of a proxy, or one that is not known yet, has
    /// none but its own.
    pub(super) fn of_network(&self, newcomer: Option<Source>) -> usize {
        newcomer.and_then(|source| self.networks.get(&source.network())).copied().unwrap_or(1)
    }

    /// Returns whether a number of connections exceeds an even part of the places. All proxies together have one.
    pub(super) fn exceeds_even_part(&self, count: usize, places: usize) -> bool {
        count.saturating_mul(self.count()) > places
    }

    /// Returns whether a newcomer without room is one of those who have taken it.
    pub(super) fn is_to_blame(&self, newcomer: Option<Source>, places: usize) -> bool {
        let count = self.of_network(newcomer);
        newcomer.is_some() && count > 1 && count.saturating_mul(self.count()) >= places
    }

    /// The holder of more than an even part that has to make room for a newcomer: the largest network, if it holds
    /// more than the newcomer's; in the newcomer's own network the largest address, if it holds more. The newcomer
    /// has been counted.
    pub(super) fn largest(&self, newcomer: Option<Source>, places: usize) -> Option<Largest> {
        let (&network, &most) = self.networks.iter().max_by_key(|(_, count)| **count)?;
        if !self.exceeds_even_part(most, places) {
            return None;
        }
        let of_newcomer = self.of_network(newcomer);
        let own = newcomer.filter(|_| of_newcomer == most);
        let network = own.map_or(network, Source::network);
        let of_network = self.addresses.iter().filter(|(source, _)| source.network() == network);
        let of_address = of_network.map(|(_, count)| *count).max()?;
        let is_larger = match own {
            Some(newcomer) => of_address > self.of_address(newcomer),
            None => most > of_newcomer,
        };
        is_larger.then_some(Largest { network, of_address })
    }

    /// The number of holders.
    fn count(&self) -> usize {
        self.networks.len() + usize::from(self.of_proxies > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(address: &str) -> Source {
        Source::of(address.parse().unwrap())
    }

    /// So many connections of each address.
    fn holders(held: &[(&str, usize)]) -> Holders {
        let mut holders = Holders::default();
        for (address, count) in held {
            (0..*count).for_each(|_| holders.enter(Some(source(address))));
        }
        holders
    }

    fn largest(held: &[(&str, usize)], newcomer: &str) -> Option<Largest> {
        let mut holders = holders(held);
        holders.enter(Some(source(newcomer)));
        let places = held.iter().map(|(_, count)| count).sum::<usize>() + 1;
        holders.largest(Some(source(newcomer)), places)
    }

    fn network_of(address: &str, of_address: usize) -> Largest {
        Largest { network: source(address).network(), of_address }
    }

    #[test]
    fn largest_network_makes_room() {
        assert_eq!(largest(&[("1.1.1.1", 5), ("2.2.2.2", 4)], "3.3.3.3"), Some(network_of("1.1.1.1", 5)));
        let spread = [("1.1.1.1", 3), ("1.1.1.2", 3), ("2.2.2.2", 5)];
        assert_eq!(largest(&spread, "3.3.3.3"), Some(network_of("1.1.1.1", 3)));
        let spread = [("2001:db8:1:1::1", 2), ("2001:db8:1:2::1", 2), ("2001:db8:2::1", 3)];
        assert_eq!(largest(&spread, "3.3.3.3"), Some(network_of("2001:db8:1::", 2)));
    }

    #[test]
    fn holder_of_no_more_than_the_newcomer_stays() {
        assert_eq!(largest(&[("1.1.1.1", 2), ("2.2.2.2", 1)], "2.2.2.2"), None);
        assert_eq!(largest(&[("1.1.1.1", 3), ("2.2.2.2", 1)], "2.2.2.2"), Some(network_of("1.1.1.1", 3)));
        assert_eq!(largest(&[("1.1.1.1", 1), ("2.2.2.2", 1)], "3.3.3.3"), None);
        assert_eq!(largest(&[("1.1.1.1", 5), ("2.2.2.2", 4)], "1.1.1.1"), None);
    }

    #[test]
    fn in_one_network_the_largest_address_makes_room() {
        assert_eq!(largest(&[("1.1.1.1", 5), ("2.2.2.2", 4)], "1.1.1.2"), Some(network_of("1.1.1.1", 5)));
        assert_eq!(largest(&[("1.1.1.1", 1), ("1.1.1.2", 1), ("2.2.2.2", 2)], "1.1.1.3"), None);
    }

    #[test]
    fn even_part_stays_beside_proxies() {
        let mut holders = holders(&[("1.1.1.1", 3), ("2.2.2.2", 1)]);
        (0..5).for_each(|_| holders.enter(None));
        assert_eq!(holders.largest(Some(source("2.2.2.2")), 9), None);
        assert_eq!(holders.largest(None, 9), None);
        holders.enter(Some(source("1.1.1.1")));
        assert_eq!(holders.largest(None, 10), Some(network_of("1.1.1.1", 4)));
    }

    #[test]
    fn only_who_took_the_room_is_refused() {
        let mut holders = holders(&[("1.1.1.1", 4), ("2.2.2.2", 1), ("3.3.3.3", 4)]);
        let is_to_blame = |holders: &Holders, address| holders.is_to_blame(Some(source(address)), 9);
        assert!(is_to_blame(&holders, "1.1.1.1") && is_to_blame(&holders, "1.1.1.9"));
        assert!(!is_to_blame(&holders, "2.2.2.2") && !holders.is_to_blame(None, 9));
        (0..2).for_each(|_| holders.leave(Some(source("1.1.1.1"))));
        assert!(!is_to_blame(&holders, "1.1.1.1"));
    }

    #[test]
    fn closed_connections_are_forgotten() {
        let mut holders = holders(&[("1.1.1.1", 2), ("2.2.2.2", 1)]);
        holders.enter(None);
        for left in [Some(source("1.1.1.1")), Some(source("1.1.1.1")), Some(source("2.2.2.2")), None] {
            holders.leave(left);
        }
        assert!(holders.networks.is_empty() && holders.addresses.is_empty() && holders.count() == 0);
    }
}
