//! Reads a WebSocket's data and lets other tasks run in between, so that a client that sends without pause cannot
//! keep a worker to itself.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpRequest};
use futures_core::Stream;

use crate::connections::Connection;

/// The data of a WebSocket. Reading yields after each chunk.
pub(crate) struct YieldingPayload(pub(crate) web::Payload);

struct Chunks {
    payload: Payload,
    connection: Option<Rc<Connection>>,
    /// True if the last call returned a chunk.
    yields_next: bool,
}

impl FromRequest for YieldingPayload {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let chunks = Chunks { payload: payload.take(), connection: Connection::of(request), yields_next: false };
        let payload = web::Payload::from_request(request, &mut Payload::Stream { payload: Box::pin(chunks) });
        Box::pin(async move { payload.await.map(Self) })
    }
}

impl Stream for Chunks {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.yields_next) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let chunk = Pin::new(&mut self.payload).poll_next(context);
        match (&chunk, &self.connection) {
            (Poll::Ready(_), _) => self.yields_next = true,
            (Poll::Pending, Some(connection)) => connection.read_on(),
            (Poll::Pending, None) => {}
        }
        chunk
    }
}
