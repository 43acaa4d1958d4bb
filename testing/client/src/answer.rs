//! A response together with its request.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use ureq::http::HeaderMap;

const SHOWN: usize = 300;

#[derive(Clone, Debug)]
pub struct Answer {
    /// The request, for error messages.
    pub asked: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// The body, if it is JSON.
    pub json: Value,
}

impl Answer {
    pub fn new(asked: String, status: u16, headers: HeaderMap, bytes: &[u8]) -> Self {
        let json = serde_json::from_slice(bytes).unwrap_or_default();
        Self { asked, status, headers, text: String::from_utf8_lossy(bytes).into_owned(), json }
    }

    /// Returns the response if it has this status.
    pub fn expect(self, status: u16) -> Result<Self> {
        self.expect_one_of(&[status])
    }

    pub fn expect_one_of(self, statuses: &[u16]) -> Result<Self> {
        ensure!(statuses.contains(&self.status), "expected {statuses:?}\n{}", self.evidence());
        Ok(self)
    }

    /// Returns the response if its status is 4xx.
    pub fn expect_refusal(self) -> Result<Self> {
        ensure!((400..500).contains(&self.status), "expected a refusal\n{}", self.evidence());
        Ok(self)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A text field of the body.
    pub fn text_of(&self, field: &str) -> Result<&str> {
        let text = self.json.get(field).and_then(Value::as_str);
        text.with_context(|| format!("`{field}` is missing\n{}", self.evidence()))
    }

    /// A number field of the body.
    pub fn number_of(&self, field: &str) -> Result<u64> {
        let number = self.json.get(field).and_then(Value::as_u64);
        number.with_context(|| format!("`{field}` is missing\n{}", self.evidence()))
    }

    /// The items of a list.
    pub fn items(&self) -> Result<&[Value]> {
        let items = self.json.get("items").and_then(Value::as_array);
        items.map(Vec::as_slice).with_context(|| format!("`items` is missing\n{}", self.evidence()))
    }

    /// The request and the response, for error messages.
    pub fn evidence(&self) -> String {
        format!(
            "asked:    {}\nanswered: {} {:?}\n          {}",
            self.asked,
            self.status,
            self.headers,
            short(&self.text)
        )
    }
}

/// Shortens a text to one line.
pub fn short(text: &str) -> String {
    let shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    let more = text.chars().count().saturating_sub(SHOWN);
    if more > 0 { format!("{shown}... and {more} more") } else { shown }
}
