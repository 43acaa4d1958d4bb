//! The HTTP server: sockets, workers, and the services of each connection.
//!
//! `actix_web::HttpServer` combines the same parts, but costs half a kibibyte more for each open stream: its
//! task holds the state of the connection twice unless that is boxed, and every connection is on a list of tasks
//! that wait for the server to stop.

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use actix_server::{Server, ServerBuilder};
use actix_service::{ServiceFactory, boxed};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{App, Error};
use chit_chat_http::{Budget, Capacity, Connections, Proxies, Speed, Times, service};
use socket2::{Domain, Protocol, Socket, Type};

const TIMES: Times = Times {
    first_head: Duration::from_secs(10),
    // Longer than that of most proxies (a minute), so that the proxy closes the connection.
    keep_alive: Duration::from_secs(75),
    closing: Duration::from_secs(1),
};
/// The minimum speed of a client that reads a response.
const SLOWEST_READER: Speed = Speed { bytes: 16 * 1024, period: Duration::from_secs(15) };
/// The number of bytes that the kernel takes of a response before it sends any. By default it takes megabytes of
/// one that nobody reads, and the speed of the reader shows late.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 32 * 1024;
/// The number of connections that may wait to be accepted.
const BACKLOG: i32 = 1_024;

/// The connections, with the limits for stalled ones.
pub(crate) fn connections(capacity: Capacity, proxies: Proxies, budget: Budget) -> Arc<Connections> {
    let timeout = TIMES.keep_alive + TIMES.first_head;
    Arc::new(Connections::new(timeout, SLOWEST_READER, capacity, proxies).within(budget))
}

/// Listens on every address that the name resolves to and that this machine has.
pub(crate) fn bind(name: &str) -> io::Result<Vec<TcpListener>> {
    let (mut listeners, mut failed) = (Vec::new(), None);
    for address in name.to_socket_addrs()? {
        match bind_one(address) {
            Ok(listener) => listeners.push(listener),
            Err(error) => failed = Some(error),
        }
    }
    failed.filter(|_| listeners.is_empty()).map_or(Ok(listeners), Err)
}

fn bind_one(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Without this, the address cannot be reused for minutes. On Windows, the option has another meaning.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    // Accepted connections inherit it.
    #[cfg(target_os = "linux")]
    socket.set_tcp_notsent_lowat(UNSENT)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Builds a server, which starts when it is run.
pub(crate) fn serve<T, B>(
    app: impl Fn() -> App<T> + Send + Clone + 'static,
    listeners: Vec<TcpListener>,
    connections: &Arc<Connections>,
) -> io::Result<ServerBuilder>
where
    T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<B>, Error = Error, InitError = ()>,
    T: 'static,
    B: MessageBody + Unpin + 'static,
{
    listeners.into_iter().try_fold(Server::build().disable_signals(), |server, listener| {
        let (app, connections) = (app.clone(), Arc::clone(connections));
        server.listen("http", listener, move || boxed::factory(service(app(), &connections, TIMES)))
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::TcpStream;

    use socket2::SockRef;

    use super::*;

    #[test]
    fn accepted_connections_inherit_options() {
        let listener = bind("127.0.0.1:0").unwrap().remove(0);
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        assert_eq!(SockRef::from(&accepted).tcp_notsent_lowat().unwrap(), UNSENT);
    }
}
