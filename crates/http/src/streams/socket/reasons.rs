//! The reasons for closing a WebSocket.

use std::io::{Error, ErrorKind};

use actix_web::error::PayloadError;
use actix_ws::{CloseCode, CloseReason, ProtocolError};

use crate::problem::Code;

/// A code from IANA's registry of WebSocket close codes, like [`TIMEOUT`].
pub(super) const UNAUTHORIZED: u16 = 3000;
pub(super) const TIMEOUT: u16 = 3008;

pub(super) fn close_code(code: Code) -> CloseCode {
    match code {
        Code::Unauthenticated | Code::InvalidToken => CloseCode::Other(UNAUTHORIZED),
        Code::Unavailable | Code::Overloaded | Code::TooManyStreams => CloseCode::Again,
        Code::Internal => CloseCode::Error,
        _ => CloseCode::Policy,
    }
}

/// The close reason of a protocol error. The library reports an error of the payload as an I/O error.
pub(super) fn protocol_error_reason(error: &ProtocolError) -> CloseReason {
    match error {
        ProtocolError::Io(error) if error.kind() == ErrorKind::InvalidData => {
            close_reason(CloseCode::Invalid, "the text is not UTF-8")
        }
        ProtocolError::Io(error) if is_refused(error) => {
            close_reason(CloseCode::Again, "too many large frames are arriving")
        }
        ProtocolError::Overflow => close_reason(CloseCode::Size, "the frame is too large"),
        _ => close_reason(CloseCode::Protocol, "invalid WebSocket frame"),
    }
}

/// Returns whether there was no memory for a frame.
fn is_refused(error: &Error) -> bool {
    let error = error.get_ref().and_then(|error| error.downcast_ref());
    matches!(error, Some(PayloadError::Overflow))
}

pub(super) fn restart_reason() -> CloseReason {
    close_reason(CloseCode::Restart, "the server ends this connection; reconnect")
}

pub(super) fn close_reason(code: CloseCode, why: &str) -> CloseReason {
    CloseReason { code, description: Some(why.to_owned()) }
}
