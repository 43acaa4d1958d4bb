//! Builders of schemas.

use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{KnownFormat, SchemaFormat};

/// White space as the domain trims it: the Unicode property, spelled out because dialects of regular expressions
/// differ.
pub(super) const SPACE: &str = r"\u0009-\u000D \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000";

pub(super) const CONTROL: &str = r"\u0000-\u001F\u007F-\u009F";

pub(super) fn text(description: &str) -> ObjectBuilder {
    object(Type::String, description)
}

pub(super) fn whole(description: &str) -> ObjectBuilder {
    object(Type::Integer, description).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
}

pub(super) fn int32() -> SchemaFormat {
    SchemaFormat::KnownFormat(KnownFormat::Int32)
}

pub(super) fn object(kind: Type, description: &str) -> ObjectBuilder {
    let described = Some(description).filter(|text| !text.is_empty());
    ObjectBuilder::new().schema_type(kind).description(described)
}

pub(crate) fn described(description: &str, mut object: Object) -> Object {
    object.description = Some(description.to_owned());
    object
}

/// A word in a response. The list is open: a closed one would break generated clients when words are added.
pub(super) fn word<const N: usize>(description: &str, words: [&'static str; N]) -> Object {
    let known = format!("{description} Known values: {}. More can be added.", words.join(", "));
    text(&known).extensions(Some(Extensions::from_iter([("x-extensible-enum", words.to_vec())]))).build()
}

/// A word in a request, from a closed list.
pub(super) fn one_of<const N: usize>(description: &str, words: [&'static str; N]) -> ObjectBuilder {
    text(description).enum_values(Some(words))
}

/// A single line as the domain trims it: optional white space around it, no control characters inside.
pub(super) fn line(description: &str, longest: usize) -> ObjectBuilder {
    let edge = format!("[^{CONTROL}{SPACE}]");
    let pattern = format!("^[{SPACE}]*{edge}([^{CONTROL}]*{edge})?[{SPACE}]*$");
    text(description).min_length(Some(1)).max_length(Some(longest)).pattern(Some(pattern))
}

pub(super) fn or_null(mut object: Object) -> Object {
    object.schema_type = SchemaType::from_iter([Type::String, Type::Null]);
    object
}

pub(super) fn whole_or_null(whole: ObjectBuilder) -> Object {
    whole.format(Some(int32())).schema_type(SchemaType::from_iter([Type::Integer, Type::Null])).build()
}
