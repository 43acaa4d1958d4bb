//! The choice of the connection that makes room for a newcomer: one of the largest holder's ("longest queue drop").

use std::time::{Duration, Instant};

use super::holders::Holders;
use crate::limits::Source;

/// What a connection is doing, in the order in which those of the largest holder are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doing {
    /// It waits for a head.
    Nothing,
    /// Part of a head has arrived.
    Head,
    /// Part of a body, or of the first frame of a WebSocket.
    Body,
    Stream,
    /// A request is being handled, or its response written.
    Answer,
}

/// An open connection, as far as it matters here.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    /// `None` for a trusted proxy.
    pub(super) source: Option<Source>,
    /// The client of a request that came through a trusted proxy.
    pub(super) client: Option<Source>,
    pub(super) doing: Doing,
    /// The time since which no request is being handled.
    pub(super) idle_since: Option<Instant>,
}

/// The places of a worker.
#[derive(Clone, Copy)]
pub(super) struct Places {
    pub(super) count: usize,
    /// The time for which a connection has to be idle before it makes room for anybody: the request of a shorter
    /// one may be in transit.
    pub(super) idle: Duration,
}

/// Chooses among open connections, in the order in which they were accepted. A newcomer is unknown if it is a client
/// of a trusted proxy, or has not been accepted yet.
///
/// No connection of a network or address that holds less than the newcomer's is closed. The largest holder loses
/// what is idle or unfinished before anybody else loses a connection, and streams and answers only if nothing has
/// been idle for long. What a proxy holds for its largest client counts as that of the largest holder; its other
/// connections are those of many clients, and make room only when they have been idle for long.
pub(super) fn choose<T>(
    open: impl Iterator<Item = (Seen, T)>,
    holders: &Holders,
    newcomer: Option<Source>,
    places: Places,
    now: Instant,
) -> Option<T> {
    let largest = holders.largest(newcomer, places.count);
    let (mut of_largest, mut longest_idle) = (None, None);
    for (seen, connection) in open {
        let idle_since = seen.idle_since.filter(|since| now.saturating_duration_since(*since) >= places.idle);
        if largest.is_some_and(|largest| holders.is_of(largest, seen.source, seen.client)) {
            replace_if_less(&mut of_largest, (seen.doing, seen.idle_since), connection);
        } else if let Some(since) = idle_since
            && (longest_idle.as_ref().is_none_or(|(longest, _)| since < *longest))
            && seen.yields_to(newcomer, holders)
        {
            longest_idle = Some((since, connection));
        }
    }
    let unfinished = of_largest.take_if(|((doing, _), _)| *doing <= Doing::Body);
    let longest_idle = longest_idle.map(|(_, connection)| connection);
    unfinished.map(|(_, open)| open).or(longest_idle).or(of_largest.map(|(_, open)| open))
}

/// Keeps the first of the least.
fn replace_if_less<K: PartialOrd, T>(least: &mut Option<(K, T)>, key: K, value: T) {
    if least.as_ref().is_none_or(|(other, _)| key < *other) {
        *least = Some((key, value));
    }
}

impl Seen {
    /// Returns whether its holder has at least as many connections as the newcomer's.
    fn yields_to(&self, newcomer: Option<Source>, holders: &Holders) -> bool {
        let Some((own, newcomer)) = self.source.zip(newcomer) else {
            return true;
        };
        if own.network() == newcomer.network() {
            return holders.of_address(own) >= holders.of_address(newcomer);
        }
        holders.of_network(own) >= holders.of_network(newcomer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: Places = Places { count: 10, idle: Duration::from_secs(5) };

    /// Lists a connection of the address 1.1.x.1 of each network, with what it does, and the seconds it has been idle.
    fn chosen(open: &[(u8, Doing, Option<u64>)], newcomer: u8) -> Option<usize> {
        let source = |network: u8| Source::of([1, 1, network, 1].into());
        let start = Instant::now();
        let now = start + Duration::from_secs(100);
        let mut holders = Holders::default();
        for (network, ..) in open {
            holders.enter(Some(source(*network)));
        }
        holders.enter(Some(source(newcomer)));
        let seen = open.iter().enumerate().map(|(index, (network, doing, idle))| {
            let idle_since = idle.map(|seconds| start + Duration::from_secs(100 - seconds));
            (Seen { source: Some(source(*network)), client: None, doing: *doing, idle_since }, index)
        });
        choose(seen, &holders, Some(source(newcomer)), PLACES, now)
    }

    /// The same for ten connections, of which the first network has five.
    fn chosen_of_five(five: [(Doing, Option<u64>); 5], others: (Doing, Option<u64>)) -> Option<usize> {
        let mut open: Vec<_> = five.map(|(doing, idle)| (1, doing, idle)).to_vec();
        open.extend([2, 3, 4, 2].map(|network| (network, others.0, others.1)));
        chosen(&open, 2)
    }

    #[test]
    fn largest_holder_loses_what_it_needs_least() {
        use Doing::{Answer, Body, Head, Nothing, Stream};
        let others = (Nothing, Some(4));
        let five = [(Answer, None), (Stream, None), (Body, None), (Head, Some(3)), (Nothing, Some(1))];
        assert_eq!(chosen_of_five(five, others), Some(4));
        let five = [(Answer, None), (Stream, None), (Body, None), (Head, Some(3)), (Head, Some(7))];
        assert_eq!(chosen_of_five(five, others), Some(4));
        let five = [(Answer, None), (Stream, None), (Body, None), (Body, None), (Answer, Some(9))];
        assert_eq!(chosen_of_five(five, others), Some(2));
        let five = [(Answer, None), (Stream, None), (Answer, None), (Stream, None), (Answer, None)];
        assert_eq!(chosen_of_five(five, others), Some(1));
        assert_eq!(chosen_of_five([(Answer, None); 5], others), Some(0));
    }

    #[test]
    fn long_idle_connection_goes_before_streams_unless_its_holder_has_less() {
        let streams = [(Doing::Stream, None); 5];
        let mut open: Vec<_> = streams.map(|(doing, idle)| (1, doing, idle)).to_vec();
        open.extend([(2, Doing::Nothing, Some(9)), (3, Doing::Nothing, Some(6)), (3, Doing::Nothing, Some(7))]);
        open.push((4, Doing::Nothing, Some(4)));
        assert_eq!(chosen(&open, 5), Some(5));
        assert_eq!(chosen(&open, 4), Some(7));
        open[7].2 = Some(4);
        open[6].2 = Some(4);
        assert_eq!(chosen(&open, 4), Some(0));
    }

    #[test]
    fn without_a_larger_holder_only_what_is_idle_for_long_goes() {
        let open: Vec<_> = (1..=9).map(|network| (network, Doing::Nothing, Some(4))).collect();
        assert_eq!(chosen(&open, 20), None);
        let open: Vec<_> = (1..=9).map(|network| (network, Doing::Nothing, Some(u64::from(network)))).collect();
        assert_eq!(chosen(&open, 20), Some(8));
        assert_eq!(chosen(&open, 1), None);
    }
}
