//! The reasons for closing a WebSocket.

use std::io::{Error, ErrorKind};

use actix_web::error::PayloadError;
use actix_ws::{CloseCode, CloseReason, ProtocolError};

use super::frame_heads::InvalidFrame;
use super::outgoing::Unsent;
use crate::problem::Code;

/// A code from IANA's registry of WebSocket close codes, like [`TIMEOUT`].
pub(super) const UNAUTHORIZED: u16 = 3000;
pub(super) const TIMEOUT: u16 = 3008;

pub(super) fn close_code(code: Code) -> CloseCode {
    match code {
        Code::Unauthenticated | Code::InvalidToken => CloseCode::Other(UNAUTHORIZED),
        Code::Unavailable
        | Code::Overloaded
        | Code::TooManyStreams
        | Code::RateLimited
        | Code::TooManyRequests => CloseCode::Again,
        Code::Internal => CloseCode::Error,
        _ => CloseCode::Policy,
    }
}

/// The close reason of a protocol error; `None` if the client has disconnected.
pub(super) fn protocol_error_reason(error: &ProtocolError) -> Option<CloseReason> {
    Some(match (payload_error(error), error) {
        (Some(PayloadError::Overflow), _) => close_reason(CloseCode::Again, "too many large frames are arriving"),
        (Some(PayloadError::Io(error)), _) => invalid_frame_reason(invalid_frame(error)?),
        (Some(_), _) => return None,
        (None, ProtocolError::Io(error)) if error.kind() == ErrorKind::InvalidData => not_utf_8_reason(),
        (None, ProtocolError::Overflow) => invalid_frame_reason(InvalidFrame::TooLarge),
        (None, _) => invalid_frame_reason(InvalidFrame::Malformed),
    })
}

/// The error of reading from the client, which the library reports as an I/O error.
fn payload_error(error: &ProtocolError) -> Option<&PayloadError> {
    match error {
        ProtocolError::Io(error) => error.get_ref()?.downcast_ref(),
        _ => None,
    }
}

fn invalid_frame(error: &Error) -> Option<InvalidFrame> {
    error.get_ref()?.downcast_ref().copied()
}

/// The close reason if a frame cannot be sent; `None` if the client has disconnected.
#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
pub(super) fn unsent_reason(unsent: Unsent) -> Option<CloseReason> {
    match unsent {
        Unsent::Disconnected => None,
        Unsent::NoMemory => Some(close_reason(CloseCode::Again, "too many answers wait to be read")),
    }
}

pub(super) fn invalid_frame_reason(frame: InvalidFrame) -> CloseReason {
    let code = match frame {
        InvalidFrame::Malformed => CloseCode::Protocol,
        InvalidFrame::TooLarge => CloseCode::Size,
    };
    close_reason(code, &frame.to_string())
}

pub(super) fn not_utf_8_reason() -> CloseReason {
    close_reason(CloseCode::Invalid, "the text is not UTF-8")
}

pub(super) fn restart_reason() -> CloseReason {
    close_reason(CloseCode::Restart, "the server ends this connection; reconnect")
}

pub(super) fn close_reason(code: CloseCode, why: &str) -> CloseReason {
    CloseReason { code, description: Some(why.to_owned()) }
}
