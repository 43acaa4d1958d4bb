//! Reads a WebSocket's data in small pieces and lets other tasks run in between, so that a client that sends without
//! pause cannot keep a worker to itself. Counts its memory, and stops at an invalid frame.

use std::future::Future;
use std::io::Error;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpRequest};
use futures_core::Stream;

use super::super::memory::Account;
use super::frame_heads::FrameHeads;
use super::memory::MessageMemory;
use super::open::largest_frame;
use crate::connections::Connection;

/// The size of a piece. All frames of a piece are decoded at once, and the smallest ones have six bytes.
const PIECE: usize = 4 * 1024;

/// The data of a WebSocket. Reading yields after each piece.
pub(crate) struct YieldingPayload {
    pub(super) payload: web::Payload,
    pub(super) memory: Rc<MessageMemory>,
    /// The maximum size of a message.
    pub(super) largest: usize,
}

struct Pieces {
    payload: Payload,
    /// The part of a chunk that was not read yet.
    rest: Bytes,
    heads: FrameHeads,
    memory: Rc<MessageMemory>,
    connection: Option<Rc<Connection>>,
    /// True if the last call returned a piece.
    yields_next: bool,
}

impl FromRequest for YieldingPayload {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let largest = largest_frame(request);
        let memory = Rc::new(MessageMemory::new(Account::of(request), largest));
        let pieces = Pieces {
            payload: payload.take(),
            rest: Bytes::new(),
            heads: FrameHeads::new(largest),
            memory: Rc::clone(&memory),
            connection: Connection::of(request),
            yields_next: false,
        };
        let payload = web::Payload::from_request(request, &mut Payload::Stream { payload: Box::pin(pieces) });
        Box::pin(async move { payload.await.map(|payload| Self { payload, memory, largest }) })
    }
}

impl Stream for Pieces {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.yields_next) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.rest.is_empty() {
            match Pin::new(&mut self.payload).poll_next(context) {
                Poll::Ready(Some(Ok(chunk))) => self.rest = chunk,
                Poll::Pending => {
                    if let Some(connection) = &self.connection {
                        connection.read_on();
                    }
                    return Poll::Pending;
                }
                end @ Poll::Ready(_) => return end,
            }
        }
        let count = self.rest.len().min(PIECE);
        let mut heads = self.heads;
        let (valid, fault) = heads.pass(self.rest.get(..count).unwrap_or_default());
        if let Some(fault) = fault.filter(|_| valid == 0) {
            return Poll::Ready(Some(Err(PayloadError::Io(Error::other(fault)))));
        }
        self.heads = heads;
        self.yields_next = true;
        let piece = self.rest.split_to(valid);
        Poll::Ready(Some(if self.memory.arrived(valid) { Ok(piece) } else { Err(PayloadError::Overflow) }))
    }
}
