//! Closes stalled connections: slow readers, bodies still arriving after the response, heads that never complete.
//! actix itself limits only the time for the first head. Bounds the connections of each address, and makes room for
//! new ones by closing one of the largest holder's.

mod all;
mod budget;
mod client;
mod framing;
mod holders;
mod leaving;
mod open;
mod pace;
mod room;
mod service;
mod socket;
mod transfer;
mod watched;

use std::cell::{Cell, RefCell};
use std::net::{Shutdown, TcpStream};
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
pub use all::{Capacity, Connections};
pub use budget::Budget;
pub(crate) use budget::Held;
use budget::{Holder, Origin, Person};
use chit_chat_domain::id::UserId;
use client::Client;
use holders::Counted;
use pace::Pace;
pub use pace::Speed;
use room::Doing;
pub use service::{Times, service};
use transfer::Transfer;

use crate::limits::Source;
use crate::problem::Problem;

/// The size up to which a response is not held. actix copies it into the buffer of the connection at once.
const SMALL_RESPONSE: usize = 32 * 1024;
/// The time for a client that is still sending to read the rejection.
const LINGER: Duration = Duration::from_secs(3);

/// An open connection.
pub(crate) struct Connection {
    all: Arc<Connections>,
    /// The time at which to close it; `None` while a request is being handled.
    ends_at: Cell<Option<Instant>>,
    /// True if the connection carries a stream, which ends by itself with a final event.
    is_stream: Cell<bool>,
    /// The address that it counts for; `None` for a trusted proxy.
    source: Option<Source>,
    /// Counts for the holder until the connection makes room for another.
    counted: Cell<Option<Counted>>,
    /// The client of the current request, if a trusted proxy names it.
    client: RefCell<Option<Client>>,
    /// The part of a request that is arriving.
    receiving: Cell<Doing>,
    /// The time at which to shut it down, once it makes room for another.
    leaves_by: Cell<Option<Instant>>,
    /// The task of a stream to wake then.
    stream: RefCell<Option<Waker>>,
    /// The same socket, under its own descriptor.
    socket: TcpStream,
    transfer: Transfer,
    pace: Pace,
    /// The user who sent the current request, once that is known.
    user: Cell<Option<UserId>>,
    /// The memory of a large head, and of a large response until it is written.
    held: RefCell<Vec<Held>>,
}

/// Stops the timer, because handling a request is not limited here. Fails if its client has its share of a proxy's
/// requests already, or if the head is too large for the client's share of the memory.
pub(crate) fn begin(request: &ServiceRequest) -> Result<(), Problem> {
    let Some(connection) = request.conn_data::<Rc<Connection>>() else {
        return Ok(());
    };
    connection.ends_at.set(None);
    connection.user.set(None);
    connection.is_stream.set(false);
    connection.count_client(request.request())?;
    let is_held = connection.hand_over_head(request.request());
    is_held.then_some(()).ok_or_else(|| Problem::overloaded("too many large heads are being handled"))
}

/// Starts the timer within which the client must read the response and send a complete next head.
pub(crate) fn end<B: MessageBody>(response: &ServiceResponse<B>) {
    let is_stream = response.response().body().size() == BodySize::Stream;
    if let Some(connection) = response.request().conn_data::<Rc<Connection>>().filter(|_| !is_stream) {
        connection.start_timer(response.status());
    }
}

/// Holds memory for a large response until it is written. Without room for it, the client gets a problem instead,
/// unless the request changed something: its answer says what.
pub(crate) fn hold<B: MessageBody>(response: &ServiceResponse<B>) -> Option<Problem> {
    let request = response.request();
    let connection = request.conn_data::<Rc<Connection>>()?;
    // The head is not needed any more.
    connection.release();
    let BodySize::Sized(bytes) = response.response().body().size() else {
        return None;
    };
    let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    // Strangers get only files and the document, whose bytes all responses share.
    let is_shared = connection.user.get().is_none();
    if is_shared || bytes <= SMALL_RESPONSE || request.method() == Method::HEAD {
        return None;
    }
    let Some(held) = connection.reserve(request, bytes) else {
        let may_have_changed = request.method() != Method::GET && response.status() != StatusCode::OK;
        return (!may_have_changed).then(|| Problem::overloaded("too many responses are waiting to be read"));
    };
    connection.held.borrow_mut().push(held);
    None
}

