//! The app on a listening socket, instead of called in the same process.

use std::net::SocketAddr;

use actix_web::body::{BodyStream, to_bytes};
use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::from_fn;
use actix_web::test::TestRequest;
use actix_web::web::{self, Data};
use actix_web::{App, HttpMessage, HttpServer, rt};
use chit_chat_http::{State, answer, configure};
use ureq::Agent;

use crate::answer::Answer;

#[derive(Clone)]
pub(crate) struct Wire {
    agent: Agent,
    address: SocketAddr,
    pub(crate) server: ServerHandle,
}

impl Wire {
    /// Starts listening on a free port.
    pub(crate) fn listen(state: &Data<State>) -> Self {
        let state = state.clone();
        let app = move || App::new().app_data(state.clone()).wrap(from_fn(answer)).configure(configure);
        let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        rt::spawn(server);
        let config = Agent::config_builder().http_status_as_error(false).allow_non_standard_methods(true);
        Self { agent: config.build().new_agent(), address, server: handle }
    }

    pub(crate) async fn call(self, request: TestRequest) -> Answer {
        let mut request = request.to_request();
        let payload = BodyStream::new(request.take_payload());
        let body = to_bytes(payload).await.unwrap_or_else(|_| panic!("a broken payload")).to_vec();
        let name = format!("{} {}", request.method(), request.uri());
        let uri = format!("http://{}{}", self.address, request.uri());
        let mut sent = ureq::http::Request::builder().method(request.method().as_str()).uri(uri);
        for (name, value) in request.headers() {
            sent = sent.header(name.as_str(), value.as_bytes());
        }
        let run = move || {
            if body.is_empty() { self.agent.run(sent.body(())?) } else { self.agent.run(sent.body(body)?) }
        };
        let mut response = web::block(run).await.unwrap().unwrap();
        let headers = response.headers().iter().map(|(name, value)| {
            let name: HeaderName = name.as_str().parse().unwrap();
            (name, HeaderValue::from_bytes(value.as_bytes()).unwrap())
        });
        let (headers, status) =
            (headers.collect::<HeaderMap>(), StatusCode::from_u16(response.status().as_u16()).unwrap());
        // A stream never ends; tests that read one use a raw connection.
        if headers.get(CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream") {
            return Answer::new(name, status, headers, Vec::new());
        }
        let bytes = web::block(move || response.body_mut().read_to_vec()).await.unwrap().unwrap();
        Answer::new(name, status, headers, bytes)
    }
}
