//! Closes stalled connections: slow readers, bodies still arriving after the response, heads that never complete.
//! actix itself limits only the time for the first head. Bounds the connections of each address, and makes room for
//! new ones by closing the one that has been idle longest.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::poll_fn;
use std::net::{Shutdown, TcpStream};
use std::rc::{Rc, Weak};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::rt;
use actix_web::rt::time::sleep;
use metrics::{Counter, counter};

use crate::limits::{Proxies, Source};

const CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// The time for a client that is still sending to read the rejection.
const LINGER: Duration = Duration::from_secs(3);

thread_local! {
    /// The connections of this worker.
    static OPEN: RefCell<Vec<Weak<Connection>>> = const { RefCell::new(Vec::new()) };
    /// True while a task checks them.
    static CHECKING: Cell<bool> = const { Cell::new(false) };
}

/// The state that all connections of a server share.
pub struct Connections {
    timeout: Duration,
    capacity: Capacity,
    proxies: Proxies,
    /// The number of open connections by address.
    of_addresses: Mutex<HashMap<Source, usize>>,
    stopping: AtomicBool,
    closed: Closed,
}

/// The maximum numbers of open connections.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// On each worker thread.
    pub per_worker: usize,
    /// From each address, other than trusted proxies.
    pub per_address: usize,
    /// The time for which a connection has to be idle before it makes room for another: the request of a shorter
    /// one may be in transit.
    pub idle: Duration,
}

impl Capacity {
    pub const UNLIMITED: Self = Self { per_worker: usize::MAX, per_address: usize::MAX, idle: Duration::MAX };
}

struct Closed {
    for_address: Counter,
    for_others: Counter,
}

/// An open connection.
pub(crate) struct Connection {
    all: Arc<Connections>,
    /// The time at which to close it; `None` while a request is being handled.
    ends_at: Cell<Option<Instant>>,
    /// True if the connection carries a stream, which ends by itself with a final event.
    is_stream: Cell<bool>,
    /// The address that it counts for; `None` for a trusted proxy.
    source: Option<Source>,
    /// The same socket, under its own descriptor.
    socket: TcpStream,
}

/// Stops the timer, because handling a request is not limited here.
pub(crate) fn begin(request: &ServiceRequest) {
    if let Some(connection) = request.conn_data::<Rc<Connection>>() {
        connection.ends_at.set(None);
        connection.is_stream.set(false);
    }
}

/// Starts the timer within which the client must read the response and send a complete next head.
pub(crate) fn end<B: MessageBody>(response: &ServiceResponse<B>) {
    let is_stream = response.response().body().size() == BodySize::Stream;
    if let Some(connection) = response.request().conn_data::<Rc<Connection>>().filter(|_| !is_stream) {
        connection.start_timer(response.status());
    }
}

impl Connection {
    /// The connection of a request, if it is watched.
    pub(crate) fn of(request: &HttpRequest) -> Option<Rc<Self>> {
        request.conn_data::<Rc<Self>>().map(Rc::clone)
    }

    /// Gives the client of a stream this time to read what was sent.
    pub(crate) fn expect_read_within(&self, timeout: Duration) {
        self.is_stream.set(true);
        self.ends_at.set(Some(Instant::now() + timeout));
    }

    /// Returns whether the client has closed its side. actix ignores that, because some clients merely have
    /// nothing more to send; the client of a stream has disconnected.
    pub(crate) fn is_disconnected(&self) -> bool {
        self.socket.peek(&mut [0]).is_ok_and(|count| count == 0)
    }

    /// The time since which no request is being handled.
    fn idle_since(&self) -> Option<Instant> {
        self.ends_at.get()?.checked_sub(self.all.timeout)
    }

