//! The HTTP server: sockets, workers, and what each connection is given.
//!
//! `actix_web::HttpServer` would put the same parts together. But a connection that is open for hours, as a stream's is,
//! would take half a kibibyte more: its task has room for the connection's state twice unless that is boxed, and
//! each is on a list of those that wait for the end of the server.

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use actix_http::HttpService;
use actix_server::{Server, ServerBuilder};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt, boxed, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, ServiceRequest, ServiceResponse};
use actix_web::{App, Error, rt};
use chit_chat_http::Connections;
use socket2::{Domain, Protocol, Socket, Type};

const SLOWEST_HEAD: Duration = Duration::from_secs(10);
/// Longer than the minute that proxies usually keep a connection, so that it is they who end it.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Until the client closes its side as well.
const CLOSING: Duration = Duration::from_secs(1);
/// Connections that wait to be accepted.
const BACKLOG: i32 = 1_024;

/// What a connection is ended after, if nothing comes to an end on it.
pub(crate) fn connections() -> Arc<Connections> {
    Arc::new(Connections::new(KEEP_ALIVE + SLOWEST_HEAD))
}

/// Listens on the addresses that the name stands for, as far as this machine has them.
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
    // Else an address could not be used again for minutes; on Windows the option means something else.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// A server that begins when it is run.
pub(crate) fn serve<T, B>(
    app: impl Fn() -> App<T> + Send + Clone + 'static,
    listeners: Vec<TcpListener>,
    connections: &Arc<Connections>,
) -> io::Result<ServerBuilder>
where
    T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<B>, Error = Error, InitError = ()>,
    T: 'static,
    B: MessageBody + 'static,
{
    listeners.into_iter().try_fold(Server::build().disable_signals(), |server, listener| {
        let (app, connections) = (app.clone(), Arc::clone(connections));
        server.listen("http", listener, move || {
            let (connections, stopping) = (Arc::clone(&connections), Arc::clone(&connections));
            let app = app().into_factory().map_err(|error: Error| error.error_response());
            let http = HttpService::build()
                .graceful_shutdown_signal(move || stopping.stopped())
                .client_request_timeout(SLOWEST_HEAD)
                .client_disconnect_timeout(CLOSING)
                .keep_alive(KEEP_ALIVE)
                .on_connect_ext(move |stream: &rt::net::TcpStream, data| connections.watch(stream, data))
                .finish(map_config(app, |()| AppConfig::default()));
            boxed::factory(http.tcp())
        })
    })
}
