//! Reads request bodies: within a time limit and a size limit, decompressed.

use std::cell::Cell;
use std::future::poll_fn;
use std::mem::take;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::body::{BodyStream, MessageBody};
use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap};
use actix_web::rt::time::timeout;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{HttpRequest, web};

use super::encoding::Encoding;
use super::principal;
use crate::connections::{Connection, Held, Speed};
use crate::problem::{Code, Problem};
use crate::state::State;

/// The maximum size of a body, compressed or not. Bodies announced as larger are rejected before they are read.
const MAX_BODY_BYTES: usize = 1024 * 1024;
/// The same for clients that have not signed in: credentials and tokens are short.
const MAX_STRANGERS_BODY_BYTES: usize = 8 * 1024;
/// The size up to which a body is not held.
const SMALL_BODY: usize = 16 * 1024;

/// The times within which a body has to arrive.
#[derive(Clone, Copy, Debug)]
pub struct BodyTimes {
    /// For all of it.
    pub limit: Duration,
    /// The minimum speed, after the first period.
    pub slowest: Speed,
}

impl BodyTimes {
    pub const DEFAULT: Self =
        Self { limit: Duration::from_secs(30), slowest: Speed { bytes: 1024, period: Duration::from_secs(5) } };
}

/// Reads the complete body, and counts it as further writes if it is large.
pub(super) async fn read(request: HttpRequest, payload: Payload) -> Result<Bytes, Problem> {
    let encoding = Encoding::of(request.headers())?;
    let most = if principal::is_signed_in(&request) { MAX_BODY_BYTES } else { MAX_STRANGERS_BODY_BYTES };
    if announced(request.headers()).is_some_and(|length| length > most as u64) {
        return Err(too_large(most));
    }
    let mut memory = Memory { request: &request, connection: Connection::of(&request), held: None };
    let bytes = collect_in_time(payload, most, &mut memory).await?;
    // A client can take its time with the body; its session may have ended meanwhile.
    principal::confirm(&request)?;
    principal::count_body(&request, 0..bytes.len())?;
    if encoding == Encoding::Identity {
        return Ok(bytes);
    }
    let compressed = bytes.len();
    let bytes = inflated(encoding, bytes, most, &mut memory).await?;
    principal::confirm(&request)?;
    principal::count_body(&request, compressed..bytes.len())?;
    Ok(bytes)
}

/// The memory of a body, as far as the budget for all bodies and responses has to have room for it.
struct Memory<'a> {
    request: &'a HttpRequest,
    connection: Option<Rc<Connection>>,
    held: Option<Held>,
}

impl Memory<'_> {
    /// Holds so many bytes in all.
    fn hold(&mut self, bytes: usize) -> Result<(), Problem> {
        let Some(connection) = self.connection.as_ref().filter(|_| bytes > SMALL_BODY) else {
            return Ok(());
        };
        let has_room = match &mut self.held {
            Some(held) => held.grow_to(bytes),
            held => {
                *held = connection.reserve(self.request, bytes);
                held.is_some()
            }
        };
        has_room.then_some(()).ok_or_else(|| Problem::overloaded("too many request bodies are arriving"))
    }
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Collects a body, unless it arrives too slowly.
async fn collect_in_time(payload: Payload, most: usize, memory: &mut Memory<'_>) -> Result<Bytes, Problem> {
    let times = *memory.request.app_data().unwrap_or(&BodyTimes::DEFAULT);
    let (started, arrived) = (Instant::now(), Cell::new(0));
    let mut body = pin!(collect(payload, most, memory, &arrived));
    let mut expected = 0;
    loop {
        let period = times.slowest.period.min(times.limit.saturating_sub(started.elapsed()));
        if let Ok(body) = timeout(period, body.as_mut()).await {
            return body;
        }
        if started.elapsed() >= times.limit || arrived.get() < expected {
            return Err(Problem::new(Code::RequestTimeout, "the request body took too long to arrive"));
        }
        expected = arrived.get() + times.slowest.bytes;
    }
}