impl Connection {
    fn new(all: Arc<Connections>, source: Option<Source>, socket: TcpStream) -> Self {
        Self {
            ends_at: Cell::new(Some(Instant::now() + all.timeout)),
            all,
            is_stream: Cell::new(false),
            source,
            counted: Cell::new(Some(Counted::new(source))),
            client: RefCell::default(),
            receiving: Cell::new(Doing::Nothing),
            leaves_by: Cell::new(None),
            stream: RefCell::default(),
            socket,
            transfer: Transfer::new(),
            pace: Pace::new(),
            user: Cell::new(None),
            held: RefCell::default(),
        }
    }

    /// The connection of a request, if it is watched.
    pub(crate) fn of(request: &HttpRequest) -> Option<Rc<Self>> {
        request.conn_data::<Rc<Self>>().map(Rc::clone)
    }

    /// Lets more of a payload pass, because its reader has taken everything so far. Without this, a payload stops
    /// after a few kibibytes.
    pub(crate) fn read_on(&self) {
        self.transfer.read_on();
    }

    /// Records who sent the current request.
    pub(crate) fn sent_by(request: &HttpRequest, user: UserId) {
        if let Some(connection) = request.conn_data::<Rc<Self>>() {
            connection.user.set(Some(user));
        }
    }

    /// Records whose WebSocket it is.
    pub(crate) fn belongs_to(&self, user: UserId) {
        self.user.set(Some(user));
    }

    /// Takes memory for a request or its response; `None` if there is none left for its client.
    pub(crate) fn reserve(&self, request: &HttpRequest, bytes: usize) -> Option<Held> {
        let person = self.user.get().map_or(Person::Stranger, Person::User);
        self.hold_for(self.client_of(request), person, bytes)
    }

    /// Takes memory for a frame of a client with this address. Until it is known whose `WebSocket` it is, that is
    /// the first one.
    pub(crate) fn reserve_frame(&self, source: Option<Source>, bytes: usize) -> Option<Held> {
        self.hold_for(source, self.user.get().map_or(Person::FirstFrame, Person::User), bytes)
    }

    fn hold_for(&self, source: Option<Source>, person: Person, bytes: usize) -> Option<Held> {
        let origin = source.map_or(Origin::Proxy, Origin::Client);
        self.all.budget.hold(Holder { origin, person }, bytes)
    }

    /// The address that memory is held for; `None` for a trusted proxy itself.
    pub(crate) fn client_of(&self, request: &HttpRequest) -> Option<Source> {
        self.source.or_else(|| self.all.proxies.client_of(request))
    }

    /// Takes memory for the next part of a large head; returns whether there was any.
    fn hold_head(&self, bytes: usize) -> bool {
        let origin = self.source.map_or(Origin::ProxyHead, Origin::Client);
        let held = self.all.budget.hold(Holder { origin, person: Person::Stranger }, bytes);
        held.map(|held| self.held.borrow_mut().push(held)).is_some()
    }

    /// Counts a large head for the client that a trusted proxy names; returns whether its share has room.
    fn hand_over_head(&self, request: &HttpRequest) -> bool {
        let mut held = self.held.borrow_mut();
        if held.is_empty() || self.source.is_some() {
            return true;
        }
        let Some(client) = self.client_of(request) else {
            return true;
        };
        let holder = Holder { origin: Origin::Client(client), person: Person::Stranger };
        held.iter_mut().all(|part| part.hand_over(holder))
    }

    /// Returns the memory of the current request.
    fn release(&self) {
        if !self.held.borrow().is_empty() {
            self.held.take();
        }
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
        if !self.is_stream.get() && self.pace.is_too_slow(now, self.all.slowest) {
            self.all.closed.slow.increment(1);
            drop(self.socket.shutdown(Shutdown::Both));
            return;
        }
        if self.leaves_by.get().is_some_and(|by| by <= now) {
            drop(self.socket.shutdown(Shutdown::Both));
            return;
        }
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
