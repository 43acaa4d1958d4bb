//! The framework's own errors as problems.

use actix_web::http::StatusCode;
use actix_web::{Error, ResponseError};

use super::{Code, Problem};

impl Problem {
    /// The problem behind an error. Errors of the framework are classified by their status.
    pub(crate) fn of(error: &Error) -> Self {
        if let Some(problem) = error.as_error::<Self>() {
            return problem.clone();
        }
        let response: &dyn ResponseError = error.as_response_error();
        match response.status_code() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(Code::BodyTooLarge, "the request body is too large"),
            StatusCode::NOT_FOUND => Self::new(Code::NotFound, "no resource exists at this path"),
            status if status.is_client_error() => Self::new(Code::BadRequest, "the request is malformed"),
            _ => Self::internal(error),
        }
    }
}
