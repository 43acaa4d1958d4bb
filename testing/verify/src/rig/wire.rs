//! A raw connection, for requests that no HTTP client would send.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::str;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use chit_chat_client::{Answer, short};
use rustix::net::{AddressFamily, SocketType, bind, connect, socket};
use serde_json::Value;
use ureq::http::{HeaderMap, HeaderName, HeaderValue};

const TIMEOUT: Duration = Duration::from_secs(60);
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;

/// A connection to the server.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    sent: String,
}

impl Wire {
    pub(crate) fn connect(address: &str) -> Result<Self> {
        Self::over(TcpStream::connect(address).with_context(|| format!("no connection to {address}"))?)
    }

    /// Connects from another loopback address, which is another client to the server.
    pub(crate) fn connect_from(source: Ipv4Addr, address: &str) -> Result<Self> {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None)?;
        bind(&socket, &SocketAddrV4::new(source, 0))?;
        let address: SocketAddrV4 = address.parse()?;
        connect(&socket, &address).with_context(|| format!("no connection from {source} to {address}"))?;
        Self::over(TcpStream::from(socket))
    }

    fn over(stream: TcpStream) -> Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        Ok(Self { stream, sent: String::new() })
    }

    /// Writes the start of a request with this target and these header lines, without the final empty line.
    pub(crate) fn head(&mut self, method: &str, target: &str, lines: &[String]) -> Result<()> {
        let shown: Vec<&str> =
            lines.iter().map(String::as_str).filter(|line| !line.starts_with("Authorization")).collect();
        self.sent = format!("{method} {} {}", short(target), short(&shown.join("; ")));
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\n");
        for line in lines {
            head.push_str(line);
            head.push_str("\r\n");
        }
        Ok(self.stream.write_all(head.as_bytes())?)
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Sends a whole request, with a token unless it is empty, and reads its response. The connection stays open.
    pub(crate) fn ask(&mut self, method: &str, target: &str, token: &str, body: Option<&Value>) -> Result<Answer> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut lines =
            vec![format!("Content-Length: {}", body.len()), "Content-Type: application/json".to_owned()];
        if !token.is_empty() {
            lines.push(format!("Authorization: Bearer {token}"));
        }
        self.head(method, target, &lines)?;
        self.write(format!("\r\n{body}").as_bytes())?;
        self.expect_answer()
    }

    pub(crate) fn read_to_end(&mut self, received: &mut Vec<u8>) -> io::Result<usize> {
        self.stream.read_to_end(received)
    }

    /// Writes until the server responds or disconnects, and returns the number of bytes written.
    pub(crate) fn write_until_answered(&mut self, chunk: &[u8], times: usize) -> Result<usize> {
        self.stream.set_read_timeout(Some(Duration::from_millis(1)))?;
        let mut sent_bytes = 0;
        for _ in 0..times {
            if self.stream.write_all(chunk).is_err() {
                break;
            }
            sent_bytes += chunk.len();
            match self.stream.peek(&mut [0]) {
                Err(error) if is_timeout(&error) => {}
                _ => break,
            }
        }
        self.stream.set_read_timeout(Some(TIMEOUT))?;
        Ok(sent_bytes)
    }

    /// Returns whether a response or the end of the connection has arrived, without waiting.
    pub(crate) fn has_response(&self) -> Result<bool> {
        self.stream.set_nonblocking(true)?;
        let peeked = self.stream.peek(&mut [0]);
        self.stream.set_nonblocking(false)?;
        Ok(!matches!(peeked, Err(error) if is_timeout(&error)))
    }

    /// Returns whether the server has closed the connection. Discards what has arrived, without waiting.
    pub(crate) fn is_closed(&mut self) -> bool {
        let mut buffer = [0; 8192];
        let read = self.stream.set_nonblocking(true).and_then(|()| {
            while self.stream.read(&mut buffer)? > 0 {}
            Ok(())
        });
        let blocking = self.stream.set_nonblocking(false);
        !matches!(read, Err(error) if is_timeout(&error)) || blocking.is_err()
    }

    /// The response; `None` if the connection was closed without one.
    pub(crate) fn answer(&mut self) -> Result<Option<Answer>> {
        let mut bytes = Vec::new();
        let mut buffer = [0; 8192];
        loop {
            if let Some(answer) = self.parse(&bytes)? {
                return Ok(Some(answer));
            }
            match self.stream.read(&mut buffer) {
                Ok(0) => return Ok(None),
                Ok(read) => bytes.extend_from_slice(buffer.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(None),
                Err(error) => return Err(error).with_context(|| format!("no answer to {}", self.sent)),
            }
            if bytes.len() > LARGEST_ANSWER {
                bail!("an endless answer to {}", self.sent);
            }
        }
    }

    /// The response, which must exist.
    pub(crate) fn expect_answer(&mut self) -> Result<Answer> {
        self.answer()?.with_context(|| format!("the connection was closed without an answer to {}", self.sent))
    }

    fn parse(&self, bytes: &[u8]) -> Result<Option<Answer>> {
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Ok(None);
        };
        let (head, rest) = bytes.split_at(end);
        let mut lines = str::from_utf8(head)?.lines();
        let status =
            lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).context("no status line")?;
        let mut headers = HeaderMap::new();
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            headers.append(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
        }
        let length =
            headers.get("content-length").and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0);
        let body = rest.get(4..).and_then(|body| body.get(..length));
        Ok(body.map(|body| Answer::new(self.sent.clone(), status, headers, body)))
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
