//! The socket of a connection, as actix sees it: it delivers one request at a time.

use std::io::{Error, ErrorKind, Result};
use std::mem::{MaybeUninit, take};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Connection;
use super::framing::Framing;
use super::room::Doing;

/// The size of one read.
const READ: usize = 8 * 1024;
/// The size of a read that is not for the current request.
const READ_AHEAD: usize = 1024;
/// The number of bytes that are read and dropped when a connection is closed. Unread bytes would reset it, and the
/// client could lose the response.
const DISCARDED: usize = 64 * 1024;

/// A socket that withholds each request until the response to the one before has been written.
pub(super) struct Socket {
    stream: TcpStream,
    pub(super) connection: Rc<Connection>,
    framing: Framing,
    /// The number of bytes of the current head that have passed.
    head: usize,
    /// Bytes that were read and may not pass yet.
    withheld: Vec<u8>,
    /// True if bytes were withheld since the last wake-up.
    is_waiting: bool,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, connection: Rc<Connection>) -> Self {
        Self { stream, connection, framing: Framing::new(), head: 0, withheld: Vec::new(), is_waiting: false }
    }

    /// Passes withheld bytes, or new ones.
    fn poll_request(&mut self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        loop {
            if self.pass_withheld(buffer) {
                return Poll::Ready(Ok(()));
            }
            if self.withheld.is_empty() {
                let before = buffer.filled().len();
                ready!(self.read_up_to(READ, context, buffer))?;
                let read = buffer.filled_mut().get_mut(before..).unwrap_or_default();
                let passed = self.framing.pass(read);
                if read.is_empty() || passed == read.len() {
                    return Poll::Ready(Ok(()));
                }
                self.withheld.extend_from_slice(read.get(passed..).unwrap_or_default());
                buffer.set_filled(before + passed);
                if passed > 0 {
                    return Poll::Ready(Ok(()));
                }
            } else if ready!(self.read_ahead(context))? == 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }

    /// Passes what may pass of the withheld bytes; returns whether there was anything.
    fn pass_withheld(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        let most = self.withheld.len().min(buffer.remaining());
        let Some(first) = self.withheld.get_mut(..most) else {
            return false;
        };
        let passed = self.framing.pass(first);
        buffer.put_slice(first.get(..passed).unwrap_or_default());
        self.withheld.drain(..passed);
        if self.withheld.is_empty() {
            self.withheld = Vec::new();
        }
        passed > 0
    }

    /// Reads into the buffer, but not all that fits into a large one.
    fn read_up_to(
        &mut self,
        most: usize,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        if buffer.remaining() <= 2 * most {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(most));
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut part))?;
        let count = part.filled().len();
        buffer.advance(count);
        Poll::Ready(Ok(()))
    }

    /// Reads a little to withhold it; returns how much.
    fn read_ahead(&mut self, context: &mut Context<'_>) -> Poll<Result<usize>> {
        let mut buffer = [const { MaybeUninit::uninit() }; READ_AHEAD];
        let mut buffer = ReadBuf::uninit(&mut buffer);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
        self.withheld.extend_from_slice(buffer.filled());
        Poll::Ready(Ok(buffer.filled().len()))
    }

    /// The part of a request that arrives after so many more bytes have passed.
    fn receiving(&self, count: usize) -> Doing {
        match self.framing {
            Framing::Head(_) if self.head + count == 0 => Doing::Nothing,
            Framing::Head(_) => Doing::Head,
            Framing::Body(_) | Framing::Socket => Doing::Body,
            Framing::Complete => Doing::Nothing,
        }
    }

    /// Counts a part of a head. Refuses a large one if there is no memory for it.
    fn passed_head(&mut self, count: usize) -> Result<()> {
        self.head += count;
        if self.head <= 2 * READ || self.connection.hold_head(count) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::OutOfMemory, "too many large heads are being read"))
    }

    /// Waits for the response to the current request. Reads only enough to notice that the client has closed its
    /// side.
    fn poll_next_request(&mut self, context: &mut Context<'_>) -> Poll<Result<()>> {
        if self.withheld.is_empty() && ready!(self.read_ahead(context))? == 0 {
            return Poll::Ready(Ok(()));
        }
        self.is_waiting = true;
        Poll::Pending
    }
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let socket = self.get_mut();
        if socket.framing.is_complete() {
            if !socket.connection.transfer.is_written() {
                return socket.poll_next_request(context);
            }
            socket.connection.client_leaves();
            socket.framing.next();
            socket.head = 0;
        }
        let is_payload = socket.framing.is_in_payload();
        if is_payload && socket.connection.transfer.pauses(context) {
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        ready!(socket.poll_request(context, buffer))?;
        let count = buffer.filled().len() - before;
        socket.connection.receiving.set(socket.receiving(count));
        if is_payload {
            socket.connection.transfer.passed(count);
            return Poll::Ready(Ok(()));
        }
        if !matches!(socket.framing, Framing::Head(_)) {
            socket.connection.transfer.begin();
        }
        Poll::Ready(socket.passed_head(count))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let socket = self.get_mut();
        let written = Pin::new(&mut socket.stream).poll_write(context, bytes);
        match &written {
            Poll::Ready(Ok(count)) => socket.connection.pace.wrote(*count),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => socket.connection.pace.waits(),
        }
        written
    }

    /// Called by actix when all it has to write so far is written.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let socket = self.get_mut();
        socket.connection.pace.finished();
        if socket.connection.transfer.flushed() {
            socket.connection.release();
            if socket.framing.is_complete() {
                socket.connection.client_leaves();
            }
            socket.connection.leave_after_answer();
            if take(&mut socket.is_waiting) {
                context.waker().wake_by_ref();
            }
        }
        Pin::new(&mut socket.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let socket = self.get_mut();
        ready!(Pin::new(&mut socket.stream).poll_shutdown(context))?;
        let mut buffer = [0; READ_AHEAD];
        let mut left = DISCARDED / READ_AHEAD;
        while left > 0 && socket.stream.try_read(&mut buffer).is_ok_and(|count| count > 0) {
            left -= 1;
        }
        Poll::Ready(Ok(()))
    }
}
