//! The body of a response, which tells the connection when actix has all of it.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::web::Bytes;

use super::Connection;

/// A body, and the connection that waits for its end.
pub(super) struct Watched<B> {
    body: B,
    _end: End,
}

struct End(Option<Rc<Connection>>);

/// Watches the body of a response.
pub(super) fn watched<B>(response: ServiceResponse<B>) -> ServiceResponse<Watched<B>> {
    let connection = response.request().conn_data().map(Rc::clone);
    response.map_body(|_, body| Watched { body, _end: End(connection) })
}

impl<B: MessageBody + Unpin> MessageBody for Watched<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, B::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if let Some(connection) = &self.0 {
            connection.transfer.made();
        }
    }
}
