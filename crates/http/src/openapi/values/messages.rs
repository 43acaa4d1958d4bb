//! Messages, and what people do with them.

use chit_chat_domain::mention::MOST_MENTIONED;
use chit_chat_domain::message::{IdempotencyKey, MessageBody};
use serde_json::json;
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Schema, Type};

use super::basics::{ID, id};
use super::builders::{SPACE, described, int32, one_of, or_null, text, whole};

pub(crate) fn reply_to() -> Object {
    described("The message of the same chatroom that it answers.", or_null(id()))
}

pub(crate) fn reply_count() -> Object {
    whole("How many messages answer it, without deleted ones.")
        .format(Some(int32()))
        .minimum(Some(0))
        .examples([2])
        .build()
}

pub(crate) fn mentioned() -> Schema {
    let ids = ArrayBuilder::new().items(id()).unique_items(true).max_items(Some(MOST_MENTIONED));
    Schema::Array(ids.description(Some("None of them if all are mentioned.")).build())
}

pub(crate) fn revision() -> Object {
    whole("1 when sent, one more with each edit and with the deletion.")
        .format(Some(int32()))
        .minimum(Some(1))
        .examples([1])
        .build()
}

pub(crate) fn message_body() -> Object {
    text("Markdown, kept as it is; not only white space.")
        .min_length(Some(1))
        .max_length(Some(MessageBody::LONGEST))
        .pattern(Some(format!(r"^[^\u0000]*[^\u0000{SPACE}][^\u0000]*$")))
        .examples(["Is anybody compiling?"])
        .build()
}

pub(crate) fn message_body_or_null() -> Object {
    described("Null in a tombstone.", or_null(message_body()))
}

pub(crate) fn emoji() -> Object {
    text("Fully qualified, as Unicode has it.").examples([EMOJI]).build()
}

const EMOJI: &str = "👍";

/// What somebody reacts by.
pub(crate) fn new_emoji() -> Object {
    text("One emoji of Unicode, be it a sequence; percent-encoded.").examples([EMOJI]).build()
}

pub(crate) fn only_emoji() -> Object {
    text("Only the reactions by this emoji.").examples([EMOJI]).build()
}

pub(crate) fn reaction_count() -> Object {
    whole("How many people react by the emoji from then on: to be put in the place of what the message has.")
        .minimum(Some(0))
        .examples([2])
        .build()
}

pub(crate) fn reactions() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("How many people react by each emoji, those first that were used first."))
        .additional_properties(Some(Schema::Object(whole("").minimum(Some(1)).build())))
        .examples([json!({EMOJI: 2})])
        .build()
}

pub(crate) fn mine() -> Object {
    let emoji = ArrayBuilder::new().items(emoji()).build();
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(
            "By which emoji the caller reacts, by the ids of the messages; without those to which they do not.",
        ))
        .additional_properties(Some(Schema::Array(emoji)))
        .examples([json!({ID: [EMOJI]})])
        .build()
}

pub(crate) fn render() -> Object {
    one_of("Messages as HTML too, in `html`.", ["html"]).build()
}

pub(crate) fn html() -> Object {
    text("Of the Markdown in `body`; safe to be shown as it is.")
        .examples(["<p>Is anybody compiling?</p>\n"])
        .build()
}

pub(crate) fn html_or_null() -> Object {
    described("The body as HTML, with `render=html` alone; null in a tombstone.", or_null(html()))
}

pub(crate) fn html_by_id() -> Object {
    let html = html();
    let examples = json!({ID: html.examples.first()});
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(
            "The bodies as HTML by the ids of the messages, with `render=html` alone; without tombstones.",
        ))
        .additional_properties(Some(Schema::Object(html)))
        .examples([examples])
        .build()
}

pub(crate) fn idempotency_key() -> Object {
    text("")
        .min_length(Some(1))
        .max_length(Some(IdempotencyKey::LONGEST))
        .pattern(Some("^[ -~]*$"))
        .examples(["hello-1"])
        .build()
}

pub(crate) fn idempotency_key_or_null() -> Object {
    described("The `Idempotency-Key` that it was sent with.", or_null(idempotency_key()))
}
