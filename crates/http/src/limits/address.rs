//! The client's address, behind trusted proxies.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::{HttpRequest, web};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// The mask of the part of an IPv6 address that identifies a customer.
const CUSTOMER: u128 = !0 << 64;
const NETWORK_V4: u32 = !0 << 8;
const NETWORK_V6: u128 = !0 << 80;

/// A client's address; the /64 for IPv6, because a client can use any address in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Source(IpAddr);

/// The network of an address, which one customer may hold whole: a /24 of IPv4, a /48 of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Network(IpAddr);

/// The proxies whose `X-Forwarded-For` is trusted.
#[derive(Debug, Default)]
pub struct Proxies {
    trusted: Vec<IpNet>,
    warned: AtomicBool,
}

impl Source {
    /// The address of a request's client. An app without [`Proxies`] trusts none.
    pub(crate) fn of_request(request: &HttpRequest) -> Self {
        match request.app_data::<web::Data<Proxies>>() {
            Some(proxies) => proxies.source(request),
            None => Proxies::default().source(request),
        }
    }
}

impl Proxies {
    pub fn new(trusted: Vec<IpNet>) -> Self {
        Self { trusted: trusted.into_iter().map(canonical).collect(), warned: AtomicBool::new(false) }
    }

    /// The address of a connection; `None` for a trusted proxy, which has many clients.
    pub(crate) fn source_of_peer(&self, peer: IpAddr) -> Option<Source> {
        let peer = peer.to_canonical();
        (!self.trusts(peer)).then(|| Source::of(peer))
    }

    /// The client of a request that came through a trusted proxy, if that names it.
    pub(crate) fn client_of(&self, request: &HttpRequest) -> Option<Source> {
        let peer = request.peer_addr()?.ip().to_canonical();
        let client = self.client(peer, request.headers());
        (!self.trusts(client)).then(|| Source::of(client))
    }

    fn source(&self, request: &HttpRequest) -> Source {
        let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
        Source::of(self.client(peer, request.headers()))
    }

    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !headers.contains_key(X_FORWARDED_FOR) {
            return peer;
        }
        if !self.trusts(peer) {
            self.warn_once(peer);
            return peer;
        }
        self.forwarded(headers).unwrap_or(peer)
    }

    /// The last address in the header that is not a trusted proxy, or the first one if all are. Anything to the
    /// left of it may be forged.
    fn forwarded(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let lines: Vec<_> = headers.get_all(X_FORWARDED_FOR).collect();
        let mut client = None;
        for line in lines.into_iter().rev() {
            for address in line.to_str().ok()?.rsplit(',') {
                let address = parse(address.trim())?;
                client = Some(address);
                if !self.trusts(address) {
                    return client;
                }
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|net| net.contains(&address))
    }

    fn warn_once(&self, peer: IpAddr) {
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                %peer,
                "X-Forwarded-For is not believed: if this peer is your proxy, name it in TRUSTED_PROXIES, \
                 else all of its clients share its limits"
            );
        }
    }
}

/// Converts an IPv4 network written as IPv6, because peers are compared in canonical form.
fn canonical(net: IpNet) -> IpNet {
    let mapped = match net {
        IpNet::V6(v6) => v6.addr().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(96)),
        IpNet::V4(_) => None,
    };
    mapped.and_then(|(address, length)| IpNet::new(address.into(), length).ok()).unwrap_or(net)
}

/// Parses an address, with or without a port, because some proxies include it.
fn parse(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse().ok().map(|socket: SocketAddr| socket.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

impl Source {
    pub(crate) fn of(address: IpAddr) -> Self {
        Self(match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & CUSTOMER)),
        })
    }

    pub(crate) fn network(self) -> Network {
        Network(match self.0 {
            IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & NETWORK_V4)),
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & NETWORK_V6)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies() -> Proxies {
        Proxies::new(vec!["10.0.0.0/8".parse().unwrap(), "fd00::1/128".parse().unwrap()])
    }

    fn client(peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(X_FORWARDED_FOR, line.parse().unwrap());
        }
        proxies().client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn missing_header_yields_peer_address() {
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("1.2.3.4", &[]), "1.2.3.4");
    }

    #[test]
    fn header_counts_only_from_trusted_peer() {
        assert_eq!(client("1.2.3.4", &["5.6.7.8"]), "1.2.3.4");
        assert_eq!(client("10.0.0.1", &["5.6.7.8"]), "5.6.7.8");
        assert_eq!(client("fd00::1", &["5.6.7.8"]), "5.6.7.8");
        assert_eq!(client("fd00::2", &["5.6.7.8"]), "fd00::2");
    }

    #[test]
    fn last_untrusted_address_is_the_client() {
        assert_eq!(client("10.0.0.1", &["1.1.1.1, 5.6.7.8, 10.9.9.9"]), "5.6.7.8");
        assert_eq!(client("10.0.0.1", &["1.1.1.1", "5.6.7.8", "10.9.9.9"]), "5.6.7.8");
        assert_eq!(client("10.0.0.1", &["forged, 5.6.7.8"]), "5.6.7.8");
        assert_eq!(client("10.0.0.1", &["10.2.2.2,10.3.3.3"]), "10.2.2.2");
    }

    #[test]
    fn unreadable_header_yields_peer_address() {
        for broken in ["", ",", "unknown", "5.6.7.8, ", "5.6.7", "5.6.7.8, unknown", "unknown, 10.0.0.2", "é"] {
            assert_eq!(client("10.0.0.1", &[broken]), "10.0.0.1", "{broken}");
        }
    }

    #[test]
    fn ports_and_mapped_addresses_are_parsed() {
        for odd in ["5.6.7.8:443", "::ffff:5.6.7.8", "[::ffff:5.6.7.8]", "[::ffff:5.6.7.8]:443"] {
            assert_eq!(client("10.0.0.1", &[odd]), "5.6.7.8", "{odd}");
        }
        assert_eq!(client("10.0.0.1", &["[2001:db8::1]:443, ::ffff:10.0.0.7"]), "2001:db8::1");
    }

    #[test]
    fn mapped_network_matches_ipv4_address() {
        for net in ["::ffff:10.1.2.3/128", "::ffff:10.0.0.0/104", "::ffff:0:0/96"] {
            let proxies = Proxies::new(vec![net.parse().unwrap()]);
            assert!(proxies.trusts("10.1.2.3".parse().unwrap()), "{net}");
        }
    }

    #[test]
    fn addresses_in_one_64_share_a_source() {
        let source = |text: &str| Source::of(text.parse().unwrap());
        assert_eq!(source("2001:db8:1:2::1"), source("2001:db8:1:2:ffff::2"));
        assert_ne!(source("2001:db8:1:2::1"), source("2001:db8:1:3::1"));
        assert_ne!(source("1.2.3.4"), source("1.2.3.5"));
    }

    #[test]
    fn network_is_a_24_or_a_48() {
        let network = |text: &str| Source::of(text.parse().unwrap()).network();
        assert_eq!(network("192.0.2.1"), network("192.0.2.255"));
        assert_ne!(network("192.0.2.1"), network("192.0.3.1"));
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:2:2::1"));
    }
}
