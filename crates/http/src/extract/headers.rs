//! Parses request headers into values of the domain.

use actix_web::HttpRequest;
use actix_web::http::header::{EntityTag, HeaderName, HeaderValue, USER_AGENT};
use chit_chat_domain::message::{IdempotencyKey, Precondition, Revision};

use super::condition::Condition;
use crate::problem::{Code, Problem};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

pub(crate) fn idempotency_key(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Problem> {
    let Some(value) = request.headers().get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(value.as_bytes());
    IdempotencyKey::parse(&text).map(Some).map_err(|violation| ("Idempotency-Key", violation).into())
}

/// Suffixes that Apache and Caddy append to the tags of responses that they compress.
const SUFFIXES: [&str; 4] = ["-gzip", "-br", "-zstd", "-deflate"];

/// The revisions in `If-Match`. A weak tag counts as the strong one: RFC 9110 compares them strongly because weak
/// tags can name several representations, but the server makes strong tags only, so a proxy that compresses has
/// weakened one of them, and it names the same revision.
pub(crate) fn precondition(request: &HttpRequest) -> Result<Precondition, Problem> {
    Ok(match condition(request, "If-Match")? {
        None | Some(Condition::Any) => Precondition::None,
        Some(Condition::Tags(tags)) => Precondition::Revisions(tags.iter().filter_map(revision).collect()),
    })
}

/// Returns whether the client already has this revision.
pub(crate) fn matches_none(request: &HttpRequest, current: Revision) -> Result<bool, Problem> {
    Ok(match condition(request, "If-None-Match")? {
        None => false,
        Some(Condition::Any) => true,
        Some(Condition::Tags(tags)) => tags.iter().filter_map(revision).any(|seen| seen == current),
    })
}

fn condition(request: &HttpRequest, header: &'static str) -> Result<Option<Condition>, Problem> {
    let lines: Result<Vec<&str>, _> = request.headers().get_all(header).map(HeaderValue::to_str).collect();
    let malformed = || {
        let detail = format!("{header} must be a list of quoted entity tags, as returned in ETag");
        Problem::new(Code::MalformedHeader, detail)
    };
    match lines.map_err(|_| malformed())?.as_slice() {
        [] => Ok(None),
        lines => Condition::parse(&lines.join(",")).map(Some).ok_or_else(malformed),
    }
}

/// The revision with exactly this tag, except for the suffix of a proxy that compresses; `"02"` matches none.
fn revision(tag: &EntityTag) -> Option<Revision> {
    let own = SUFFIXES.iter().find_map(|suffix| tag.tag().strip_suffix(suffix)).unwrap_or(tag.tag());
    own.parse().ok().filter(|revision: &Revision| revision.to_string() == own)
}

pub(crate) fn user_agent(request: &HttpRequest) -> Option<String> {
    request.headers().get(USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()).replace('\0', ""))
}
