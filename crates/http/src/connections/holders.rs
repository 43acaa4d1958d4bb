//! The numbers of connections that each network and address holds on a worker.

use std::cell::RefCell;
use std::collections::HashMap;

use super::budget::subtract;
use crate::limits::{Network, Source};

thread_local! {
    /// Those of this worker: a place of another worker is of no use to a connection of this one.
    static HOLDERS: RefCell<Holders> = RefCell::default();
}

/// The open connections by holder. Trusted proxies have many clients, so their connections are counted together, and
/// those that are busy with a request for its client as well.
#[derive(Default)]
pub(super) struct Holders {
    direct: Counts,
    of_proxies: usize,
    of_clients: Counts,
}

#[derive(Default)]
struct Counts {
    networks: HashMap<Network, usize>,
    addresses: HashMap<Source, usize>,
}

/// The holder that has to make room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Largest {
    Network(Part),
    /// A network of clients of the proxies.
    Clients(Part),
    /// The proxies, if no client of theirs is known.
    Proxies,
}

/// A network of which one of the largest addresses, which hold this many connections each, loses one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    network: Network,
    of_address: usize,
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

/// A request through a proxy, counted for its client until it is dropped.
pub(super) struct CountedClient(Source);

impl CountedClient {
    pub(super) fn new(client: Source) -> Self {
        HOLDERS.with_borrow_mut(|holders| holders.of_clients.enter(client));
        Self(client)
    }
}

impl Drop for CountedClient {
    fn drop(&mut self) {
        // Fails if the thread is ending.
        let _ = HOLDERS.try_with(|holders| holders.borrow_mut().of_clients.leave(self.0));
    }
}

/// Calls a function with the numbers of this worker.
pub(super) fn with<T>(look: impl FnOnce(&Holders) -> T) -> T {
    HOLDERS.with_borrow(look)
}

impl Holders {
    pub(super) fn enter(&mut self, source: Option<Source>) {
        match source {
            Some(source) => self.direct.enter(source),
            None => self.of_proxies += 1,
        }
    }

    fn leave(&mut self, source: Option<Source>) {
        match source {
            Some(source) => self.direct.leave(source),
            None => self.of_proxies -= 1,
        }
    }

    pub(super) fn of_address(&self, source: Source) -> usize {
        self.direct.of_address(source)
    }

    pub(super) fn of_network(&self, source: Source) -> usize {
        self.direct.of_network(source.network())
    }

    /// Returns whether a number of connections exceeds an even part of the places. All proxies together have one.
    fn exceeds_even_part(&self, count: usize, places: usize) -> bool {
        count.saturating_mul(self.count()) > places
    }

    /// Returns whether a newcomer without room is one of those who have taken it. That of a proxy counts with all
    /// that proxies hold, so that the last place is left for others.
    pub(super) fn is_to_blame(&self, newcomer: Option<Source>, places: usize) -> bool {
        let count = newcomer.map_or(self.of_proxies, |source| self.of_network(source));
        count > 1 && count.saturating_mul(self.count()) >= places
    }

    /// The holder that has to make room for a newcomer, which has been counted; `None` for a newcomer that is a client
    /// of a proxy, or not known yet.
    pub(super) fn largest(&self, newcomer: Option<Source>, places: usize) -> Option<Largest> {
        match newcomer {
            Some(newcomer) => self.larger_than(newcomer, places),
            None => self.larger_than_one(places),
        }
    }

    /// The holder of more than an even part that holds most, if that is more than the newcomer's: a network, or all
    /// proxies together. In the newcomer's own network the largest address, if it holds more.
    fn larger_than(&self, newcomer: Source, places: usize) -> Option<Largest> {
        let (network, most) = self.direct.largest()?;
        if !self.exceeds_even_part(most.max(self.of_proxies), places) {
            return None;
        }
        if self.of_proxies > most {
            let of_clients = self.of_clients.largest().and_then(|(network, _)| self.of_clients.part(network));
            return Some(of_clients.map_or(Largest::Proxies, Largest::Clients));
        }
        if self.of_network(newcomer) < most {
            return self.direct.part(network).map(Largest::Network);
        }
        let part = self.direct.part(newcomer.network())?;
        (part.of_address > self.of_address(newcomer)).then_some(Largest::Network(part))
    }

    /// The network that holds most, if that is more than one: of the clients of proxies, or one with more than an
    /// even part of the places.
    fn larger_than_one(&self, places: usize) -> Option<Largest> {
        let of_several = |counts: &Counts| counts.largest().filter(|(_, most)| *most > 1);
        let direct = of_several(&self.direct).filter(|(_, most)| self.exceeds_even_part(*most, places));
        let clients = of_several(&self.of_clients);
        match (direct, clients) {
            (Some((_, most)), Some((network, of_clients))) if most < of_clients => {
                self.of_clients.part(network).map(Largest::Clients)
            }
            (None, Some((network, _))) => self.of_clients.part(network).map(Largest::Clients),
            (direct, _) => self.direct.part(direct?.0).map(Largest::Network),
        }
    }

