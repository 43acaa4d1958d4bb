//! Headers that carry meaning for the domain.

use actix_web::HttpRequest;
use actix_web::http::header::{EntityTag, Header, HeaderName, IF_MATCH, IfMatch, IfNoneMatch, USER_AGENT};
use chit_chat_domain::message::{IdempotencyKey, Precondition, Revision};

use crate::problem::{Code, Problem};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

pub(crate) fn idempotency_key(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Problem> {
    let Some(value) = request.headers().get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(value.as_bytes());
    IdempotencyKey::parse(&text).map(Some).map_err(|violation| ("Idempotency-Key", violation).into())
}

/// The revisions that `If-Match` names. A weak tag never matches, by RFC 9110.
pub(crate) fn precondition(request: &HttpRequest) -> Result<Precondition, Problem> {
    if !request.headers().contains_key(IF_MATCH) {
        return Ok(Precondition::None);
    }
    match IfMatch::parse(request) {
        Ok(IfMatch::Any) => Ok(Precondition::None),
        Ok(IfMatch::Items(tags)) if !tags.is_empty() => {
            Ok(Precondition::Revisions(tags.iter().filter(|tag| !tag.weak).filter_map(revision).collect()))
        }
        _ => Err(Problem::new(Code::MalformedHeader, "If-Match takes entity tags in quotes, as ETag gives them")),
    }
}

/// Whether the client has this revision already.
pub(crate) fn matches_none(request: &HttpRequest, current: Revision) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().filter_map(revision).any(|seen| seen == current),
        Err(_) => false,
    }
}

/// The revision whose tag it is, to the letter: `"02"` is nobody's.
fn revision(tag: &EntityTag) -> Option<Revision> {
    tag.tag().parse().ok().filter(|revision: &Revision| revision.to_string() == tag.tag())
}

pub(crate) fn user_agent(request: &HttpRequest) -> Option<String> {
    request.headers().get(USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()).replace('\0', ""))
}
