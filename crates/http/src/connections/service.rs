//! The service of each connection: actix-http, on sockets that deliver one request at a time.

use std::io::{Error as IoError, ErrorKind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Extensions, ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::rt::net::TcpStream;
use actix_web::{App, Error};

use super::Connections;
use super::socket::Socket;
use super::watched::watched;

/// The times within which a client has to act.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// To send the first head.
    pub first_head: Duration,
    /// To begin the next head.
    pub keep_alive: Duration,
    /// To close its side of a connection that the server has closed.
    pub closing: Duration,
}

/// The number of bytes to write from which actix takes no more of a response.
const WRITE_BUFFER: usize = 8 * 1024;

/// Serves an app on the connections that it is given.
pub fn service<T, B>(
    app: App<T>,
    connections: &Arc<Connections>,
    times: Times,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()> + use<T, B>
where
    T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<B>, Error = Error, InitError = ()>,
    T: 'static,
    B: MessageBody + Unpin + 'static,
{
    let (connections, stopping) = (Arc::clone(connections), Arc::clone(connections));
    let app = app.into_factory().map(watched).map_err(|error: Error| {
        // Not watched, so nothing may follow it.
        let mut response = error.error_response();
        response.head_mut().set_connection_type(ConnectionType::Close);
        response
    });
    let http = HttpService::build()
        .graceful_shutdown_signal(move || stopping.stopped())
        .client_request_timeout(times.first_head)
        .client_disconnect_timeout(times.closing)
        .keep_alive(times.keep_alive)
        .h1_write_buffer_size(WRITE_BUFFER)
        .on_connect_ext(|socket: &Socket, data: &mut Extensions| {
            data.insert(Rc::clone(&socket.connection));
        })
        .finish(map_config(app, |()| AppConfig::default()));
    let accepted = move |stream: TcpStream| {
        let peer = stream.peer_addr().ok();
        let refused = || DispatchError::Io(IoError::from(ErrorKind::ConnectionRefused));
        let socket = connections.accept(stream).ok_or_else(refused);
        std::future::ready(socket.map(|socket| (socket, Protocol::Http1, peer)))
    };
    fn_service(accepted).and_then(http)
}
