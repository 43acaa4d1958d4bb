//! Connections that send messages one after another.

use std::cell::Cell;
use std::io::{self, ErrorKind};
use std::rc::Rc;

use actix_web::rt::net::TcpStream;
use anyhow::{Result, ensure};

use super::measurement::seq_of;

/// One connection.
pub(super) struct Sender {
    stream: TcpStream,
    request: Vec<u8>,
}

impl Sender {
    pub(super) async fn connect(address: &str, path: &str, token: &str, body: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        Ok(Self { stream, request: request.into_bytes() })
    }

    /// Sends a message and returns its seq.
    pub(super) async fn send(&self) -> Result<i64> {
        write_all(&self.stream, &self.request).await?;
        let mut answer = vec![0; 4_096];
        let read = read(&self.stream, &mut answer).await?;
        let answer = answer.get(..read).unwrap_or_default();
        ensure!(answer.starts_with(b"HTTP/1.1 201"), "{}", String::from_utf8_lossy(answer));
        seq_of(answer)
    }

    /// Sends as fast as possible until `over`, and counts the messages in `sent`.
    pub(super) async fn send_until(self, over: Rc<Cell<bool>>, sent: Rc<Cell<u64>>) -> Result<()> {
        while !over.get() {
            self.send().await?;
            sent.set(sent.get() + 1);
        }
        Ok(())
    }
}

pub(super) async fn write_all(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads what has arrived, waiting for at least one byte.
pub(super) async fn read(stream: &TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        stream.readable().await?;
        match stream.try_read(buffer) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            outcome => return outcome,
        }
    }
}
