//! Ends connections on which nothing comes to an end: answers that nobody takes, bodies that go on
//! after their answer, heads that never complete. actix itself sees only to the first head.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::net::{Shutdown, TcpStream};
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::rt;
use actix_web::rt::time::sleep;

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A client that still sends has so long to notice the refusal.
const LINGER: Duration = Duration::from_secs(3);

thread_local! {
    /// Those of this worker.
    static OPEN: RefCell<Vec<Weak<Connection>>> = const { RefCell::new(Vec::new()) };
}

/// One connection, as long as it is open.
pub(crate) struct Connection {
    patience: Duration,
    /// When to end it, unless a request is being answered.
    ends_at: Cell<Option<Instant>>,
    /// The same socket, under a descriptor of its own.
    socket: TcpStream,
}

/// A request has come; it is given the time that it needs.
pub(crate) fn begin(request: &ServiceRequest) {
    if let Some(connection) = request.conn_data::<Rc<Connection>>() {
        connection.ends_at.set(None);
    }
}

/// From now on the client has to take the answer, and to send a whole next head.
pub(crate) fn end<B: MessageBody>(response: &ServiceResponse<B>) {
    let is_stream = response.response().body().size() == BodySize::Stream;
    if let Some(connection) = response.request().conn_data::<Rc<Connection>>().filter(|_| !is_stream) {
        connection.wait_after(response.status());
    }
}

impl Connection {
    /// The one that a request came on, if it is watched.
    pub(crate) fn of(request: &HttpRequest) -> Option<Rc<Self>> {
        request.conn_data::<Rc<Self>>().map(Rc::clone)
    }

    /// The client has so long to take what it was given.
    pub(crate) fn wait_for_taking(&self, patience: Duration) {
        self.ends_at.set(Some(Instant::now() + patience));
    }

    /// Whether the client has closed its side. actix goes on for the sake of clients that merely have nothing
    /// more to send; one that listens to a stream has left.
    pub(crate) fn has_left(&self) -> bool {
        self.socket.peek(&mut [0]).is_ok_and(|count| count == 0)
    }

    fn wait_after(&self, status: StatusCode) {
        let refuses_the_rest = matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE);
        let patience = if refuses_the_rest { LINGER } else { self.patience };
        self.ends_at.set(Some(Instant::now() + patience));
    }

    fn end_if_due(&self, now: Instant) {
        if self.ends_at.get().is_some_and(|at| at <= now) {
            // It may be gone already.
            drop(self.socket.shutdown(Shutdown::Both));
        }
    }
}

/// What `HttpServer::on_connect` is to do, so that each connection is ended that stands still for
/// so long between two requests.
pub fn watch_connections(patience: Duration) -> impl Fn(&dyn Any, &mut Extensions) + Send + Sync + 'static {
    move |stream, data| {
        let Some(socket) = stream.downcast_ref().and_then(second_handle) else {
            tracing::debug!("a connection is not watched");
            return;
        };
        let ends_at = Cell::new(Some(Instant::now() + patience));
        let connection = Rc::new(Connection { patience, ends_at, socket });
        watch(Rc::downgrade(&connection));
        data.insert(connection);
    }
}

#[cfg(unix)]
fn second_handle(stream: &rt::net::TcpStream) -> Option<TcpStream> {
    use std::os::fd::AsFd;
    stream.as_fd().try_clone_to_owned().ok().map(TcpStream::from)
}

#[cfg(not(unix))]
fn second_handle(_: &rt::net::TcpStream) -> Option<TcpStream> {
    None
}

fn watch(connection: Weak<Connection>) {
    OPEN.with_borrow_mut(|open| {
        if open.is_empty() {
            rt::spawn(look_again_and_again());
        }
        open.push(connection);
    });
}

async fn look_again_and_again() {
    while look(Instant::now()) {
        sleep(LOOK_EVERY).await;
    }
}

/// Whether any connection is still open.
fn look(now: Instant) -> bool {
    OPEN.with_borrow_mut(|open| {
        open.retain(|connection| connection.upgrade().inspect(|open| open.end_if_due(now)).is_some());
        !open.is_empty()
    })
}
