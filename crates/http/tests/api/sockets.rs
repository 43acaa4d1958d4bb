//! The app on a real socket, and clients that write raw HTTP.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use actix_server::Server;
use actix_service::boxed;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, rt};
use chit_chat_http::{
    BodyTimes, Capacity, Connections, Proxies, Speed, Times, answer, configure, limited, service,
};
use socket2::{Domain, Socket, Type};

use crate::answer::Answer;
use crate::app::TestApp;

/// The times for a body.
const BODY_TIMES: BodyTimes = BodyTimes { limit: Duration::from_millis(400), ..BodyTimes::DEFAULT };
/// The minimum speed of a client that reads.
pub(crate) const SLOWEST: Speed = Speed { bytes: 16 * 1024, period: Duration::from_secs(2) };
/// The time limit for an idle connection after a response.
const IDLE: Duration = Duration::from_millis(600);
/// The times of the server, but for idle connections.
const TIMES: Times = Times {
    first_head: Duration::from_secs(5),
    keep_alive: Duration::from_secs(5),
    closing: Duration::from_secs(1),
};
/// The time limit for anything that a test waits for.
const TIMEOUT: Duration = Duration::from_secs(20);
const BETWEEN_BYTES: Duration = Duration::from_millis(20);

/// A server that serves an app until the test ends.
pub(crate) struct Listening {
    address: SocketAddr,
    /// The address that clients have.
    client: Ipv4Addr,
}

impl Listening {
    /// Starts on a single thread, so that a request that blocks it blocks all others.
    pub(crate) fn start(app: &TestApp) -> Self {
        Self::start_with(app, Capacity::UNLIMITED)
    }

    /// Starts a server that accepts so many connections.
    pub(crate) fn start_with(app: &TestApp, capacity: Capacity) -> Self {
        Self::start_watched(app, Connections::new(IDLE, SLOWEST, capacity, Proxies::default()), BODY_TIMES)
    }

    /// Starts a server that watches its connections in this way, and gives bodies this time.
    pub(crate) fn start_watched(app: &TestApp, connections: Connections, times: BodyTimes) -> Self {
        let (state, limits, origins) = (app.state.clone(), app.limits.clone(), app.origins.clone());
        let app = move || {
            let app = App::new().app_data(state.clone()).app_data(times);
            let app = app.app_data(Data::new(origins.clone())).wrap(from_fn(answer));
            app.configure(configure).configure(limited(limits.clone()))
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(connections);
        let factory = move || boxed::factory(service(app(), &connections, TIMES));
        thread::spawn(move || {
            let server = Server::build().workers(1).disable_signals().listen("http", listener, factory);
            rt::System::new().block_on(server.unwrap().run())
        });
        Self { address, client: Ipv4Addr::LOCALHOST }
    }

    /// The same server for clients of another loopback address.
    #[cfg(target_os = "linux")]
    pub(crate) fn from(&self, client: impl Into<Ipv4Addr>) -> Self {
        Self { address: self.address, client: client.into() }
    }

    pub(crate) fn connect(&self) -> Connection {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((self.client, 0)).into()).unwrap();
        socket.connect(&self.address.into()).unwrap();
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        Connection(stream)
    }
}

/// A client's connection.
pub(crate) struct Connection(TcpStream);

impl Connection {
    /// The socket, for clients that read by themselves.
    pub(crate) fn into_stream(self) -> TcpStream {
        self.0
    }

    pub(crate) fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).unwrap();
    }

    /// Sends the request line, the headers, and the start of the body.
    pub(crate) fn begin(&mut self, request: &str, headers: &[&str], rest: &[u8]) {
        self.write(format!("{request} HTTP/1.1\r\nHost: test\r\n"));
        for header in headers {
            self.write(format!("{header}\r\n"));
        }
        self.write("\r\n");
        self.write(rest);
    }

    /// Sends this piece repeatedly, with pauses, for as long as the server reads.
    pub(crate) fn trickle(&self, piece: &'static [u8]) {
        let mut stream = self.0.try_clone().unwrap();
        let start = Instant::now();
        thread::spawn(move || {
            while start.elapsed() < TIMEOUT && stream.write_all(piece).is_ok() {
                thread::sleep(BETWEEN_BYTES);
            }
        });
    }

    /// Sends this piece repeatedly without pauses, and returns how many were sent.
    pub(crate) fn flood(&self, piece: &[u8], times: usize) -> usize {
        let mut stream = &self.0;
        (0..times).take_while(|_| stream.write_all(piece).is_ok()).count()
    }

    /// Reads a response on a connection that stays open.
    pub(crate) fn answer(&mut self) -> Answer {
        self.try_answer().expect("no whole answer")
    }

    /// Reads a response, unless the server closes the connection.
    pub(crate) fn try_answer(&mut self) -> Option<Answer> {
        let mut bytes = Vec::new();
        loop {
            if let Some(answer) = Answer::parse(&bytes) {
                return Some(answer);
            }
            let mut buffer = [0; 4096];
            let read = self.0.read(&mut buffer).ok().filter(|read| *read > 0)?;
            bytes.extend_from_slice(&buffer[..read]);
        }
    }

    /// Reads until this text arrives.
    pub(crate) fn expect_text(&mut self, text: &str) {
        let (mut bytes, mut buffer, start) = (Vec::new(), [0; 4096], Instant::now());
        while !bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
            let read = self.0.read(&mut buffer).expect("the text");
            let is_open = read > 0 && start.elapsed() < TIMEOUT;
            assert!(is_open, "ended, or took too long: {}", String::from_utf8_lossy(&bytes));
            bytes.extend_from_slice(&buffer[..read]);
        }
    }

    /// Waits this long for a response, or for the end of the connection.
    pub(crate) fn has_answer(&mut self, time: Duration) -> bool {
        self.0.set_read_timeout(Some(time)).unwrap();
        let peeked = self.0.peek(&mut [0]);
        self.0.set_read_timeout(Some(TIMEOUT)).unwrap();
        !peeked.is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
    }

    /// Waits until the server closes the connection.
    pub(crate) fn expect_end(&mut self) {
        let mut buffer = [0; 4096];
        let start = Instant::now();
        loop {
            match self.0.read(&mut buffer) {
                Ok(0) => return,
                Ok(_) => assert!(start.elapsed() < TIMEOUT, "still answering"),
                Err(error) => {
                    assert!(!matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "still open");
                    return;
                }
            }
        }
    }
}
