//! JSON bodies.

use std::fmt;
use std::marker::PhantomData;

use actix_web::error::JsonPayloadError;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use actix_web::{HttpRequest, web};
use chit_chat_domain::violation::{FieldViolation, Violation};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::problem::{Code, Problem};

/// No request needs more; what is larger is refused before it is read.
const LARGEST_BODY: usize = 1024 * 1024;

/// A JSON body that is an object.
pub(crate) type Json<T> = web::Json<Object<T>>;

/// A field of a merge patch (RFC 7396): absent, null (to be removed), or a value.
pub(crate) type Patched<T> = Option<Option<T>>;

/// serde takes an array for a struct as well; here only an object will do.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields(PhantomData)).map(Object)
    }
}

struct Fields<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for Fields<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// Tells null from absent, together with `#[serde(default)]`.
pub(crate) fn present<'de, T, D>(deserializer: D) -> Result<Patched<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// The value of a field that can be changed but not removed: a null is refused.
pub(crate) fn kept(field: &'static str, patched: Patched<String>) -> Result<Option<String>, Problem> {
    match patched {
        Some(None) => Err(Problem::fields(&[FieldViolation::new(field, Violation::Empty)])),
        Some(value) => Ok(value),
        None => Ok(None),
    }
}

pub(crate) fn body_config() -> web::JsonConfig {
    web::JsonConfig::default().limit(LARGEST_BODY).error_handler(|error, request| problem(&error, request).into())
}

fn problem(error: &JsonPayloadError, request: &HttpRequest) -> Problem {
    match error {
        JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => {
            Problem::new(Code::BodyTooLarge, "the body is larger than 1 MiB")
        }
        JsonPayloadError::ContentType if is_without_body(request) => {
            Problem::new(Code::MalformedBody, "a JSON body is missing")
        }
        JsonPayloadError::ContentType => {
            Problem::new(Code::UnsupportedMediaType, "send the body with Content-Type: application/json")
        }
        JsonPayloadError::Deserialize(error) => Problem::new(Code::MalformedBody, error.to_string()),
        _ => Problem::new(Code::MalformedBody, "the body cannot be read"),
    }
}

fn is_without_body(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let is_empty = headers.get(CONTENT_LENGTH).is_none_or(|length| length.as_bytes() == b"0");
    is_empty && !headers.contains_key(TRANSFER_ENCODING) && !headers.contains_key(CONTENT_TYPE)
}
