//! The problems that an operation can answer with, as a type that stands in its annotation:
//! `responses(..., Problems<{ SIGNED_IN | BODY | of(&[Code::LastOwner]) }>)`.

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

/// A set of codes, one bit each, so that it can be an argument of a type.
pub(crate) type Codes = u128;

/// What can happen to every request that asks the store.
pub(crate) const ANY: Codes = of(&[Code::BadRequest, Code::Internal, Code::Overloaded, Code::Unavailable]);
/// To every request that needs an access token; the document demands one wherever these stand.
pub(crate) const SIGNED_IN: Codes = ANY | of(&[Code::Unauthenticated, Code::InvalidToken]);
/// To every request that changes something.
pub(crate) const WRITE: Codes = of(&[Code::RateLimited]);
/// To every request with a body.
pub(crate) const BODY: Codes = WRITE
    | of(&[
        Code::MalformedBody,
        Code::RequestTimeout,
        Code::BodyTooLarge,
        Code::UnsupportedMediaType,
        Code::UnsupportedEncoding,
    ]);
/// To every request whose body holds values that rules apply to.
pub(crate) const FORM: Codes = BODY | of(&[Code::InvalidValue]);
/// To every request with parameters in the query.
pub(crate) const QUERY: Codes = of(&[Code::InvalidValue]);
/// To what only members of a chatroom may do.
pub(crate) const MEMBERS: Codes = of(&[Code::ChatroomNotFound, Code::NotAMember]);
/// To what nobody does where nobody writes.
pub(crate) const SPEAKERS: Codes = MEMBERS | of(&[Code::ChatroomArchived]);
/// To what only moderators of a chatroom may do.
pub(crate) const MODERATORS: Codes = MEMBERS | of(&[Code::NotAModerator, Code::DirectChatroom]);
/// To what only owners of a chatroom may do.
pub(crate) const OWNERS: Codes = MEMBERS | of(&[Code::NotAnOwner, Code::DirectChatroom]);

const REASONS: &str = "#/components/responses/";

/// The set of these codes.
pub(crate) const fn of(codes: &[Code]) -> Codes {
    match codes {
        [] => 0,
        [code, rest @ ..] => bit(*code) | of(rest),
    }
}

const fn bit(code: Code) -> Codes {
    1 << code as u32
}

/// Refers to one component per status; [`components`] makes those that are referred to.
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

/// The codes that a response stands for, if it is one of [`Problems`].
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

/// A name and what it stands for: problems of one status.
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
        Some(StatusCode::UNAUTHORIZED) => &["WWW-Authenticate"],
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
