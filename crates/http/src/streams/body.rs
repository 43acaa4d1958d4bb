//! A stream as the body of a response without a known length.

use std::convert::Infallible;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{self, BodySize, BoxBody, MessageBody};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::http::{ConnectionType, Method, Version};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{HttpRequest, HttpResponse};

use super::feed::{CLIENT_TIMEOUT, Feed, Item, ItemKind};
use super::memory::Account;
use super::positions;
use crate::connections::{Connection, Held};

pub(super) const STREAM: &str = "text/event-stream";
/// The size of a chunk, but for a single larger event, which is written in pieces of this size.
const CHUNK: usize = 16 * 1024;
/// The size of a chunk up to which no memory is held for it.
const SMALL: usize = 64 * 1024;
/// The range of reconnection delays, in milliseconds, so that the clients of a stopping instance do not all
/// reconnect at once.
const RETRY_MILLIS: std::ops::Range<u32> = 500..5_000;

/// The content of `id:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ids {
    /// The position in a single chatroom.
    Seq,
    /// The positions in all chatrooms.
    Positions,
}

struct Body {
    feed: Feed,
    ids: Ids,
    connection: Option<Rc<Connection>>,
    /// The part of a large event that has not been written.
    rest: Bytes,
    account: Account,
    held: Option<Held>,
    /// True if anything was sent since the last poll that returned nothing.
    has_sent: bool,
}

/// The streaming response.
pub(super) fn answer(request: &HttpRequest, feed: Feed, ids: Ids) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_TYPE, STREAM)).insert_header((CACHE_CONTROL, "no-store"));
    // Tells nginx not to buffer the stream.
    response.insert_header(("X-Accel-Buffering", "no"));
    if request.method() == Method::HEAD {
        // Without a length, which a stream does not have either (RFC 9110, section 8.6).
        return response.body(body::None::new());
    }
    let (connection, account) = (Connection::of(request), Account::of(request));
    let body = Body { feed, ids, connection, rest: Bytes::new(), account, held: None, has_sent: false };
    let mut response = response.body(BoxBody::new(body));
    if request.version() < Version::HTTP_11 {
        // In HTTP/1.0, closing the connection ends the response (RFC 9112, section 6.3).
        response.head_mut().no_chunking(true);
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    response
}

impl MessageBody for Body {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let body = self.get_mut();
        if let Some(connection) = &body.connection {
            connection.expect_read_within(CLIENT_TIMEOUT);
        }
        if let Some(piece) = body.next_piece() {
            return Poll::Ready(Some(Ok(piece)));
        }
        if let Some(connection) = &body.connection
            && connection.makes_room(context)
            && let Some(last) = body.feed.stop()
        {
            return Poll::Ready(Some(Ok(body.text(&last))));
        }
        match body.feed.poll_next(context) {
            Poll::Pending if body.is_disconnected() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some(first)) => {
                body.has_sent = true;
                let chunk = body.collect_chunk(first, context);
                Poll::Ready(body.write(chunk).map(Ok))
            }
        }
    }
}

impl Body {
    /// Returns whether the client has disconnected. actix polls the body when that happens, so a poll that finds
    /// nothing to send checks it.
    fn is_disconnected(&mut self) -> bool {
        !mem::take(&mut self.has_sent)
            && self.connection.as_ref().is_some_and(|connection| connection.is_disconnected())
    }

    /// Writes a chunk in pieces, because actix copies each into its buffer. Without memory for a large chunk, the stream
    /// ends instead, and its client reconnects.
    fn write(&mut self, chunk: Bytes) -> Option<Bytes> {
        if chunk.len() > SMALL && !self.account.hold(&mut self.held, chunk.len()) {
            let last = self.feed.stop()?;
            return Some(self.text(&last));
        }
        self.rest = chunk;
        self.next_piece()
    }

    fn next_piece(&mut self) -> Option<Bytes> {
        let piece = self.rest.split_to(self.rest.len().min(CHUNK));
        if self.rest.is_empty() {
            (self.rest, self.held) = (Bytes::new(), None);
        }
        (!piece.is_empty()).then_some(piece)
    }

    /// Collects available events up to a limit. A single event is passed on without a copy.
    fn collect_chunk(&mut self, first: Item, context: &mut Context<'_>) -> Bytes {
        let mut chunk = BytesMut::new();
        let mut item = first;
        while chunk.len() + self.text(&item).len() < CHUNK {
            let Poll::Ready(Some(next)) = self.feed.poll_next(context) else {
                break;
            };
            chunk.extend_from_slice(&self.text(&item));
            item = next;
        }
        self.finish(chunk, &item)
    }

    /// Appends the id of the last event, which covers the whole chunk.
    fn finish(&self, mut chunk: BytesMut, last: &Item) -> Bytes {
        let text = self.text(last);
        if let Some(id) = self.id_after(last) {
            chunk.extend_from_slice(format!("id: {id}\n").as_bytes());
        }
        if chunk.is_empty() {
            return text;
        }
        chunk.extend_from_slice(&text);
        chunk.freeze()
    }

    fn text(&self, item: &Item) -> Bytes {
        match (item.kind, self.ids) {
            (ItemKind::Stopping, _) => Bytes::from(format!("retry: {}\n\n", fastrand::u32(RETRY_MILLIS))),
            (ItemKind::First, _) | (_, Ids::Seq) => item.encoded.identified.clone(),
            (_, Ids::Positions) => item.encoded.anonymous.clone(),
        }
    }

    fn id_after(&self, last: &Item) -> Option<String> {
        match (self.ids, last.kind) {
            // These carry their own id.
            (_, ItemKind::Stopping | ItemKind::First) => None,
            // Too many positions to fit: sends an empty id, so that the client does not resume from an old one
            // that lacks some chatrooms.
            (Ids::Positions, _) => Some(positions::encode(self.feed.positions()).unwrap_or_default()),
            (Ids::Seq, ItemKind::CaughtUp) => self.feed.positions().next().map(|(_, seq)| seq.to_string()),
            (Ids::Seq, _) => None,
        }
    }
}
