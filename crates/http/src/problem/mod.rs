//! Errors as problem details (RFC 9457).

mod code;
mod framework;

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use chit_chat_domain::denial::{Denial, Failure};
use chit_chat_domain::policy::Rejection;
use chit_chat_domain::scope::Scope;
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::violation::{FieldViolation, Violation};
pub use code::Code;
use serde::Serialize;
use utoipa::ToSchema;

const RETRY_AFTER_SECONDS: u32 = 1;
/// The most bytes of a parser's message that are kept at its beginning and at its end.
const BEGINNING: usize = 200;
const END: usize = 100;

/// The code as a URI.
pub(crate) fn uri(code: Code) -> String {
    format!("urn:chit-chat:problem:{}", code.as_str())
}

/// A problem, as reported to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub(crate) code: Code,
    pub(crate) detail: String,
    pub(crate) errors: Vec<FieldError>,
    pub(crate) retry_after: Option<u32>,
    pub(crate) allow: Option<String>,
    /// The reason of a policy of the deployment.
    pub(crate) reason_code: Option<String>,
    /// The scope that the credential lacks.
    pub(crate) scope: Option<Scope>,
}

/// An invalid value, identified by `pointer` in the body or by `parameter` in the path, the query or a header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// A JSON Pointer into the body (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = String, required = false, examples("/username"))]
    pub(crate) pointer: Option<String>,
    /// The name of a path parameter, query parameter or header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = String, required = false, examples("limit"))]
    pub(crate) parameter: Option<&'static str>,
    /// The broken rule, for humans.
    pub(crate) reason: String,
}

impl Problem {
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            allow: None,
            reason_code: None,
            scope: None,
        }
    }

    /// A problem with the message of a parser. The message may quote all of the input, so it is shortened.
    pub(crate) fn of_parser(code: Code, error: impl fmt::Display) -> Self {
        Self::new(code, shortened(&error.to_string()))
    }

    /// An invalid path parameter, query parameter or header.
    pub(crate) fn parameter(name: &'static str, reason: impl Into<String>) -> Self {
        let error = FieldError { pointer: None, parameter: Some(name), reason: reason.into() };
        Self { errors: vec![error], ..Self::new(Code::InvalidValue, format!("{name} is invalid")) }
    }

    /// Invalid values in the body.
    pub(crate) fn fields(violations: &[FieldViolation]) -> Self {
        let errors = violations.iter().map(|FieldViolation { field, violation }| FieldError {
            pointer: Some(format!("/{field}")),
            parameter: None,
            reason: violation.to_string(),
        });
        Self { errors: errors.collect(), ..Self::new(Code::InvalidValue, "one or more values are invalid") }
    }

    /// An invalid token, or a valid one whose session has ended or whose user is deleted.
    pub(crate) fn invalid_token() -> Self {
        Self::new(Code::InvalidToken, "the access token is invalid, has expired or belongs to an ended session")
    }

    /// A key without the scope that an operation needs.
    pub(crate) fn insufficient_scope(scope: Scope) -> Self {
        let detail = format!("the key lacks the scope {}", scope.as_str());
        Self { scope: Some(scope), ..Self::new(Code::InsufficientScope, detail) }
    }

    /// A key for an operation that is possible only after a sign-in.
    pub(crate) fn not_a_session() -> Self {
        Self::new(Code::InsufficientScope, "keys cannot do this; sign in and use an access token")
    }

    /// A credential of a user, for an operation of the application.
    pub(crate) fn not_a_server_key() -> Self {
        Self::new(Code::InsufficientScope, "only server keys can do this")
    }

    /// A server key that acts as nobody, for an operation of users.
    pub(crate) fn user_required() -> Self {
        Self::new(Code::UserRequired, "name the user as whom the key acts: Chit-Chat-User: ...")
    }

    /// A credential that cannot act as the user whom the request names.
    pub(crate) fn cannot_act_as(why: &str) -> Self {
        Self::new(Code::CannotActAs, why)
    }

    /// A key that is limited to some chatrooms, for an operation that is not about one of them.
    pub(crate) fn limited_key() -> Self {
        Self::new(Code::InsufficientScope, "a key that is limited to some chatrooms cannot do this")
    }

    pub(crate) fn too_many_streams() -> Self {
        let problem =
            Self::new(Code::TooManyStreams, "you have reached the limit of open streams; close one first");
        Self { retry_after: Some(RETRY_AFTER_SECONDS), ..problem }
    }

    /// Too many requests of one party that run or wait at the same time.
    pub(crate) fn too_many_requests() -> Self {
        let detail = "too many of your requests are running at the same time; wait for their answers first";
        Self { retry_after: Some(RETRY_AFTER_SECONDS), ..Self::new(Code::TooManyRequests, detail) }
    }

    /// Too much work that waits for a processor.
    pub(crate) fn overloaded(what: &str) -> Self {
        let detail = format!("{what}; try again later");
        Self { retry_after: Some(RETRY_AFTER_SECONDS), ..Self::new(Code::Overloaded, detail) }
    }

    /// A value in the body that breaks a rule of the HTTP API, rather than of the domain.
    pub(crate) fn field(name: &str, reason: impl Into<String>) -> Self {
        let error = FieldError { pointer: Some(format!("/{name}")), parameter: None, reason: reason.into() };
        Self { errors: vec![error], ..Self::new(Code::InvalidValue, format!("{name} is invalid")) }
    }

    pub(crate) fn unavailable() -> Self {
        let problem = Self::new(Code::Unavailable, "the database is not responding; try again later");
        Self { retry_after: Some(RETRY_AFTER_SECONDS), ..problem }
    }

    pub(crate) fn unwritable() -> Self {
        let problem = Self::new(Code::Unavailable, "the database cannot be written to; try again later");
        Self { retry_after: Some(RETRY_AFTER_SECONDS), ..problem }
    }

    pub(crate) fn method_not_allowed(allow: &str) -> Self {
        let problem = Self::new(Code::MethodNotAllowed, format!("supported methods: {allow}"));
        Self { allow: Some(allow.to_owned()), ..problem }
    }

    /// Logs the cause; the client receives only the request id.
    pub(crate) fn internal(what: impl fmt::Display) -> Self {
        tracing::error!(%what, "internal error");
        Self::new(Code::Internal, "an unexpected error occurred")
    }
}

