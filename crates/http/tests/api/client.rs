//! Sends requests, with or without an access token.

use std::net::SocketAddr;
use std::rc::Rc;

use actix_web::http::Method;
use actix_web::http::header::{CONTENT_LENGTH, HeaderValue};
use actix_web::test::TestRequest;
use serde_json::Value;

use crate::answer::Answer;
use crate::server::Server;

#[derive(Clone)]
pub(crate) struct Client {
    server: Rc<Server>,
    address: Option<SocketAddr>,
    pub(crate) token: Option<String>,
}

/// A request under construction.
pub(crate) struct Call {
    server: Rc<Server>,
    request: TestRequest,
}

impl Client {
    pub(crate) fn new(server: Rc<Server>, token: Option<String>) -> Self {
        Self { server, token, address: None }
    }

    /// The same user, at another address.
    pub(crate) fn at(&self, address: &str) -> Self {
        let address = Some(SocketAddr::new(address.parse().unwrap(), 50_000));
        Self { address, ..self.clone() }
    }

    pub(crate) fn request(&self, method: Method, path: impl AsRef<str>) -> Call {
        let request = TestRequest::with_uri(path.as_ref()).method(method);
        let request = self.address.into_iter().fold(request, TestRequest::peer_addr);
        let call = Call { server: self.server.clone(), request };
        match &self.token {
            Some(token) => call.header("Authorization", format!("Bearer {token}")),
            None => call,
        }
    }

    pub(crate) async fn get(&self, path: impl AsRef<str>) -> Answer {
        self.request(Method::GET, path).send().await
    }

    pub(crate) async fn post(&self, path: impl AsRef<str>, body: Value) -> Answer {
        self.request(Method::POST, path).json(body).send().await
    }

    pub(crate) async fn patch(&self, path: impl AsRef<str>, body: Value) -> Answer {
        self.request(Method::PATCH, path).json(body).send().await
    }

    pub(crate) async fn put(&self, path: impl AsRef<str>) -> Answer {
        self.request(Method::PUT, path).send().await
    }

    pub(crate) async fn delete(&self, path: impl AsRef<str>) -> Answer {
        self.request(Method::DELETE, path).send().await
    }

    /// Posts bytes that are declared as JSON.
    pub(crate) async fn post_bytes(&self, path: impl AsRef<str>, body: impl Into<Vec<u8>>) -> Answer {
        self.request(Method::POST, path).bytes("application/json", body).send().await
    }
}

impl Call {
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<Vec<u8>>) -> Self {
        let value = HeaderValue::from_bytes(&value.into()).unwrap();
        self.request = self.request.append_header((name, value));
        self
    }

    #[expect(clippy::needless_pass_by_value, reason = "calls read better without an ampersand")]
    pub(crate) fn json(self, body: Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    pub(crate) fn bytes(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let call = self.header("Content-Type", content_type);
        Self { request: call.request.set_payload(body.into()), server: call.server }
    }

    /// Sets `Content-Length`, whatever the actual length of the body.
    pub(crate) fn announcing(self, length: usize) -> Self {
        Self { request: self.request.insert_header((CONTENT_LENGTH, length)), server: self.server }
    }

    pub(crate) async fn send(self) -> Answer {
        self.server.answer(self.request).await
    }
}
