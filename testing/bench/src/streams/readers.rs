//! Thousands of listeners on one thread, each with the last seq that it has received.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use actix_web::rt;
use actix_web::rt::net::TcpStream;
use anyhow::{Result, ensure};
use tokio::io::{AsyncRead, ReadBuf};

/// Enough for one write of the server.
const BUFFER: usize = 32 * 1024;
const ID: &[u8] = b"id: ";

/// All listeners.
#[derive(Default)]
pub(super) struct Readers {
    received: RefCell<Vec<Rc<Cell<i64>>>>,
    /// For each seq from `first` on: the number of listeners that have it, and when the last one received it.
    arrivals: RefCell<Arrivals>,
}

#[derive(Default)]
struct Arrivals {
    first: i64,
    latest: Vec<(u32, Option<Instant>)>,
}

impl Readers {
    /// Opens a stream and keeps reading it.
    pub(super) async fn open(self: &Rc<Self>, address: &str, path: &str, token: &str) -> Result<()> {
        let stream = TcpStream::connect(address).await?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: {token}\r\nAccept: text/event-stream\r\n\r\n"
        );
        super::sender::write_all(&stream, request.as_bytes()).await?;
        let mut buffer = vec![0; BUFFER];
        let read = super::sender::read(&stream, &mut buffer).await?;
        ensure!(
            buffer.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(buffer.get(..read).unwrap_or_default())
        );
        drop(buffer);
        let received = Rc::new(Cell::new(0));
        self.received.borrow_mut().push(Rc::clone(&received));
        let readers = Rc::clone(self);
        rt::spawn(async move { readers.read(stream, &received).await });
        Ok(())
    }

    pub(super) fn sum(&self) -> i64 {
        self.received.borrow().iter().map(|received| received.get()).sum()
    }

    pub(super) fn least(&self) -> i64 {
        self.received.borrow().iter().map(|received| received.get()).min().unwrap_or_default()
    }

    /// Starts to record when seqs beyond this one arrive.
    pub(super) fn record_after(&self, seq: i64) {
        *self.arrivals.borrow_mut() = Arrivals { first: seq + 1, latest: Vec::new() };
    }

    /// The time when the last listener received this seq.
    pub(super) fn arrived(&self, seq: i64, listeners: u32) -> Option<Instant> {
        let arrivals = self.arrivals.borrow();
        let (count, latest) = arrivals.latest.get(usize::try_from(seq - arrivals.first).ok()?)?;
        (*count >= listeners).then_some(*latest)?
    }

    async fn read(&self, mut stream: TcpStream, received: &Cell<i64>) {
        poll_fn(|context| {
            while let Ok(last) = ready!(poll_last(&mut stream, context)) {
                if let Some(last) = last {
                    self.note(received, last);
                }
            }
            Poll::Ready(())
        })
        .await;
    }

    fn note(&self, received: &Cell<i64>, last: i64) {
        let before = received.replace(last);
        let mut arrivals = self.arrivals.borrow_mut();
        let first = arrivals.first;
        if first == 0 || last < first {
            return;
        }
        let now = Instant::now();
        for seq in (before + 1).max(first)..=last {
            let place = usize::try_from(seq - first).unwrap_or_default();
            if arrivals.latest.len() <= place {
                arrivals.latest.resize(place + 1, (0, None));
            }
            if let Some((count, latest)) = arrivals.latest.get_mut(place) {
                *count += 1;
                *latest = Some(now);
            }
        }
    }
}

/// The end of a stream.
struct Ended;

/// The last id in the received bytes. All listeners share one buffer, because only one reads at a time.
fn poll_last(stream: &mut TcpStream, context: &mut Context<'_>) -> Poll<Result<Option<i64>, Ended>> {
    thread_local! {
        static SHARED: RefCell<Vec<u8>> = RefCell::new(vec![0; BUFFER]);
    }
    SHARED.with_borrow_mut(|buffer| {
        let mut buffer = ReadBuf::new(buffer);
        let read = ready!(Pin::new(stream).poll_read(context, &mut buffer));
        let goes_on = read.is_ok() && !buffer.filled().is_empty();
        Poll::Ready(if goes_on { Ok(last_id(buffer.filled())) } else { Err(Ended) })
    })
}

/// Parses the last complete `id:`; everything before it has been received too.
fn last_id(bytes: &[u8]) -> Option<i64> {
    let mut end = bytes.len();
    while let Some(place) = bytes.get(..end)?.windows(ID.len()).rposition(|window| window == ID) {
        let rest = bytes.get(place + ID.len()..)?;
        if let Some(length) = rest.iter().position(|byte| *byte == b'\n') {
            return std::str::from_utf8(rest.get(..length)?).ok()?.parse().ok();
        }
        end = place;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_complete_id_counts() {
        assert_eq!(last_id(b"id: 41\nevent: x\ndata: {}\n\nid: 42\nevent: x\n"), Some(42));
        assert_eq!(last_id(b"id: 41\nevent: x\ndata: {}\n\nid: 4"), Some(41));
        assert_eq!(last_id(b"event: heartbeat\n"), None);
    }
}
