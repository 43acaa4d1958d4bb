//! Finds the boundaries between the requests of a connection, so that actix receives one at a time. It would
//! otherwise parse every head that has arrived, at about 5 KB of memory each, before it answers the first.
//!
//! actix parses the requests itself. This follows the same rules (RFC 9112, section 6) for the requests that actix
//! accepts; those that it refuses end the connection.

mod chunks;
mod head;
mod line;

use chunks::Chunks;
use head::{Head, Payload};

/// The position in the input of a connection.
pub(super) enum Framing {
    Head(Head),
    Body(Body),
    /// A whole request has passed. Nothing else passes before [`Framing::next`].
    Complete,
    /// A WebSocket: the rest of the connection is one payload.
    Socket,
}

pub(super) enum Body {
    Sized(u64),
    Chunked(Chunks),
}

impl Framing {
    pub(super) fn new() -> Self {
        Self::Head(Head::new())
    }

    /// Begins the next request.
    pub(super) fn next(&mut self) {
        *self = Self::new();
    }

    pub(super) fn is_complete(&self) -> bool {
        matches!(self, Self::Complete)
    }

    /// Returns whether bytes belong to the payload of a request.
    pub(super) fn is_in_payload(&self) -> bool {
        matches!(self, Self::Body(_) | Self::Socket)
    }

    /// Returns how many of the bytes belong to the current request, and so may pass. The others have to be
    /// presented again, after the next request has begun or more bytes have arrived. Hides upgrades to protocols
    /// that the server does not speak.
    pub(super) fn pass(&mut self, bytes: &mut [u8]) -> usize {
        let mut passed = 0;
        while let Some(rest) = bytes.get_mut(passed..).filter(|rest| !rest.is_empty()) {
            let count = match self {
                Self::Complete => break,
                Self::Socket => rest.len(),
                Self::Head(head) => {
                    let (count, payload) = head.pass(rest);
                    match payload {
                        Some(payload) => *self = Self::after(payload),
                        None => return passed + count,
                    }
                    count
                }
                Self::Body(body) => {
                    let (count, is_complete) = body.pass(rest);
                    if is_complete {
                        *self = Self::Complete;
                    }
                    count
                }
            };
            passed += count;
        }
        passed
    }

    fn after(payload: Payload) -> Self {
        match payload {
            Payload::None => Self::Complete,
            Payload::Sized(length) => Self::Body(Body::Sized(length)),
            Payload::Chunked => Self::Body(Body::Chunked(Chunks::new())),
            Payload::Socket => Self::Socket,
        }
    }
}

impl Body {
    /// Returns how many bytes belong to the body, and whether it ends after them.
    fn pass(&mut self, bytes: &[u8]) -> (usize, bool) {
        match self {
            Self::Sized(left) => {
                let count = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                *left -= count as u64;
                (count, *left == 0)
            }
            Self::Chunked(chunks) => chunks.pass(bytes),
        }
    }
}

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;
