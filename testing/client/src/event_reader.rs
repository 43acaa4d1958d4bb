//! Reads server-sent events from a socket.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::str;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::net::sockopt::set_socket_recv_buffer_size;
use serde_json::{Value, json};

use crate::answer::short;
use crate::client::Client;

/// The time limit for the head of the response.
const TIMEOUT: Duration = Duration::from_secs(20);
const BUFFER: usize = 16 * 1024;
/// A small receive buffer; with an even smaller one, the kernel would delay between small segments.
const SMALL_BUFFER: usize = 64 * 1024;
const HEAD_END: &[u8] = b"\r\n\r\n";

/// A request for a stream.
#[derive(Clone, Debug)]
pub struct Listen {
    method: &'static str,
    path: String,
    last_id: Option<String>,
    body: Option<Value>,
    small_buffer: bool,
}

/// One open stream.
#[derive(Debug)]
pub struct EventReader {
    stream: TcpStream,
    /// The received bytes, still chunked.
    raw: Vec<u8>,
    /// The decoded text, up to the next event.
    text: Vec<u8>,
    is_chunked: bool,
    complete: bool,
    pub status: u16,
    /// The status line and the headers of the response.
    pub head: String,
}

/// The outcome of listening for a while.
#[derive(Clone, Debug)]
pub enum StreamItem {
    Event(StreamEvent),
    /// A request to reconnect after this many milliseconds.
    Retry(u64),
    Nothing,
    /// The end: the server completed the stream, or the connection was lost.
    End {
        complete: bool,
    },
}

/// One event.
#[derive(Clone, Debug)]
pub struct StreamEvent {
    pub id: Option<String>,
    pub kind: String,
    pub body: Value,
}

impl Listen {
    /// Listens to one chatroom; `path` may contain a position.
    pub fn to(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), last_id: None, body: None, small_buffer: false }
    }

    pub fn to_all() -> Self {
        Self::to("/api/events")
    }

    /// Listens to all chatrooms, from these positions on.
    pub fn to_all_after(after: &Value) -> Self {
        Self { method: "POST", body: Some(json!({"after": after})), ..Self::to_all() }
    }

    #[must_use]
    pub fn resume_after(self, id: Option<String>) -> Self {
        Self { last_id: id, ..self }
    }

    /// Makes the socket's receive buffer small.
    #[must_use]
    pub fn with_small_buffer(self) -> Self {
        Self { small_buffer: true, ..self }
    }

    fn request_text(&self, client: &Client) -> String {
        let (method, path, token) = (self.method, &self.path, client.token());
        let last_id = self.last_id.as_ref().map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             Accept: text/event-stream\r\n{last_id}"
        );
        let Some(body) = self.body.as_ref().map(Value::to_string) else {
            return head + "\r\n";
        };
        format!("{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    }
}

impl EventReader {
    /// Opens a stream. Fails only if there is no response.
    pub fn open(client: &Client, listen: &Listen) -> Result<Self> {
        let stream = TcpStream::connect(client.address())?;
        stream.set_nodelay(true)?;
        if listen.small_buffer {
            set_socket_recv_buffer_size(&stream, SMALL_BUFFER)?;
        }
        Self::ask(stream, &listen.request_text(client))
            .with_context(|| format!("no answer to {} {}", listen.method, listen.path))
    }

    /// Sends a whole request, and reads the head of its response.
    pub fn ask(mut stream: TcpStream, request: &str) -> Result<Self> {
        stream.write_all(request.as_bytes())?;
        let (raw, text, head) = (Vec::new(), Vec::new(), String::new());
        let mut reader = Self { stream, raw, text, is_chunked: false, complete: false, status: 0, head };
        reader.read_head()?;
        Ok(reader)
    }

    /// Fails unless the response is a stream.
    pub fn expect_stream(self) -> Result<Self> {
        ensure!(self.status == 200, "a stream was refused: {} {}", self.status, short(&lossy(&self.raw)));
        Ok(self)
    }

