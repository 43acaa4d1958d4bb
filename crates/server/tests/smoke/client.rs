//! A client over real sockets.

use serde_json::{Value, json};
use ureq::http::Request;
use ureq::{Agent, Error};

pub(crate) const PASSWORD: &str = "correct horse";

#[derive(Clone)]
pub(crate) struct Client {
    agent: Agent,
    url: String,
    token: Option<String>,
}

impl Client {
    pub(crate) fn new(url: &str) -> Self {
        let agent = Agent::config_builder().http_status_as_error(false).build().new_agent();
        Self { agent, url: url.to_owned(), token: None }
    }

    /// The same person, also at another server.
    pub(crate) fn at(&self, url: &str) -> Self {
        Self { token: self.token.clone(), ..Self::new(url) }
    }

    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// A new user, signed in; and their id.
    pub(crate) fn sign_up(&self, username: &str) -> (Self, String) {
        let account = json!({"username": username, "password": PASSWORD});
        let user = self.expect(201, "POST", "/api/users", &account);
        let session = self.expect(200, "POST", "/api/auth/session", &account);
        (self.with_token(session["access_token"].as_str().unwrap()), user["id"].as_str().unwrap().to_owned())
    }

    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.expect(200, "GET", path, &Value::Null)
    }

    /// The answer's body, if its status is this.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16, method: &str, path: &str, body: &Value) -> Value {
        let (found, text) =
            self.send(method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        assert_eq!(found, status, "{method} {path}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Status and body, unless the server is gone.
    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> Result<(u16, String), Error> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let mut response = if body.is_null() {
            self.agent.run(request.body(())?)?
        } else {
            self.agent.run(request.header("Content-Type", "application/json").body(body.to_string())?)?
        };
        Ok((response.status().as_u16(), response.body_mut().read_to_string()?))
    }
}
