//! The frames that wait to be written to a WebSocket. They are the body of its response.

use std::cell::RefCell;
use std::convert::Infallible;
use std::mem::take;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use actix_http::ws::{OpCode, Parser};
use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::{Bytes, BytesMut};
use actix_ws::CloseReason;

use super::super::memory::Account;
use crate::connections::Held;

/// The number of bytes that wait from which no further events are sent, and no further frames read. Answers to
/// earlier frames are added.
const FULL: usize = 16 * 1024;
/// The number of bytes, waiting or in the buffer of the connection, up to which no memory is held for them.
const SMALL: usize = 64 * 1024;
/// The most bytes that the connection takes at once, because it copies them into its buffer.
const PIECE: usize = 16 * 1024;

/// The conversation's end of the queue. Without it, the body ends.
pub(super) struct Outgoing(Rc<RefCell<Queue>>);

/// The connection's end of the queue.
struct Body {
    queue: Rc<RefCell<Queue>>,
    /// The library's own body, unused. The library stops reading when it is dropped.
    _library: BoxBody,
}

struct Queue {
    /// Encoded frames.
    waiting: BytesMut,
    /// The part of earlier frames that the connection has not taken.
    rest: Bytes,
    /// The number of bytes that the connection took last, and may not have written yet.
    writing: usize,
    is_closed: bool,
    is_disconnected: bool,
    account: Account,
    held: Option<Held>,
    /// The task of the connection, which waits for frames.
    connection: Option<Waker>,
    /// The task of the conversation, which waits for room.
    conversation: Option<Waker>,
}

/// The reason that a frame cannot be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unsent {
    Disconnected,
    /// Its memory exceeds what is left for the client.
    NoMemory,
}

impl Outgoing {
    /// Makes the queue the body of the response to the handshake.
    pub(super) fn of(response: HttpResponse, account: Account) -> (HttpResponse, Self) {
        let queue = Rc::new(RefCell::new(Queue::new(account)));
        let outgoing = Self(Rc::clone(&queue));
        (response.map_body(|_, library| BoxBody::new(Body { queue, _library: library })), outgoing)
    }

    pub(super) fn text(&self, text: &[u8]) -> Result<(), Unsent> {
        self.0.borrow_mut().push(|frames| Parser::write_message(frames, text, OpCode::Text, true, false))
    }

    pub(super) fn pong(&self, payload: &[u8]) -> Result<(), Unsent> {
        self.0.borrow_mut().push(|frames| Parser::write_message(frames, payload, OpCode::Pong, true, false))
    }

    /// Sends a close frame as the last one.
    pub(super) fn close(self, reason: Option<CloseReason>) {
        // Fails if the client has already disconnected.
        drop(self.0.borrow_mut().push(|frames| Parser::write_close(frames, reason, false)));
    }

    /// Returns whether further events may be sent. If not, the task is woken as soon as they may.
    pub(super) fn has_room(&self, context: &Context<'_>) -> bool {
        let mut queue = self.0.borrow_mut();
        let has_room = queue.waiting.len() + queue.rest.len() < FULL;
        queue.conversation = (!has_room).then(|| context.waker().clone());
        has_room
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        let mut queue = self.0.borrow_mut();
        queue.is_closed = true;
        queue.wake_connection();
    }
}

impl Queue {
    fn new(account: Account) -> Self {
        Self {
            waiting: BytesMut::new(),
            rest: Bytes::new(),
            writing: 0,
            is_closed: false,
            is_disconnected: false,
            account,
            held: None,
            connection: None,
            conversation: None,
        }
    }

    fn push(&mut self, write: impl FnOnce(&mut BytesMut)) -> Result<(), Unsent> {
        if self.is_disconnected {
            return Err(Unsent::Disconnected);
        }
        write(&mut self.waiting);
        self.wake_connection();
        let bytes = self.bytes();
        if bytes <= SMALL || self.account.hold(&mut self.held, bytes) { Ok(()) } else { Err(Unsent::NoMemory) }
    }

