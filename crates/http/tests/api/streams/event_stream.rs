//! A stream whose failures fail the test.

use std::time::Duration;

use chit_chat_client::{EventReader, StreamItem};
use serde_json::{Value, json};

use crate::client::Client;
use crate::sockets::Listening;

const TIMEOUT: Duration = Duration::from_secs(20);

/// A stream of events.
pub(super) struct EventStream {
    reader: EventReader,
    pub(super) last_id: String,
}

/// An event, or a request to reconnect.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Received {
    pub(super) kind: String,
    pub(super) body: Value,
}

impl EventStream {
    /// Opens a stream of one chatroom or of all.
    pub(super) fn open(server: &Listening, who: &Client, path: &str, headers: &[&str]) -> Self {
        Self::request(server, who, &format!("GET {path} HTTP/1.1"), headers, "")
    }

    /// Opens a stream over HTTP/1.0, which some proxies use.
    pub(super) fn open_plainly(server: &Listening, who: &Client, path: &str, headers: &[&str]) -> Self {
        Self::request(server, who, &format!("GET {path} HTTP/1.0"), headers, "")
    }

    /// Opens a stream of all chatrooms, from these positions on.
    pub(super) fn resume(server: &Listening, who: &Client, after: &Value) -> Self {
        let body = json!({"after": after}).to_string();
        let length = format!("Content-Length: {}", body.len());
        let headers = ["Content-Type: application/json", &length];
        Self::request(server, who, "POST /api/events HTTP/1.1", &headers, &body)
    }

    fn request(server: &Listening, who: &Client, request: &str, headers: &[&str], body: &str) -> Self {
        let token = who.token.as_deref().unwrap_or_default();
        let headers = headers.iter().fold(String::new(), |head, header| head + header + "\r\n");
        let head = format!("{request}\r\nHost: test\r\nAuthorization: Bearer {token}\r\n");
        let accept = "Accept: text/event-stream\r\n";
        let stream = server.connect().into_stream();
        let reader = EventReader::ask(stream, &format!("{head}{accept}{headers}\r\n{body}")).unwrap();
        let head = reader.head.to_ascii_lowercase();
        assert_eq!(reader.status, 200, "{head}");
        assert!(head.contains("content-type: text/event-stream"), "{head}");
        let is_chunked = head.contains("transfer-encoding: chunked");
        assert_eq!(is_chunked, request.ends_with("HTTP/1.1"), "{head}");
        Self { reader, last_id: String::new() }
    }

    /// Reads the next event; `None` at the end.
    pub(super) fn next(&mut self) -> Option<Received> {
        match self.reader.next(TIMEOUT).unwrap() {
            StreamItem::Event(event) => {
                if let Some(id) = event.id {
                    self.last_id = id;
                }
                Some(Received { kind: event.kind, body: event.body })
            }
            StreamItem::Retry(pause) => {
                Some(Received { kind: format!("retry {}", pause / 5_000), body: Value::Null })
            }
            StreamItem::Nothing => panic!("no event arrived in time"),
            StreamItem::End { .. } => {
                assert!(!self.reader.is_within_event(), "the stream ends within an event");
                None
            }
        }
    }

    /// Reads the next event of a log, and returns its seq and type.
    pub(super) fn event(&mut self) -> (i64, String) {
        let received = self.next().expect("an event");
        let seq = received.body["seq"].as_i64();
        (seq.unwrap_or_else(|| panic!("no event of a log: {received:?}")), received.kind)
    }

    pub(super) fn expect(&mut self, kind: &str) -> Value {
        let received = self.next().unwrap_or_else(|| panic!("the end instead of {kind}"));
        assert_eq!(received.kind, kind, "{received:?}");
        received.body
    }

    pub(super) fn expect_each(&mut self, kinds: &[&str]) {
        for kind in kinds {
            self.expect(kind);
        }
    }

    pub(super) fn expect_end(&mut self) {
        assert_eq!(self.next(), None);
    }
}
