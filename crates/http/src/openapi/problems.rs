//! The problems of an operation, as a type in its annotation: `responses(..., Problems<{ SIGNED_IN | BODY |
//! of(&[Code::LastOwner]) }>)`.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use serde_json::{Value, json};
use utoipa::IntoResponses;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::headers;
use super::values::ID;
use crate::problem::{Code, uri};

/// A set of codes, one bit each, so that it can be a const argument of a type.
pub(crate) type Codes = u128;

/// The codes of every request that uses the store.
pub(crate) const ANY: Codes =
    of(&[Code::BadRequest, Code::TooManyRequests, Code::Internal, Code::Overloaded, Code::Unavailable]);
/// The codes of every request that needs an access token. The document requires one wherever this is used.
pub(crate) const SIGNED_IN: Codes = ANY
    | of(&[
        Code::Unauthenticated,
        Code::InvalidToken,
        Code::InsufficientScope,
        Code::UserRequired,
        Code::CannotActAs,
        Code::RateLimited,
    ]);
/// The codes of every request that needs a server key.
pub(crate) const APPLICATION: Codes =
    ANY | of(&[Code::Unauthenticated, Code::InvalidToken, Code::InsufficientScope, Code::RateLimited]);
/// The codes of every request with a body.
pub(crate) const BODY: Codes = of(&[
    Code::RateLimited,
    Code::MalformedBody,
    Code::RequestTimeout,
    Code::BodyTooLarge,
    Code::UnsupportedMediaType,
    Code::UnsupportedEncoding,
]);
/// The codes of every request whose body has values to validate.
pub(crate) const FORM: Codes = BODY | of(&[Code::InvalidValue]);
/// The codes of every request with query parameters.
pub(crate) const QUERY: Codes = of(&[Code::InvalidValue]);
/// The codes of operations that require a member.
pub(crate) const MEMBERS: Codes = of(&[Code::ChatroomNotFound, Code::NotAMember]);
/// The codes of operations that are not possible in an archived chatroom.
pub(crate) const SPEAKERS: Codes = MEMBERS | of(&[Code::ChatroomArchived]);
/// The codes of operations that require a moderator.
pub(crate) const MODERATORS: Codes = MEMBERS | of(&[Code::NotAModerator, Code::DirectChatroom]);
/// The codes of operations that require an owner.
pub(crate) const OWNERS: Codes = MEMBERS | of(&[Code::NotAnOwner, Code::DirectChatroom]);

const REASONS: &str = "#/components/responses/";

/// A set of codes.
pub(crate) const fn of(codes: &[Code]) -> Codes {
    match codes {
        [] => 0,
        [code, rest @ ..] => bit(*code) | of(rest),
    }
}

const fn bit(code: Code) -> Codes {
    1 << code as u32
}

/// References to one component per status, which [`component`] creates.
pub(crate) struct Problems<const CODES: Codes>;

impl<const CODES: Codes> IntoResponses for Problems<CODES> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut names = BTreeMap::<String, Vec<&str>>::new();
        for code in Code::ALL.into_iter().filter(|code| CODES & bit(*code) != 0) {
            names.entry(code.status().as_str().to_owned()).or_default().push(code.as_str());
        }
        let reference = |names: Vec<&str>| Ref::new(format!("{REASONS}{}", names.join("-"))).into();
        names.into_iter().map(|(status, names)| (status, reference(names))).collect()
    }
}

/// The codes of a response, if it comes from [`Problems`].
pub(crate) fn codes_of(response: &RefOr<Response>) -> Vec<Code> {
    let name = match response {
        RefOr::Ref(reference) => reference.ref_location.strip_prefix(REASONS),
        RefOr::T(_) => None,
    };
    name.map(|name| {
        Code::ALL.into_iter().filter(|code| name.split('-').any(|word| word == code.as_str())).collect()
    })
    .unwrap_or_default()
}

/// The name and the content of a component: the problems of one status.
pub(crate) fn component(codes: &[Code]) -> (String, Response) {
    let words: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let titles: Vec<&str> = codes.iter().map(|code| code.title()).collect();
    let examples = codes
        .iter()
        .map(|code| (code.as_str(), ExampleBuilder::new().summary(code.title()).value(Some(example(*code)))));
    let content =
        ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).examples_from_iter(examples).build();
    let mut response = ResponseBuilder::new()
        .description(format!("{}.", titles.join(". Or: ")))
        .extensions(Some(Extensions::from_iter([("x-codes", words.clone())])))
        .content("application/problem+json", content);
    let names: &[&str] = match codes.first().map(|code| code.status()) {
        Some(StatusCode::FORBIDDEN) if codes.contains(&Code::InsufficientScope) => &["WWW-Authenticate"],
        Some(StatusCode::UNAUTHORIZED) => &["WWW-Authenticate"],
        Some(StatusCode::UPGRADE_REQUIRED) => &["Sec-WebSocket-Version", "Upgrade"],
        Some(StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) => &["Retry-After"],
        _ => &[],
    };
    for name in names {
        response = response.header_ref(*name, headers::reference(name));
    }
    (words.join("-"), response.build())
}

fn example(code: Code) -> Value {
    json!({
        "type": uri(code),
        "title": code.title(),
        "status": code.status().as_u16(),
        "detail": code.title(),
        "code": code.as_str(),
        "request_id": ID,
    })
}