    /// Reads the next event, for at most this time.
    pub fn next(&mut self, limit: Duration) -> Result<StreamItem> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(item) = self.parse()? {
                return Ok(item);
            }
            if self.complete {
                ensure!(self.text.is_empty(), "a stream ends within an event: {}", short(&lossy(&self.text)));
                return Ok(StreamItem::End { complete: true });
            }
            match self.read(deadline)? {
                ReadOutcome::Some => self.decode_chunks()?,
                ReadOutcome::Late => return Ok(StreamItem::Nothing),
                ReadOutcome::End => return Ok(StreamItem::End { complete: false }),
            }
        }
    }

    /// Reads the next event, which has to be of this kind.
    pub fn expect(&mut self, kind: &str) -> Result<StreamEvent> {
        match self.next(TIMEOUT)? {
            StreamItem::Event(event) if event.kind == kind => Ok(event),
            item => bail!("expected {kind}, received {item:?}"),
        }
    }

    /// Returns whether part of an event has arrived.
    pub fn is_within_event(&self) -> bool {
        !self.text.is_empty()
    }

    fn read_head(&mut self) -> Result<()> {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            if let Some(end) = find(&self.raw, HEAD_END) {
                let head: Vec<u8> = self.raw.drain(..end + HEAD_END.len()).collect();
                self.head = String::from_utf8(head)?;
                let status = self.head.split(' ').nth(1).and_then(|status| status.parse().ok());
                self.status = status.context("no status line")?;
                self.is_chunked = self.head.to_ascii_lowercase().contains("transfer-encoding: chunked");
                return if self.status == 200 { self.decode_chunks() } else { Ok(()) };
            }
            ensure!(self.read(deadline)? == ReadOutcome::Some, "the head did not come");
        }
    }

    fn read(&mut self, deadline: Instant) -> Result<ReadOutcome> {
        let mut buffer = [0; BUFFER];
        let left = deadline.saturating_duration_since(Instant::now());
        // A timeout of zero would block forever.
        self.stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        match self.stream.read(&mut buffer) {
            Ok(0) => Ok(ReadOutcome::End),
            Ok(read) => {
                self.raw.extend_from_slice(buffer.get(..read).unwrap_or_default());
                Ok(ReadOutcome::Some)
            }
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => Ok(ReadOutcome::Late),
                ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => Ok(ReadOutcome::End),
                _ => Err(error).context("cannot read the stream"),
            },
        }
    }

    /// Takes whole chunks out of the bytes; an event can be cut anywhere.
    fn decode_chunks(&mut self) -> Result<()> {
        if !self.is_chunked {
            self.text.append(&mut self.raw);
            return Ok(());
        }
        let mut taken = 0;
        while let Some(rest) = self.raw.get(taken..)
            && let Some(line) = find(rest, b"\r\n")
        {
            let size =
                rest.get(..line).and_then(|size| usize::from_str_radix(str::from_utf8(size).ok()?, 16).ok());
            let size = size.with_context(|| format!("no chunk: {}", short(&lossy(rest))))?;
            let (start, end) = (line + 2, line + 2 + size);
            let Some(after) = rest.get(end..end + 2) else {
                break;
            };
            ensure!(after == b"\r\n", "a chunk without its end");
            self.text.extend_from_slice(rest.get(start..end).unwrap_or_default());
            self.complete |= size == 0;
            taken += end + 2;
        }
        self.raw.drain(..taken);
        Ok(())
    }

    fn parse(&mut self) -> Result<Option<StreamItem>> {
        let Some(end) = find(&self.text, b"\n\n") else {
            return Ok(None);
        };
        let block: Vec<u8> = self.text.drain(..end + 2).collect();
        let mut event = StreamEvent { id: None, kind: String::new(), body: Value::Null };
        for line in str::from_utf8(&block)?.lines().filter(|line| !line.is_empty()) {
            match line.split_once(": ") {
                Some(("id", id)) => event.id = Some(id.to_owned()),
                Some(("event", kind)) => kind.clone_into(&mut event.kind),
                Some(("data", data)) => event.body = serde_json::from_str(data)?,
                Some(("retry", pause)) => return Ok(Some(StreamItem::Retry(pause.parse()?))),
                _ => bail!("no line of an event stream: {}", short(line)),
            }
        }
        let kind = event.body.get("type").and_then(Value::as_str);
        ensure!(kind == Some(&*event.kind), "not what it is called: {event:?}");
        Ok(Some(StreamItem::Event(event)))
    }
}

/// The outcome of an attempt to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReadOutcome {
    Some,
    Late,
    End,
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
