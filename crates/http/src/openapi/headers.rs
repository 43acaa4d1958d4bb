//! The headers of the API: response headers as components, request headers as parameters.

use utoipa::IntoParams;
use utoipa::openapi::Ref;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::values::{self, described};

pub(crate) const RATE_LIMIT: &str = "RateLimit";
pub(crate) const RATE_LIMIT_POLICY: &str = "RateLimit-Policy";
pub(crate) const REQUEST_ID: &str = "X-Request-Id";

/// Name, description and example of each response header. Annotations refer to them by name.
#[rustfmt::skip]
const OF_ANSWERS: [(&str, &str, &str); 13] = [
    ("Cache-Control", "Forbids caches to store the tokens.", "no-store"),
    ("ETag", "The message's revision, for `If-Match` and `If-None-Match`.", "\"1\""),
    ("Idempotent-Replayed", "`true` if the response repeats the outcome of an earlier request with the same `Idempotency-Key`.", "true"),
    ("Link", "The next page, if any (RFC 8288).", "</api/users?cursor=YWRh>; rel=\"next\""),
    ("Location", "The path of the new resource.", "/api/chatrooms/019ab0e2-6a3f-7c11-9d0e-3b4f6f1d2c55"),
    ("Pragma", "For HTTP/1.0 caches.", "no-cache"),
    (RATE_LIMIT, "The remaining quota, and the seconds until it is renewed (draft-ietf-httpapi-ratelimit-headers). Absent if rate limits are switched off.", "\"writes\";r=599;t=1"),
    (RATE_LIMIT_POLICY, "The name of the limit, its quota, and its period in seconds.", "\"writes\";q=600;w=60"),
    ("Retry-After", "Seconds to wait before retrying the request.", "1"),
    ("Sec-WebSocket-Version", "The version of the WebSocket protocol (RFC 6455).", "13"),
    ("Upgrade", "The protocol that the resource speaks.", "websocket"),
    ("WWW-Authenticate", "The authentication scheme (RFC 6750).", "Bearer"),
    (REQUEST_ID, "Identifies the request in the server's log. Same as in the request, if it had one.", values::ID),
];

pub(crate) fn components() -> impl Iterator<Item = (&'static str, Header)> {
    OF_ANSWERS.into_iter().map(|(name, description, example)| {
        let schema = match name {
            "Retry-After" => {
                ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).examples([1]).build()
            }
            _ => ObjectBuilder::new().schema_type(Type::String).examples([example]).build(),
        };
        (name, HeaderBuilder::new().description(Some(description)).schema(Some(schema)).build())
    })
}

pub(crate) fn reference(name: &str) -> Ref {
    Ref::new(format!("#/components/headers/{name}"))
}

#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "a parameter of the document")]
pub(crate) struct IdempotencyKeyHeader {
    #[param(rename = "Idempotency-Key", schema_with = key)]
    key: (),
}

#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "a parameter of the document")]
pub(crate) struct IfMatchHeader {
    #[param(rename = "If-Match", schema_with = condition)]
    tags: (),
}

#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "a parameter of the document")]
pub(crate) struct IfNoneMatchHeader {
    #[param(rename = "If-None-Match", schema_with = copies)]
    tags: (),
}

fn key() -> Object {
    let description = "Makes retries safe: requests with the same key and the same content take effect once. \
                       The same key with different content is rejected.";
    described(description, values::idempotency_key())
}

fn condition() -> Object {
    entity_tags("Fails with 412 unless the message is at one of these revisions.")
}

fn copies() -> Object {
    entity_tags("Returns 304 if the message is at one of these revisions.")
}

/// The schema of `*` or entity tags (RFC 9110, section 8.8.3).
fn entity_tags(description: &str) -> Object {
    const TAG: &str = r#"(W/)?"[!#-~]*""#;
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .pattern(Some(format!("^(\\*|{TAG}([ \\t]*,[ \\t]*{TAG})*)$")))
        .examples(["\"1\""])
        .build()
}
