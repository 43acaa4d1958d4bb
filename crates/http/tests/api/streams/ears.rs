//! A client that listens: it reads server-sent events off a socket.

use std::collections::VecDeque;
use std::io::{BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::client::Client;
use crate::sockets::Listening;

/// One stream.
pub(super) struct Ears {
    stream: BufReader<TcpStream>,
    bytes: VecDeque<u8>,
    is_chunked: bool,
    pub(super) last_id: String,
}

/// What was heard.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heard {
    pub(super) kind: String,
    pub(super) body: Value,
}

impl Ears {
    /// Listens to one chatroom or to all.
    pub(super) fn open(server: &Listening, who: &Client, path: &str, headers: &[&str]) -> Self {
        Self::request(server, who, &format!("GET {path} HTTP/1.1"), headers, "")
    }

    /// By HTTP/1.0, as some proxies speak it.
    pub(super) fn open_plainly(server: &Listening, who: &Client, path: &str, headers: &[&str]) -> Self {
        Self::request(server, who, &format!("GET {path} HTTP/1.0"), headers, "")
    }

    /// Goes on from these positions.
    pub(super) fn resume(server: &Listening, who: &Client, after: &Value) -> Self {
        let body = json!({"after": after}).to_string();
        let length = format!("Content-Length: {}", body.len());
        Self::request(
            server,
            who,
            "POST /api/events HTTP/1.1",
            &["Content-Type: application/json", &length],
            &body,
        )
    }

    fn request(server: &Listening, who: &Client, request: &str, headers: &[&str], body: &str) -> Self {
        let mut stream = server.connect().into_stream();
        let token = who.token.as_deref().unwrap_or_default();
        let headers = headers.iter().fold(String::new(), |head, header| head + header + "\r\n");
        let head = format!("{request}\r\nHost: test\r\nAuthorization: Bearer {token}\r\n");
        let accept = "Accept: text/event-stream\r\n";
        stream.write_all(format!("{head}{accept}{headers}\r\n{body}").as_bytes()).unwrap();
        let (stream, last_id) = (BufReader::new(stream), String::new());
        let mut ears = Self { stream, bytes: VecDeque::new(), is_chunked: false, last_id };
        let head = ears.head().to_ascii_lowercase();
        assert_eq!(head.split(' ').nth(1), Some("200"), "{head}");
        assert!(head.contains("content-type: text/event-stream"), "{head}");
        ears.is_chunked = head.contains("transfer-encoding: chunked");
        assert_eq!(ears.is_chunked, request.ends_with("HTTP/1.1"), "{head}");
        ears
    }

    /// The next thing; `None` at the end.
    pub(super) fn next(&mut self) -> Option<Heard> {
        let mut heard = Heard { kind: String::new(), body: Value::Null };
        loop {
            let line = self.line()?;
            match line.split_once(": ") {
                Some(("id", id)) => id.clone_into(&mut self.last_id),
                Some(("event", kind)) => kind.clone_into(&mut heard.kind),
                Some(("data", data)) => heard.body = serde_json::from_str(data).unwrap(),
                Some(("retry", pause)) => heard.kind = format!("retry {}", pause.parse::<u32>().unwrap() / 5_000),
                None if line.is_empty() && heard.kind.is_empty() => {}
                None if line.is_empty() => return Some(heard),
                _ => panic!("no line of an event stream: {line}"),
            }
        }
    }

    /// The next event of a log: its seq and type.
    pub(super) fn event(&mut self) -> (i64, String) {
        let heard = self.next().expect("an event");
        assert_eq!(heard.body["type"], heard.kind);
        (heard.body["seq"].as_i64().unwrap_or_else(|| panic!("no event of a log: {heard:?}")), heard.kind)
    }

    pub(super) fn expect(&mut self, kind: &str) -> Value {
        let heard = self.next().unwrap_or_else(|| panic!("the end instead of {kind}"));
        assert_eq!(heard.kind, kind, "{heard:?}");
        heard.body
    }

    pub(super) fn expect_each(&mut self, kinds: &[&str]) {
        for kind in kinds {
            self.expect(kind);
        }
    }

    pub(super) fn expect_end(&mut self) {
        assert_eq!(self.next(), None);
    }

    fn head(&mut self) -> String {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            head.push(self.raw().expect("a whole head") as char);
        }
        head
    }

    /// Past the framing of chunks, in which an event can be cut anywhere.
    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        loop {
            if let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
                line.extend(self.bytes.drain(..end));
                self.bytes.pop_front();
                return Some(String::from_utf8(line).unwrap());
            }
            line.extend(self.bytes.drain(..));
            if !self.more() {
                assert!(line.is_empty(), "the stream ends within an event");
                return None;
            }
        }
    }

    fn more(&mut self) -> bool {
        if self.is_chunked {
            return self.chunk();
        }
        let byte = self.raw();
        self.bytes.extend(byte);
        byte.is_some()
    }

    fn chunk(&mut self) -> bool {
        let mut size = String::new();
        while !size.ends_with("\r\n") {
            match self.raw() {
                Some(byte) => size.push(byte as char),
                None => return false,
            }
        }
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        for _ in 0..size {
            let byte = self.raw().expect("a whole chunk");
            self.bytes.push_back(byte);
        }
        let end = [self.raw(), self.raw()];
        assert!(end.iter().all(Option::is_some), "a chunk without its end");
        size > 0
    }

    fn raw(&mut self) -> Option<u8> {
        let mut byte = [0];
        match self.stream.read(&mut byte) {
            Ok(0) => None,
            Ok(_) => Some(byte[0]),
            Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted) => {
                None
            }
            Err(error) => panic!("nothing is heard: {error}"),
        }
    }
}
