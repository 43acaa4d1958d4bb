//! How a problem is written on the wire.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{Error, HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Code, FieldError, Problem};
use crate::openapi::values;

/// What went wrong (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody<'a> {
    /// The code as a URI.
    r#type: String,
    /// What the code means, whatever the request.
    title: &'a str,
    #[schema(schema_with = values::status)]
    status: u16,
    /// About this one request, for people; may be worded differently tomorrow.
    detail: &'a str,
    #[schema(schema_with = values::problem_code)]
    code: &'a str,
    /// As in the header `X-Request-Id`.
    request_id: &'a str,
    /// Every value that breaks a rule; absent if the problem is about no single value.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl Problem {
    /// The whole response.
    pub(crate) fn into_response(self, request_id: &str) -> HttpResponse {
        let status = self.code.status();
        let mut response = HttpResponse::build(status);
        response.content_type("application/problem+json");
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, challenge(self.code)));
        }
        // What is left of the body would be read for nothing.
        if matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE) {
            response.force_close();
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds));
        }
        if let Some(allow) = self.allow {
            response.insert_header((ALLOW, allow));
        }
        match serde_json::to_string(&self.body(request_id)) {
            Ok(text) => response.body(text),
            Err(_) => response.finish(),
        }
    }

    /// What it says.
    pub(crate) fn body<'a>(&'a self, request_id: &'a str) -> ProblemBody<'a> {
        ProblemBody {
            r#type: uri(self.code),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            detail: &self.detail,
            code: self.code.as_str(),
            request_id,
            errors: &self.errors,
        }
    }

    /// The problem behind an error; the framework's own are told by their status.
    pub(crate) fn of(error: &Error) -> Self {
        if let Some(problem) = error.as_error::<Self>() {
            return problem.clone();
        }
        let response: &dyn ResponseError = error.as_response_error();
        match response.status_code() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(Code::BodyTooLarge, "the body is larger than 1 MiB"),
            StatusCode::NOT_FOUND => Self::new(Code::NotFound, "there is nothing at this path"),
            status if status.is_client_error() => Self::new(Code::BadRequest, "the request cannot be read"),
            _ => Self::internal(error),
        }
    }
}

/// The code as a URI.
pub(crate) fn uri(code: Code) -> String {
    format!("urn:chit-chat:problem:{}", code.as_str())
}

/// RFC 6750, section 3: a request without any token is told of no error.
fn challenge(code: Code) -> &'static str {
    match code {
        Code::InvalidToken => "Bearer error=\"invalid_token\"",
        _ => "Bearer",
    }
}
