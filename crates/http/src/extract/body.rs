//! JSON bodies.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use actix_web::mime::JSON;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chit_chat_domain::violation::{FieldViolation, Violation};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::payload;
use crate::problem::{Code, Problem};

/// The maximum nesting. `serde_json` has the same limit, but does not apply it to values that it skips.
const MAX_DEPTH: usize = 128;

/// A JSON body that is an object.
pub(crate) struct Json<T>(pub(crate) Object<T>);

impl<T> Json<T> {
    pub(crate) fn into_inner(self) -> Object<T> {
        self.0
    }
}

impl<T: DeserializeOwned> FromRequest for Json<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            expect_json(&request)?;
            let bytes = payload::read(request, payload).await?;
            parse(&bytes).map(Self)
        })
    }
}

/// A field of a merge patch (RFC 7396): absent, null (to be removed), or a value.
pub(crate) type Patched<T> = Option<Option<T>>;

/// A value read from a JSON object only; serde would also read a struct from an array.
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

/// Distinguishes null from absent, together with `#[serde(default)]`.
pub(crate) fn present<'de, T, D>(deserializer: D) -> Result<Patched<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// The value of a field that can be changed but not removed: null is rejected.
pub(crate) fn reject_null<T>(field: &'static str, patched: Patched<T>) -> Result<Option<T>, Problem> {
    match patched {
        Some(None) => Err(Problem::fields(&[FieldViolation::new(field, Violation::Empty)])),
        Some(value) => Ok(value),
        None => Ok(None),
    }
}

fn expect_json(request: &HttpRequest) -> Result<(), Problem> {
    match request.mime_type() {
        Ok(Some(mime)) if mime.subtype() == JSON || mime.suffix() == Some(JSON) => Ok(()),
        _ if is_without_body(request) => Err(Problem::new(Code::MalformedBody, "the JSON body is missing")),
        _ => {
            let detail = "send the body with Content-Type: application/json";
            Err(Problem::new(Code::UnsupportedMediaType, detail))
        }
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if exceeds_depth(bytes, MAX_DEPTH) {
        return Err(Problem::new(
            Code::MalformedBody,
            format!("the JSON body is nested more than {MAX_DEPTH} levels deep"),
        ));
    }
    serde_json::from_slice(bytes).map_err(|error| Problem::of_parser(Code::MalformedBody, error))
}

/// Returns whether arrays and objects in a JSON text are nested deeper than `most`. The result is arbitrary if
/// the text is not JSON.
fn exceeds_depth(json: &[u8], most: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > most {
            return true;
        }
    }
    false
}

fn is_without_body(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let is_empty = headers.get(CONTENT_LENGTH).is_none_or(|length| length.as_bytes() == b"0");
    is_empty && !headers.contains_key(TRANSFER_ENCODING) && !headers.contains_key(CONTENT_TYPE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_ignores_brackets_in_strings() {
        let deeper = |json: &str| exceeds_depth(json.as_bytes(), 2);
        assert!(!deeper("[{}, {}, []]"));
        assert!(deeper("[[[]]]"));
        assert!(deeper(r#"{"a": [{"b": 1}]}"#));
        assert!(!deeper(r#"["[[[", "\"[[[", "\\\"[[["]"#));
        assert!(deeper(r#"["\\", [["]]"#));
    }

    #[test]
    fn json_is_parsed_up_to_depth_limit() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let parses = |depth| parse::<Object<Empty>>(format!(r#"{{"x": {}}}"#, nested(depth)).as_bytes()).is_ok();
        assert!(parses(MAX_DEPTH - 1));
        assert!(!parses(MAX_DEPTH));
        assert!(!parses(100_000));
    }

    #[derive(Deserialize)]
    struct Empty {}
}