    /// Returns whether a connection may be closed for the holder: one of this address or, of a proxy, with a request
    /// of this client.
    pub(super) fn is_of(&self, largest: Largest, source: Option<Source>, client: Option<Source>) -> bool {
        match (largest, source, client) {
            (Largest::Network(part), Some(source), _) => self.direct.is_in(part, source),
            (Largest::Clients(part), None, Some(client)) => self.of_clients.is_in(part, client),
            (Largest::Proxies, None, _) => true,
            _ => false,
        }
    }

    /// The number of holders.
    fn count(&self) -> usize {
        self.direct.networks.len() + usize::from(self.of_proxies > 0)
    }
}

impl Counts {
    fn enter(&mut self, source: Source) {
        *self.networks.entry(source.network()).or_default() += 1;
        *self.addresses.entry(source).or_default() += 1;
    }

    fn leave(&mut self, source: Source) {
        subtract(&mut self.networks, source.network(), 1);
        subtract(&mut self.addresses, source, 1);
    }

    fn of_address(&self, source: Source) -> usize {
        self.addresses.get(&source).copied().unwrap_or_default()
    }

    fn of_network(&self, network: Network) -> usize {
        self.networks.get(&network).copied().unwrap_or_default()
    }

    fn largest(&self) -> Option<(Network, usize)> {
        self.networks.iter().max_by_key(|(_, count)| **count).map(|(network, count)| (*network, *count))
    }

    fn part(&self, network: Network) -> Option<Part> {
        let of_network = self.addresses.iter().filter(|(source, _)| source.network() == network);
        of_network.map(|(_, count)| *count).max().map(|of_address| Part { network, of_address })
    }

    fn is_in(&self, part: Part, source: Source) -> bool {
        source.network() == part.network && self.of_address(source) == part.of_address
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

    fn part(address: &str, of_address: usize) -> Part {
        Part { network: source(address).network(), of_address }
    }

    fn network_of(address: &str, of_address: usize) -> Largest {
        Largest::Network(part(address, of_address))
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
    fn proxies_are_one_holder_for_others() {
        let mut holders = holders(&[("1.1.1.1", 3), ("2.2.2.2", 1)]);
        (0..3).for_each(|_| holders.enter(None));
        assert_eq!(holders.largest(Some(source("2.2.2.2")), 9), None);
        assert_eq!(holders.largest(None, 9), None);
        (0..3).for_each(|_| holders.enter(None));
        assert_eq!(holders.largest(Some(source("2.2.2.2")), 10), Some(Largest::Proxies));
        for client in ["3.3.3.3", "4.4.4.4", "4.4.4.4", "4.4.4.5"] {
            holders.of_clients.enter(source(client));
        }
        let clients = Some(Largest::Clients(part("4.4.4.4", 2)));
        assert_eq!(holders.largest(Some(source("2.2.2.2")), 10), clients);
        assert_eq!(holders.largest(None, 10), clients);
        (0..2).for_each(|_| holders.enter(Some(source("1.1.1.1"))));
        assert_eq!(holders.largest(None, 12), Some(network_of("1.1.1.1", 5)));
        assert_eq!(holders.largest(Some(source("1.1.1.1")), 12), clients);
        assert!(holders.is_of(Largest::Clients(part("4.4.4.4", 2)), None, Some(source("4.4.4.4"))));
        assert!(!holders.is_of(Largest::Clients(part("4.4.4.4", 2)), None, Some(source("4.4.4.5"))));
        assert!(!holders.is_of(Largest::Clients(part("4.4.4.4", 2)), Some(source("4.4.4.4")), None));
    }

    #[test]
    fn clients_with_one_connection_each_stay_for_clients() {
        let mut holders = Holders::default();
        for client in ["3.3.3.3", "4.4.4.4", "5.5.5.5"] {
            holders.enter(None);
            holders.of_clients.enter(source(client));
        }
        holders.enter(None);
        assert_eq!(holders.largest(None, 4), None);
        assert!(holders.is_to_blame(None, 4));
        holders.enter(Some(source("2.2.2.2")));
        assert!(matches!(holders.largest(Some(source("2.2.2.2")), 5), Some(Largest::Clients(_))));
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
        assert!(holders.direct.networks.is_empty() && holders.direct.addresses.is_empty() && holders.count() == 0);
    }
}