/// Leaves out the middle of a long text, which may quote all of a client's input.
fn shortened(text: &str) -> String {
    let end = (text.len().saturating_sub(END)..text.len()).find_map(|start| text.get(start..));
    match ((0..=BEGINNING).rev().find_map(|end| text.get(..end)), end) {
        (Some(beginning), Some(end)) if text.len() > BEGINNING + END => format!("{beginning}...{end}"),
        _ => text.to_owned(),
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Denied(denial) => denial.into(),
            Failure::Invalid(violations) => Self::fields(&violations),
            Failure::Rejected(Rejection { code, detail }) => {
                Self { reason_code: Some(code), ..Self::new(Code::MessageRejected, detail) }
            }
            Failure::Busy => Self::overloaded("too many passwords are waiting to be checked"),
            Failure::Store(StoreError::Unavailable(why)) => {
                tracing::warn!(%why, "the store is unavailable");
                Self::unavailable()
            }
            // The store has logged it, once.
            Failure::Store(StoreError::Unwritable(_)) => Self::unwritable(),
            Failure::Store(StoreError::Busy) => {
                Self::overloaded("too many operations are waiting for the database")
            }
            Failure::Store(StoreError::Contention) => {
                Self::overloaded("too many concurrent changes to the same data")
            }
            Failure::Store(error) => Self::internal(error),
        }
    }
}

impl From<Denial> for Problem {
    fn from(denial: Denial) -> Self {
        let retry_after = match denial {
            Denial::SlowMode { seconds } => Some(seconds),
            Denial::Oneself => return Self::parameter("user_id", denial.to_string()),
            _ => None,
        };
        Self { retry_after, ..Self::new(Code::from(denial), denial.to_string()) }
    }
}

impl From<(&'static str, Violation)> for Problem {
    fn from((parameter, violation): (&'static str, Violation)) -> Self {
        Self::parameter(parameter, violation.to_string())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// A draft, to which the middleware `answer` adds the body, because it knows the request id.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_loses_its_middle() {
        assert_eq!(shortened("unknown variant"), "unknown variant");
        let long = format!("unknown `{}` at line 1", "é".repeat(1_000));
        let short = shortened(&long);
        assert!(short.len() <= BEGINNING + END + 3 && short.contains("é...é"), "{short}");
        assert!(short.starts_with("unknown `") && short.ends_with("` at line 1"), "{short}");
    }
}
