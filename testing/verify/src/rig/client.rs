//! A client over real sockets.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use ureq::{Agent, http};

use super::answer::{Answer, short};
use super::secrets::Secrets;

/// Longer than any server may take for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody, or nobody yet, at one server.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    agent: Agent,
    url: String,
    token: Option<String>,
    secrets: Arc<Secrets>,
}

/// A request that is being put together.
#[derive(Debug)]
pub(crate) struct Request<'c> {
    client: &'c Client,
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
}

impl Client {
    pub(crate) fn new(url: &str, secrets: Arc<Secrets>) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE));
        Self { agent: config.build().new_agent(), url: url.to_owned(), token: None, secrets }
    }

    /// The same person with connections of their own, there.
    pub(crate) fn at(&self, url: &str) -> Self {
        Self { token: self.token.clone(), ..Self::new(url, self.secrets.clone()) }
    }

    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub(crate) fn anonymous(&self) -> Self {
        Self { token: None, ..self.clone() }
    }

    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    pub(crate) fn request(&self, method: &'static str, path: impl Into<String>) -> Request<'_> {
        Request { client: self, method, path: path.into(), headers: Vec::new(), body: None }
    }

    pub(crate) fn get(&self, path: impl Into<String>) -> Result<Answer> {
        self.request("GET", path).send()
    }

    pub(crate) fn post(&self, path: impl Into<String>, body: &Value) -> Result<Answer> {
        self.request("POST", path).json(body).send()
    }

    pub(crate) fn patch(&self, path: impl Into<String>, body: &Value) -> Result<Answer> {
        self.request("PATCH", path).json(body).send()
    }

    pub(crate) fn put(&self, path: impl Into<String>) -> Result<Answer> {
        self.request("PUT", path).send()
    }

    pub(crate) fn delete(&self, path: impl Into<String>) -> Result<Answer> {
        self.request("DELETE", path).send()
    }
}

impl Request<'_> {
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.bytes(body.to_string().into_bytes())
    }

    /// As JSON, whatever it is.
    pub(crate) fn bytes(mut self, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self.header("Content-Type", "application/json")
    }

    /// Fails only if there is no answer.
    pub(crate) fn send(self) -> Result<Answer> {
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
        self.client.note_tokens(&answer);
        Ok(answer)
    }

    fn described(&self) -> String {
        let body = self.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        let headers: Vec<String> =
            self.headers.iter().map(|(name, value)| format!("{name}: {}", short(value))).collect();
        format!("{} {} {} {}", self.method, short(&self.path), headers.join("; "), short(&body))
    }
}

impl Client {
    fn note_tokens(&self, answer: &Answer) {
        for field in ["access_token", "refresh_token"] {
            if let Some(token) = answer.json.get(field).and_then(Value::as_str) {
                self.secrets.note(token);
            }
        }
    }
}
