//! The operations of the OpenAPI document, and responses checked against it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::body::MessageBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::HeaderName;
use actix_web::test;
use actix_web::web::Bytes;
use chit_chat_http::document;
use serde_json::Value;

use crate::answer::Answer;

pub(crate) static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(document::json()).unwrap());

/// An operation, and the documented responses by status.
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    pub(crate) method: String,
    pub(crate) path: &'static str,
    answers: BTreeMap<&'static str, Documented>,
}

#[derive(Debug)]
struct Documented {
    codes: Vec<&'static str>,
    /// Header names in lower case.
    headers: Vec<String>,
}

/// HTTP headers that any response may have undocumented, in addition to those of CORS.
const OF_HTTP: [&str; 9] = [
    "allow",
    "cache-control",
    "connection",
    "content-security-policy",
    "content-type",
    "transfer-encoding",
    "vary",
    "x-accel-buffering",
    "x-content-type-options",
];

pub(crate) static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let each = |(path, item): (&'static String, &'static Value)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| Operation {
            id: operation["operationId"].as_str().unwrap(),
            method: method.to_uppercase(),
            path,
            answers: operation["responses"].as_object().unwrap().iter().map(answer).collect(),
        })
    };
    paths.iter().flat_map(each).collect()
});

fn answer((status, response): (&'static String, &'static Value)) -> (&'static str, Documented) {
    let response = response["$ref"].as_str().map_or(response, |location| behind(location));
    let codes = response["x-codes"].as_array().into_iter().flatten().map(|code| code.as_str().unwrap());
    let headers = response["headers"].as_object().into_iter().flatten().map(|(name, _)| name.to_lowercase());
    (status, Documented { codes: codes.collect(), headers: headers.collect() })
}

/// The part of the document that a `$ref` names.
#[track_caller]
pub(crate) fn behind(location: &str) -> &'static Value {
    let found = DOCUMENT.pointer(location.trim_start_matches('#'));
    found.unwrap_or_else(|| panic!("nothing at {location}"))
}

/// Asserts that the document describes this response to the route.
#[track_caller]
fn expect_documented(method: &str, route: Option<&str>, answer: &Answer) {
    let method = if method == "HEAD" { "GET" } else { method };
    let operation =
        OPERATIONS.iter().find(|operation| operation.method == method && Some(operation.path) == route);
    let Some(operation) = operation else { return };
    let (status, body) = (answer.status.as_str(), &answer.body);
    let documented = operation.answers.get(status);
    let documented = documented.unwrap_or_else(|| panic!("{} may not answer {status}: {body}", operation.id));
    if let Some(code) = body["code"].as_str().filter(|_| answer.status.as_u16() >= 400) {
        assert!(documented.codes.contains(&code), "{} may not answer {code}", operation.id);
    }
    for name in answer.headers.keys().map(HeaderName::as_str) {
        let is_known = name.starts_with("access-control-")
            || OF_HTTP.contains(&name)
            || documented.headers.iter().any(|header| header == name);
        assert!(is_known, "{} may not answer {status} with {name}", operation.id);
    }
}

/// Reads a response, and asserts that the document describes it.
pub(crate) async fn read<B: MessageBody>(response: ServiceResponse<B>) -> Answer {
    let request = format!("{} {}", response.request().method(), response.request().uri());
    let (method, route) = (response.request().method().clone(), response.request().match_pattern());
    let (status, headers) = (response.status(), response.headers().clone());
    // A stream never ends; tests that read one use a socket.
    let is_stream = headers.get("Content-Type").is_some_and(|kind| kind == "text/event-stream");
    let bytes = if is_stream { Bytes::new() } else { test::read_body(response).await };
    let answer = Answer::new(request, status, headers, bytes.to_vec());
    expect_documented(method.as_str(), route.as_deref(), &answer);
    answer
}