    fn start_timer(&self, status: StatusCode) {
        let refuses_the_rest = matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE);
        let timeout = if refuses_the_rest { LINGER } else { self.all.timeout };
        self.ends_at.set(Some(Instant::now() + timeout));
    }

    /// Shuts the socket down if it is due. The calls fail harmlessly if the connection is already closed.
    fn shut_down_if_due(&self, now: Instant) {
        let Some(ends_at) = self.ends_at.get() else {
            return;
        };
        if ends_at <= now {
            drop(self.socket.shutdown(Shutdown::Both));
        } else if self.all.is_stopping() && !self.is_stream.get() {
            // Shuts down reading only, so that data in flight still reaches the client.
            drop(self.socket.shutdown(Shutdown::Read));
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(source) = self.source {
            self.all.leave(source);
        }
    }
}

impl Connections {
    /// Closes each connection that is idle for this long between two requests.
    pub fn new(timeout: Duration, capacity: Capacity, proxies: Proxies) -> Self {
        let closed = |reason: &'static str| counter!("chit_chat_connections_closed_total", "reason" => reason);
        Self {
            timeout,
            capacity,
            proxies,
            of_addresses: Mutex::default(),
            stopping: AtomicBool::new(false),
            closed: Closed { for_address: closed("address"), for_others: closed("room") },
        }
    }

    /// Watches a connection that was just accepted.
    pub fn watch(self: &Arc<Self>, stream: &rt::net::TcpStream, data: &mut Extensions) {
        let Some(socket) = duplicate_handle(stream) else {
            // Out of file descriptors: a connection that is not watched would escape all limits.
            tracing::warn!("a connection was closed: its handle cannot be duplicated");
            return;
        };
        let source = stream.peer_addr().ok().and_then(|peer| self.proxies.source_of_peer(peer.ip()));
        if source.is_some_and(|source| !self.enter(source)) {
            self.closed.for_address.increment(1);
            drop(socket.shutdown(Shutdown::Both));
            return;
        }
        let ends_at = Cell::new(Some(Instant::now() + self.timeout));
        let connection =
            Rc::new(Connection { all: Arc::clone(self), ends_at, is_stream: Cell::new(false), source, socket });
        if make_room(&self.capacity) {
            self.closed.for_others.increment(1);
        }
        watch(Rc::downgrade(&connection));
        data.insert(connection);
    }

    /// Counts a connection, unless the address has its share already.
    fn enter(&self, source: Source) -> bool {
        let mut of_addresses = self.of_addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let count = of_addresses.entry(source).or_default();
        let fits = *count < self.capacity.per_address;
        *count += usize::from(fits);
        fits
    }

    fn leave(&self, source: Source) {
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

    fn is_stopping(&self) -> bool {
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

/// Closes the connection of this worker that has been idle longest, if one more would take the last place; returns
/// whether it did.
fn make_room(capacity: &Capacity) -> bool {
    OPEN.with_borrow_mut(|open| {
        if open.len() + 1 < capacity.per_worker {
            return false;
        }
        open.retain(|connection| connection.strong_count() > 0);
        if open.len() + 1 < capacity.per_worker {
            return false;
        }
        let idle = open.iter().filter_map(Weak::upgrade).filter(|open| !open.is_stream.get());
        let longest = idle.filter_map(|open| Some((open.idle_since()?, open))).min_by_key(|(since, _)| *since);
        let longest = longest.filter(|(since, _)| since.elapsed() >= capacity.idle);
        longest.inspect(|(_, open)| drop(open.socket.shutdown(Shutdown::Both))).is_some()
    })
}

fn watch(connection: Weak<Connection>) {
    OPEN.with_borrow_mut(|open| open.push(connection));
    if !CHECKING.replace(true) {
        rt::spawn(check_periodically());
    }
}

async fn check_periodically() {
    while shut_down_due(Instant::now()) {
        sleep(CHECK_INTERVAL).await;
    }
    CHECKING.set(false);
}

/// Closes the connections that are due. Returns whether any is still open.
fn shut_down_due(now: Instant) -> bool {
    OPEN.with_borrow_mut(|open| {
        open.retain(|connection| connection.upgrade().inspect(|open| open.shut_down_if_due(now)).is_some());
        !open.is_empty()
    })
}
