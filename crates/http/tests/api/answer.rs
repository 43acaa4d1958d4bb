//! A response of the server, and assertions on it.

use std::ops::Index;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap};
use serde_json::Value;

#[derive(Debug)]
pub(crate) struct Answer {
    /// The method and path, for messages of failing tests.
    request: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// The body; `Null` if it is not JSON.
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn new(request: String, status: StatusCode, headers: HeaderMap, bytes: Vec<u8>) -> Self {
        // Swagger UI has images.
        let is_text = headers.get("Content-Type").is_none_or(|kind| !kind.as_bytes().starts_with(b"image/"));
        let text = if is_text { String::from_utf8(bytes).expect("every text is UTF-8") } else { String::new() };
        let body = serde_json::from_str(&text).unwrap_or_default();
        Self { request, status, headers, text, body }
    }

    /// Parses the bytes that a raw client has read; `None` unless they are a whole response.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let (head, text) = str::from_utf8(bytes).unwrap().split_once("\r\n\r\n")?;
        let (status, lines) = head.split_once("\r\n").unwrap_or((head, ""));
        let status = status.split(' ').nth(1).unwrap().parse().unwrap();
        let fields = lines.lines().map(|line| line.split_once(": ").unwrap());
        let headers: HeaderMap =
            fields.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let length = headers.get(CONTENT_LENGTH).map_or(0, |length| length.to_str().unwrap().parse().unwrap());
        let text = text.get(..length)?.to_owned();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Some(Self { request: "by hand".to_owned(), status, headers, text, body })
    }

    #[track_caller]
    pub(crate) fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.request, self.text);
        self
    }

    /// Asserts that the response is a problem as RFC 9457 defines it.
    #[track_caller]
    pub(crate) fn expect_problem(self, status: u16, code: &str) -> Self {
        let answer = self.expect_status(status);
        assert_eq!(answer["code"], code, "{}: {}", answer.request, answer.text);
        assert_eq!(answer["status"], status);
        assert_eq!(answer["type"], format!("urn:chit-chat:problem:{code}"));
        assert_eq!(answer.header("Content-Type"), Some("application/problem+json"));
        assert_eq!(answer["request_id"].as_str(), answer.header("X-Request-Id"));
        let challenges = status == 401 || answer["code"] == "insufficient_scope";
        assert_eq!(answer.header("WWW-Authenticate").is_some(), challenges, "{}", answer.request);
        assert_eq!(answer.header("Retry-After").is_some(), [429, 503].contains(&status), "{}", answer.request);
        for text in ["title", "detail", "request_id"] {
            assert!(!answer.str(text).is_empty(), "{}: {text}", answer.request);
        }
        answer
    }

    /// Asserts a 422 for this field of the body.
    #[track_caller]
    pub(crate) fn expect_invalid(self, field: &str) -> Self {
        let answer = self.expect_problem(422, "invalid_value");
        let pointers: Vec<&str> = answer.errors().filter_map(|error| error["pointer"].as_str()).collect();
        assert_eq!(pointers, [format!("/{field}")], "{}: {}", answer.request, answer.text);
        assert!(answer.errors().all(|error| error["reason"].is_string()));
        answer
    }

    pub(crate) fn errors(&self) -> impl Iterator<Item = &Value> {
        self["errors"].as_array().into_iter().flatten()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn str(&self, name: &str) -> &str {
        self[name].as_str().unwrap_or_else(|| panic!("no {name}: {}", self.text))
    }

    #[track_caller]
    pub(crate) fn id(&self) -> String {
        self.str("id").to_owned()
    }

    /// The entries of a list.
    #[track_caller]
    pub(crate) fn items(&self) -> &[Value] {
        self["items"].as_array().unwrap_or_else(|| panic!("no list: {}", self.text))
    }

    /// This field of each entry of a list.
    #[track_caller]
    pub(crate) fn each(&self, name: &str) -> Vec<Value> {
        self.items().iter().map(|item| item[name].clone()).collect()
    }

    /// The names of the fields of the body.
    pub(crate) fn fields(&self) -> Vec<&str> {
        fields(&self.body)
    }
}

impl Index<&str> for Answer {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        &self.body[name]
    }
}

/// The names of an object's fields, in alphabetical order.
pub(crate) fn fields(object: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = object.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names
}
