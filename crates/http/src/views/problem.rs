//! A problem on the wire, as the body of a response (RFC 9457).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, RETRY_AFTER, SEC_WEBSOCKET_VERSION, UPGRADE, WWW_AUTHENTICATE};
use chit_chat_domain::scope::Scope;
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::values;
use crate::problem::{Code, FieldError, Problem, uri};

/// A problem (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody<'a> {
    /// The code as a URI.
    r#type: String,
    /// Describes the code, for humans.
    title: &'a str,
    #[schema(schema_with = values::status)]
    status: u16,
    /// Describes this occurrence, for humans. The wording can change.
    detail: &'a str,
    #[schema(schema_with = values::problem_code)]
    code: &'a str,
    /// The value of the `X-Request-Id` header.
    request_id: &'a str,
    /// The invalid values. Absent if the problem is not about particular values.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    /// The reason why a policy of this server rejected a message, for programs. Absent from other problems.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = String, required = false, examples("forbidden_word"))]
    reason_code: Option<&'a str>,
}

impl<'a> ProblemBody<'a> {
    pub(crate) fn new(problem: &'a Problem, request_id: &'a str) -> Self {
        let code = problem.code;
        Self {
            r#type: uri(code),
            title: code.title(),
            status: code.status().as_u16(),
            detail: &problem.detail,
            code: code.as_str(),
            request_id,
            errors: &problem.errors,
            reason_code: problem.reason_code.as_deref(),
        }
    }
}

/// The complete response.
pub(crate) fn problem_response(problem: &Problem, request_id: &str) -> HttpResponse {
    let status = problem.code.status();
    let mut response = HttpResponse::build(status);
    response.content_type("application/problem+json");
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((WWW_AUTHENTICATE, challenge(problem.code)));
    }
    if problem.code == Code::InsufficientScope {
        response.insert_header((WWW_AUTHENTICATE, scope_challenge(problem.scope)));
    }
    if status == StatusCode::UPGRADE_REQUIRED {
        // Makes actix add `Connection: upgrade` (RFC 9110, section 7.8).
        response.insert_header((UPGRADE, "websocket")).insert_header((SEC_WEBSOCKET_VERSION, "13"));
    }
    // Closes the connection instead of reading the rest of the body.
    if matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE) {
        response.force_close();
    }
    if let Some(seconds) = problem.retry_after {
        response.insert_header((RETRY_AFTER, seconds));
    }
    if let Some(allow) = &problem.allow {
        response.insert_header((ALLOW, allow.as_str()));
    }
    match serde_json::to_string(&ProblemBody::new(problem, request_id)) {
        Ok(text) => response.body(text),
        Err(_) => response.finish(),
    }
}

/// The challenge, without an error attribute if the request had no token (RFC 6750, section 3).
fn challenge(code: Code) -> &'static str {
    match code {
        Code::InvalidToken => "Bearer error=\"invalid_token\"",
        _ => "Bearer",
    }
}

/// The challenge of a key that lacks a scope (RFC 6750, section 3.1). Without a scope, no key would do.
fn scope_challenge(scope: Option<Scope>) -> String {
    let scope = scope.map(|scope| format!(", scope=\"{}\"", scope.as_str())).unwrap_or_default();
    format!("Bearer error=\"insufficient_scope\"{scope}")
}
