//! The state that all connections of a server share.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::poll_fn;
use std::net::TcpStream;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use actix_web::rt;
use metrics::{Counter, counter};

use super::open::Admission;
use super::room::Places;
use super::socket::Socket;
use super::{Budget, Connection, Speed, open};
use crate::limits::{Proxies, Source};

/// The state that all connections of a server share.
pub struct Connections {
    pub(super) timeout: Duration,
    /// The minimum speed of clients that read a response.
    pub(super) slowest: Speed,
    capacity: Capacity,
    pub(super) proxies: Proxies,
    pub(super) budget: Arc<Budget>,
    /// The number of open connections by address. Through trusted proxies, that of requests and streams.
    of_addresses: Mutex<HashMap<Source, usize>>,
    stopping: AtomicBool,
    pub(super) closed: Closed,
}

/// The maximum numbers of open connections.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// On each worker thread.
    pub per_worker: usize,
    /// From each address, other than trusted proxies; also the requests and streams at once of each of their clients.
    pub per_address: usize,
    /// The time for which a connection has to be idle before it makes room for anybody, and not only as one of the
    /// largest holder: the request of a shorter one may be in transit.
    pub idle: Duration,
}

impl Capacity {
    pub const UNLIMITED: Self = Self { per_worker: usize::MAX, per_address: usize::MAX, idle: Duration::MAX };
}

pub(super) struct Closed {
    address: Counter,
    full: Counter,
    room: Counter,
    pub(super) slow: Counter,
}

impl Connections {
    /// Closes each connection that is idle for this long between two requests.
    pub fn new(timeout: Duration, slowest: Speed, capacity: Capacity, proxies: Proxies) -> Self {
        let closed = |reason: &'static str| counter!("chit_chat_connections_closed_total", "reason" => reason);
        Self {
            timeout,
            slowest,
            capacity,
            proxies,
            budget: Arc::new(Budget::new(usize::MAX)),
            of_addresses: Mutex::default(),
            stopping: AtomicBool::new(false),
            closed: Closed {
                address: closed("address"),
                full: closed("full"),
                room: closed("room"),
                slow: closed("slow"),
            },
        }
    }

    /// Bounds the memory for bodies and responses.
    #[must_use]
    pub fn within(self, budget: Budget) -> Self {
        Self { budget: Arc::new(budget), ..self }
    }

    /// Watches a connection that was just accepted; `None` closes it.
    pub(super) fn accept(self: &Arc<Self>, stream: rt::net::TcpStream) -> Option<Socket> {
        let Some(handle) = duplicate_handle(&stream) else {
            // Out of file descriptors: a connection that is not watched would escape all limits.
            tracing::warn!("a connection was closed: its handle cannot be duplicated");
            return None;
        };
        let source = stream.peer_addr().ok().and_then(|peer| self.proxies.source_of_peer(peer.ip()));
        if source.is_some_and(|source| !self.enter(source)) {
            self.closed.address.increment(1);
            return None;
        }
        let connection = Rc::new(Connection::new(Arc::clone(self), source, handle));
        match open::make_room(source, self.places()) {
            Admission::Free | Admission::Last => {}
            Admission::Cleared => self.closed.room.increment(1),
            Admission::Refused => {
                self.closed.full.increment(1);
                return None;
            }
        }
        open::add(&connection);
        Some(Socket::new(stream, connection))
    }

    /// The places of each worker.
    pub(super) fn places(&self) -> Places {
        Places { count: self.capacity.per_worker, idle: self.capacity.idle }
    }

    /// Counts a connection, or a request through a proxy, unless the address has its share already.
    pub(super) fn enter(&self, source: Source) -> bool {
        let mut of_addresses = self.of_addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let count = of_addresses.entry(source).or_default();
        let fits = *count < self.capacity.per_address;
        *count += usize::from(fits);
        fits
    }

    pub(super) fn leave(&self, source: Source) {
        let mut of_addresses = self.of_addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut count) = of_addresses.entry(source) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }

    /// Makes every further response the last of its connection, and closes idle connections within a second.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Resolves once the server is stopping. The future wakes no task and so stays small: connections poll it on
    /// activity, and the sockets of idle ones are shut down.
    pub fn stopped(self: &Arc<Self>) -> impl Future<Output = ()> + use<> {
        let all = Arc::clone(self);
        poll_fn(move |_| if all.is_stopping() { Poll::Ready(()) } else { Poll::Pending })
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

#[cfg(unix)]
fn duplicate_handle(stream: &rt::net::TcpStream) -> Option<TcpStream> {
    use std::os::fd::AsFd;
    stream.as_fd().try_clone_to_owned().ok().map(TcpStream::from)
}

#[cfg(not(unix))]
fn duplicate_handle(_: &rt::net::TcpStream) -> Option<TcpStream> {
    None
}
