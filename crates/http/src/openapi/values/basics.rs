//! Values that every resource has: ids, times, positions in a log, problems.

use serde_json::json;
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, SchemaFormat};

use super::builders::{int32, or_null, text, whole, word};
use crate::problem::Code;

pub(crate) const ID: &str = "019ab0e2-6a3f-7c11-9d0e-3b4f6f1d2c55";

pub(crate) fn id() -> Object {
    text("").format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))).examples([ID]).build()
}

pub(crate) fn id_or_null() -> Object {
    or_null(id())
}

pub(crate) fn time() -> Object {
    text("UTC, with microseconds.")
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .examples(["2025-11-22T20:51:30.000000Z"])
        .build()
}

pub(crate) fn time_or_null() -> Object {
    or_null(time())
}

pub(crate) fn seq() -> Object {
    whole("A position in the chatroom's log, which counts 1, 2, 3, ... without gaps.")
        .minimum(Some(1))
        .examples([42])
        .build()
}

pub(crate) fn positions() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("The last `seq` received, by chatroom id."))
        .additional_properties(Some(Schema::Object(whole("").minimum(Some(0)).build())))
        .examples([json!({ID: 42})])
        .build()
}

pub(crate) fn problem_code() -> Object {
    word("The kind of problem. docs/ERRORS.md explains each code.", Code::ALL.map(Code::as_str))
}

pub(crate) fn status() -> Object {
    whole("The status code of the response.").format(Some(int32())).minimum(Some(400)).maximum(Some(599)).build()
}