/// Collects the chunks of a body. Most bodies arrive in one chunk, which is used without a copy.
async fn collect(
    payload: Payload,
    most: usize,
    memory: &mut Memory<'_>,
    arrived: &Cell<usize>,
) -> Result<Bytes, Problem> {
    let mut body = pin!(BodyStream::new(payload));
    let (mut only, mut joined) = (Bytes::new(), BytesMut::new());
    let connection = memory.connection.clone();
    let mut next = |context: &mut Context<'_>| {
        let chunk = body.as_mut().poll_next(context);
        if let (Poll::Pending, Some(connection)) = (&chunk, &connection) {
            connection.read_on();
        }
        chunk
    };
    while let Some(chunk) = poll_fn(&mut next).await {
        let chunk = chunk.map_err(|_| Problem::new(Code::MalformedBody, "the body cannot be read"))?;
        arrived.set(arrived.get() + chunk.len());
        if arrived.get() > most {
            return Err(too_large(most));
        }
        if only.is_empty() && joined.is_empty() {
            only = chunk;
        } else {
            joined.extend_from_slice(&take(&mut only));
            joined.extend_from_slice(&chunk);
            memory.hold(joined.capacity())?;
        }
    }
    Ok(if joined.is_empty() { only } else { joined.freeze() })
}

/// Decompresses a body. Large ones are decompressed on the threads that render, in turn and one of a user at a time.
/// A job keeps its memory until it is done, even if the client has disconnected.
async fn inflated(
    encoding: Encoding,
    bytes: Bytes,
    most: usize,
    memory: &mut Memory<'_>,
) -> Result<Bytes, Problem> {
    if bytes.len() <= MAX_STRANGERS_BODY_BYTES {
        let inflated = encoding.inflate(&bytes, most.min(SMALL_BODY))?;
        if inflated.len() <= SMALL_BODY.min(most) {
            return Ok(inflated.into());
        }
    }
    let principal = principal::of(memory.request).filter(|_| most > SMALL_BODY);
    let Some(principal) = principal else {
        return Err(too_large(most));
    };
    let Some(state) = memory.request.app_data::<web::Data<State>>() else {
        return Err(Problem::internal("the services are not configured"));
    };
    memory.hold(bytes.len() + 2 * most)?;
    let held = memory.held.take();
    let inflate = move || {
        let started = Instant::now();
        (encoding.inflate(&bytes, most), started.elapsed(), held)
    };
    let (inflated, taken, held) = state.renderer.inflate(principal.party(), inflate).await?;
    memory.held = held;
    principal.charge_time_of_body(state, taken);
    let inflated = inflated?;
    if inflated.len() > most { Err(too_large(most)) } else { Ok(inflated.into()) }
}

fn too_large(most: usize) -> Problem {
    Problem::new(Code::BodyTooLarge, format!("the request body is larger than {} KiB", most / 1024))
}

#[cfg(test)]
mod tests {
    use actix_http::h1;
    use actix_web::rt;
    use actix_web::rt::time::sleep;
    use actix_web::test::TestRequest;

    use super::*;

    #[actix_web::test]
    async fn body_has_to_arrive_at_minimum_speed() {
        let slowest = Speed { bytes: 10, period: Duration::from_millis(100) };
        for (piece, is_refused) in [(&b"1"[..], true), (&[b' '; 100], false)] {
            let times = BodyTimes { slowest, ..BodyTimes::DEFAULT };
            let request = TestRequest::default().app_data(times).to_http_request();
            let (mut sender, payload) = h1::Payload::create(false);
            rt::spawn(async move {
                for _ in 0..10 {
                    sleep(Duration::from_millis(90)).await;
                    sender.feed_data(Bytes::from_static(piece));
                }
                sender.feed_eof();
            });
            let read = read(request, Payload::from(payload)).await;
            let refused = read.map_err(|problem| problem.code).err();
            assert_eq!(refused, is_refused.then_some(Code::RequestTimeout));
        }
    }
}
