//! A client whose failures fail the test.

use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "correct horse";

#[derive(Clone)]
pub(crate) struct Client(chit_chat_client::Client);

impl Client {
    pub(crate) fn new(url: &str) -> Self {
        Self(chit_chat_client::Client::new(url))
    }

    /// The same user, also at another server.
    pub(crate) fn at(&self, url: &str) -> Self {
        Self(self.0.at(url))
    }

    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self(self.0.with_token(token))
    }

    /// Signs up a user and signs them in; returns their client and id.
    pub(crate) fn sign_up(&self, username: &str) -> (Self, String) {
        let account = json!({"username": username, "password": PASSWORD});
        let user = self.expect(201, "POST", "/api/users", &account);
        let session = self.expect(200, "POST", "/api/auth/session", &account);
        (self.with_token(session["access_token"].as_str().unwrap()), user["id"].as_str().unwrap().to_owned())
    }

    pub(crate) fn token(&self) -> &str {
        self.0.token()
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.expect(200, "GET", path, &Value::Null)
    }

    /// Sends a request, and returns the body if the response has this status.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16, method: &'static str, path: &str, body: &Value) -> Value {
        let (found, text) =
            self.send(method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        assert_eq!(found, status, "{method} {path}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Sends a request, and returns status and body. Fails if the server is gone.
    pub(crate) fn send(&self, method: &'static str, path: &str, body: &Value) -> anyhow::Result<(u16, String)> {
        let request = self.0.request(method, path);
        let answer = if body.is_null() { request.send()? } else { request.json(body).send()? };
        Ok((answer.status, answer.text))
    }
}