    fn bytes(&self) -> usize {
        self.waiting.len() + self.rest.len() + self.writing
    }

    /// Takes the next piece of the frames, once the connection has written most of those before.
    fn take(&mut self) -> Option<Bytes> {
        if self.rest.is_empty() {
            self.rest = take(&mut self.waiting).freeze();
        }
        let piece = self.rest.split_to(self.rest.len().min(PIECE));
        self.writing = piece.len();
        if self.rest.is_empty() {
            // Frees the frames once the last piece is written.
            self.rest = Bytes::new();
        }
        if self.bytes() <= SMALL {
            self.held = None;
        }
        if let Some(task) = self.conversation.take() {
            task.wake();
        }
        (!piece.is_empty()).then_some(piece)
    }

    fn wake_connection(&mut self) {
        if let Some(task) = self.connection.take() {
            task.wake();
        }
    }
}

impl MessageBody for Body {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    /// Called when less than 8 KiB are left in the buffer of the connection.
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let mut queue = self.queue.borrow_mut();
        if let Some(frames) = queue.take() {
            return Poll::Ready(Some(Ok(frames)));
        }
        if queue.is_closed {
            return Poll::Ready(None);
        }
        queue.connection = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        let mut queue = self.queue.borrow_mut();
        queue.is_disconnected = true;
        (queue.waiting, queue.rest) = (BytesMut::new(), Bytes::new());
        drop(queue.take());
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn socket() -> (BoxBody, Outgoing) {
        let account = Account::of(&TestRequest::default().to_http_request());
        let (response, outgoing) = Outgoing::of(HttpResponse::Ok().finish(), account);
        (response.into_body(), outgoing)
    }

    /// The number of bytes that the connection takes; `None` if it has to wait.
    fn taken(body: &mut BoxBody) -> Option<usize> {
        match Pin::new(body).poll_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Some(Ok(frames))) => Some(frames.len()),
            Poll::Ready(Some(Err(error))) => panic!("{error}"),
            Poll::Ready(None) => Some(0),
            Poll::Pending => None,
        }
    }

    #[test]
    fn full_queue_has_room_again_once_taken() {
        let (mut body, outgoing) = socket();
        let context = Context::from_waker(Waker::noop());
        assert_eq!((taken(&mut body), outgoing.has_room(&context)), (None, true));
        outgoing.text(&[b'x'; 1_000]).unwrap();
        assert!(outgoing.has_room(&context));
        outgoing.text(&[b'x'; FULL]).unwrap();
        assert!(!outgoing.has_room(&context));
        assert_eq!(taken(&mut body), Some(PIECE));
        assert!(outgoing.has_room(&context));
        assert_eq!(taken(&mut body), Some(1_000 + 4 + FULL + 4 - PIECE));
        assert_eq!(taken(&mut body), None);
    }

    #[test]
    fn large_event_is_taken_in_pieces() {
        let (mut body, outgoing) = socket();
        outgoing.text(&vec![b'x'; 5 * PIECE]).unwrap();
        outgoing.close(None);
        let pieces: Vec<_> = std::iter::from_fn(|| taken(&mut body).filter(|length| *length > 0)).collect();
        assert!(pieces.iter().all(|piece| *piece <= PIECE), "{pieces:?}");
        assert_eq!(pieces.iter().sum::<usize>(), 5 * PIECE + 10 + 2);
    }

    #[test]
    fn body_ends_behind_the_close_frame() {
        let (mut body, outgoing) = socket();
        outgoing.pong(b"there").unwrap();
        outgoing.close(None);
        assert_eq!((taken(&mut body), taken(&mut body)), (Some(7 + 2), Some(0)));
    }

    #[test]
    fn nothing_waits_for_a_disconnected_client() {
        let (body, outgoing) = socket();
        outgoing.text(b"hello").unwrap();
        drop(body);
        assert!(outgoing.0.borrow().waiting.is_empty());
        assert_eq!(outgoing.text(b"hello"), Err(Unsent::Disconnected));
    }
}
