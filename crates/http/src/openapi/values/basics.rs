//! Values that every resource has: ids, times, places in a log, problems.

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
    text("In UTC, to the microsecond.")
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .examples(["2025-11-22T20:51:30.000000Z"])
        .build()
}

pub(crate) fn time_or_null() -> Object {
    or_null(time())
}

pub(crate) fn seq() -> Object {
    whole("A place in the chatroom's log: 1, 2, 3, ... without a gap.").minimum(Some(1)).examples([42]).build()
}

pub(crate) fn positions() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("The last `seq` that was heard, by the id of the chatroom."))
        .additional_properties(Some(Schema::Object(whole("").minimum(Some(0)).build())))
        .examples([json!({ID: 42})])
        .build()
}

pub(crate) fn problem_code() -> Object {
    word("Names the kind of problem; docs/ERRORS.md tells what to do about each.", Code::ALL.map(Code::as_str))
}

pub(crate) fn status() -> Object {
    whole("The status of the answer.").format(Some(int32())).minimum(Some(400)).maximum(Some(599)).build()
}
