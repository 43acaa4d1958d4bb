//! A client that listens: it reads server-sent events off a socket.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::str;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::net::sockopt::set_socket_recv_buffer_size;
use serde_json::{Value, json};

use super::answer::short;
use super::client::Client;

/// For the head of the answer.
const PATIENCE: Duration = Duration::from_secs(20);
const BUFFER: usize = 16 * 1024;
/// Little; with less the system itself would wait and wait between small segments.
const NARROW: usize = 64 * 1024;
const HEAD_END: &[u8] = b"\r\n\r\n";

/// What to listen to.
#[derive(Clone, Debug)]
pub(crate) struct Listen {
    method: &'static str,
    path: String,
    last_id: Option<String>,
    body: Option<Value>,
    narrow: bool,
}

/// One stream.
#[derive(Debug)]
pub(crate) struct Ears {
    stream: TcpStream,
    /// As it came, in chunks.
    raw: Vec<u8>,
    /// Out of its chunks, and not heard yet.
    text: Vec<u8>,
    complete: bool,
    pub(crate) status: u16,
}

/// What listening for a while has brought.
#[derive(Clone, Debug)]
pub(crate) enum Heard {
    Said(Said),
    /// So many milliseconds later the client shall come again.
    Retry(u64),
    Nothing,
    /// The server ended the stream as it should, or the connection was lost.
    End {
        complete: bool,
    },
}

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) id: Option<String>,
    pub(crate) kind: String,
    pub(crate) body: Value,
}

impl Listen {
    /// To one chatroom; `path` may name a position.
    pub(crate) fn to(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), last_id: None, body: None, narrow: false }
    }

    pub(crate) fn to_all() -> Self {
        Self::to("/api/events")
    }

    /// To all chatrooms, from these positions on.
    pub(crate) fn to_all_after(after: &Value) -> Self {
        Self { method: "POST", body: Some(json!({"after": after})), ..Self::to_all() }
    }

    pub(crate) fn last_heard(self, id: Option<String>) -> Self {
        Self { last_id: id, ..self }
    }

    /// With hardly any room for what was not read yet.
    pub(crate) fn narrowly(self) -> Self {
        Self { narrow: true, ..self }
    }

    fn written(&self, client: &Client) -> String {
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

impl Ears {
    /// Fails only if there is no answer.
    pub(crate) fn open(client: &Client, listen: &Listen) -> Result<Self> {
        let stream = TcpStream::connect(client.address())?;
        stream.set_nodelay(true)?;
        if listen.narrow {
            set_socket_recv_buffer_size(&stream, NARROW)?;
        }
        let mut ears = Self { stream, raw: Vec::new(), text: Vec::new(), complete: false, status: 0 };
        ears.stream.write_all(listen.written(client).as_bytes())?;
        ears.read_head().with_context(|| format!("no answer to {} {}", listen.method, listen.path))?;
        Ok(ears)
    }

    /// The stream, if it is one.
    pub(crate) fn expect_stream(self) -> Result<Self> {
        ensure!(self.status == 200, "a stream was refused: {} {}", self.status, short(&lossy(&self.raw)));
        Ok(self)
    }

    /// What comes next, as long as it comes in this time.
    pub(crate) fn next(&mut self, limit: Duration) -> Result<Heard> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(heard) = self.parse()? {
                return Ok(heard);
            }
            if self.complete {
                ensure!(self.text.is_empty(), "a stream ends within an event: {}", short(&lossy(&self.text)));
                return Ok(Heard::End { complete: true });
            }
            match self.read(deadline)? {
                Taken::Some => self.unpack()?,
                Taken::Late => return Ok(Heard::Nothing),
                Taken::End => return Ok(Heard::End { complete: false }),
            }
        }
    }

    /// The next event, which has to be of this kind.
    pub(crate) fn expect(&mut self, kind: &str) -> Result<Said> {
        match self.next(PATIENCE)? {
            Heard::Said(said) if said.kind == kind => Ok(said),
            heard => bail!("expected {kind}, heard {heard:?}"),
        }
    }

    fn read_head(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(end) = find(&self.raw, HEAD_END) {
                let head: Vec<u8> = self.raw.drain(..end + HEAD_END.len()).collect();
                let status = str::from_utf8(&head)?.split(' ').nth(1).and_then(|status| status.parse().ok());
                self.status = status.context("no status line")?;
                return if self.status == 200 { self.unpack() } else { Ok(()) };
            }
            ensure!(self.read(deadline)? == Taken::Some, "the head did not come");
        }
    }

    fn read(&mut self, deadline: Instant) -> Result<Taken> {
        let mut buffer = [0; BUFFER];
        let left = deadline.saturating_duration_since(Instant::now());
        // Zero would mean for ever.
        self.stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        match self.stream.read(&mut buffer) {
            Ok(0) => Ok(Taken::End),
            Ok(read) => {
                self.raw.extend_from_slice(buffer.get(..read).unwrap_or_default());
                Ok(Taken::Some)
            }
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => Ok(Taken::Late),
                ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => Ok(Taken::End),
                _ => Err(error).context("nothing can be heard"),
            },
        }
    }

    /// Takes whole chunks out of what came; an event can be cut anywhere.
    fn unpack(&mut self) -> Result<()> {
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

    fn parse(&mut self) -> Result<Option<Heard>> {
        let Some(end) = find(&self.text, b"\n\n") else {
            return Ok(None);
        };
        let block: Vec<u8> = self.text.drain(..end + 2).collect();
        let mut said = Said { id: None, kind: String::new(), body: Value::Null };
        for line in str::from_utf8(&block)?.lines().filter(|line| !line.is_empty()) {
            match line.split_once(": ") {
                Some(("id", id)) => said.id = Some(id.to_owned()),
                Some(("event", kind)) => kind.clone_into(&mut said.kind),
                Some(("data", data)) => said.body = serde_json::from_str(data)?,
                Some(("retry", pause)) => return Ok(Some(Heard::Retry(pause.parse()?))),
                _ => bail!("no line of an event stream: {}", short(line)),
            }
        }
        ensure!(said.body["type"] == *said.kind, "not what it is called: {said:?}");
        Ok(Some(Heard::Said(said)))
    }
}

/// How an attempt to read ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
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
