//! An HTTP client over real sockets.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use ureq::{Agent, http};

use crate::answer::{Answer, short};

/// Exceeds any timeout of the server.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A user of one server, or an anonymous client.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    url: String,
    token: Option<String>,
    watch: Option<Watch>,
}

/// A function that is called with each response.
type Watch = Arc<dyn Fn(&Answer) + Send + Sync>;

/// A request under construction.
#[derive(Debug)]
pub struct Request<'c> {
    client: &'c Client,
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
}

impl Client {
    pub fn new(url: &str) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(TIMEOUT));
        Self { agent: config.build().new_agent(), url: url.to_owned(), token: None, watch: None }
    }

    /// Calls this function with each response, also those of clients derived from this one.
    #[must_use]
    pub fn watched_by(self, watch: impl Fn(&Answer) + Send + Sync + 'static) -> Self {
        Self { watch: Some(Arc::new(watch)), ..self }
    }

    /// Returns a client of the same user at another server, with new connections.
    #[must_use]
    pub fn at(&self, url: &str) -> Self {
        Self { token: self.token.clone(), watch: self.watch.clone(), ..Self::new(url) }
    }

    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    #[must_use]
    pub fn anonymous(&self) -> Self {
        Self { token: None, ..self.clone() }
    }

    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    pub fn request(&self, method: &'static str, path: impl Into<String>) -> Request<'_> {
        Request { client: self, method, path: path.into(), headers: Vec::new(), body: None }
    }

    pub fn get(&self, path: impl Into<String>) -> Result<Answer> {
        self.request("GET", path).send()
    }

    pub fn post(&self, path: impl Into<String>, body: &Value) -> Result<Answer> {
        self.request("POST", path).json(body).send()
    }

    pub fn patch(&self, path: impl Into<String>, body: &Value) -> Result<Answer> {
        self.request("PATCH", path).json(body).send()
    }

    pub fn put(&self, path: impl Into<String>) -> Result<Answer> {
        self.request("PUT", path).send()
    }

    pub fn delete(&self, path: impl Into<String>) -> Result<Answer> {
        self.request("DELETE", path).send()
    }
}

impl Request<'_> {
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.bytes(body.to_string().into_bytes())
    }

    /// Sends these bytes as JSON, valid or not.
    #[must_use]
    pub fn bytes(mut self, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self.header("Content-Type", "application/json")
    }

    /// Sends the request. Fails only if there is no response.
    pub fn send(self) -> Result<Answer> {
        let asked = self.described();
        let mut request =
            http::Request::builder().method(self.method).uri(format!("{}{}", self.client.url, self.path));
        if let Some(token) = &self.client.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let answered = match self.body {
            Some(body) => self.client.agent.run(request.body(body)?),
            None => self.client.agent.run(request.body(())?),
        };
        let mut response = answered.with_context(|| format!("no answer to {asked}"))?;
        let bytes = response.body_mut().read_to_vec().with_context(|| format!("no whole answer to {asked}"))?;
        let answer = Answer::new(asked, response.status().as_u16(), response.headers().clone(), &bytes);
        if let Some(watch) = &self.client.watch {
            watch(&answer);
        }
        Ok(answer)
    }

    fn described(&self) -> String {
        let body = self.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        let headers: Vec<String> =
            self.headers.iter().map(|(name, value)| format!("{name}: {}", short(value))).collect();
        format!("{} {} {} {}", self.method, short(&self.path), headers.join("; "), short(&body))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_signed_in = self.token.is_some();
        f.debug_struct("Client")
            .field("url", &self.url)
            .field("is_signed_in", &is_signed_in)
            .finish_non_exhaustive()
    }
}
