//! Messages and reactions.

use chit_chat_domain::mention::MAX_MENTIONED;
use chit_chat_domain::message::{IdempotencyKey, MessageBody};
use chit_chat_domain::page::Limit;
use serde_json::json;
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Schema, Type};

use super::basics::{ID, id};
use super::builders::{SPACE, described, int32, one_of, or_null, text, whole};

pub(crate) fn reply_to() -> Object {
    described("The message that this one replies to. It must be in the same chatroom.", or_null(id()))
}

pub(crate) fn reply_count() -> Object {
    whole("The number of replies, without deleted ones.")
        .format(Some(int32()))
        .minimum(Some(0))
        .examples([2])
        .build()
}

pub(crate) fn mentioned() -> Schema {
    let ids = ArrayBuilder::new().items(id()).unique_items(true).max_items(Some(MAX_MENTIONED));
    Schema::Array(ids.description(Some("The mentioned members. Empty if `all` is true.")).build())
}

pub(crate) fn revision() -> Object {
    whole("Starts at 1, and increases by 1 with each edit and with the deletion.")
        .format(Some(int32()))
        .minimum(Some(1))
        .examples([1])
        .build()
}

pub(crate) fn message_body() -> Object {
    text("Markdown, stored unchanged. Must not be blank. New messages have at most 10,000 characters, unless the server is configured otherwise (`MESSAGE_MAX_CHARACTERS`).")
        .min_length(Some(1))
        .max_length(Some(MessageBody::LONGEST))
        .pattern(Some(format!(r"^[^\u0000]*[^\u0000{SPACE}][^\u0000]*$")))
        .examples(["Is anybody compiling?"])
        .build()
}

pub(crate) fn message_body_or_null() -> Object {
    described("Null if the message is deleted.", or_null(message_body()))
}

pub(crate) fn emoji() -> Object {
    text("A fully qualified Unicode emoji.").examples([EMOJI]).build()
}

const EMOJI: &str = "👍";

/// An emoji to react with.
pub(crate) fn new_emoji() -> Object {
    text("A single Unicode emoji or emoji sequence, percent-encoded.").examples([EMOJI]).build()
}

pub(crate) fn only_emoji() -> Object {
    text("Return only reactions with this emoji.").examples([EMOJI]).build()
}

pub(crate) fn reaction_count() -> Object {
    whole("The new number of users who react with the emoji. It replaces the message's count.")
        .minimum(Some(0))
        .examples([2])
        .build()
}

pub(crate) fn reactions() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("The number of users who react with each emoji, in order of first use."))
        .additional_properties(Some(Schema::Object(whole("").minimum(Some(1)).build())))
        .examples([json!({EMOJI: 2})])
        .build()
}

pub(crate) fn mine() -> Object {
    let emoji = ArrayBuilder::new().items(emoji()).build();
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(
            "The emoji that the caller reacts with, by message id. Messages without such a reaction are absent.",
        ))
        .additional_properties(Some(Schema::Array(emoji)))
        .examples([json!({ID: [EMOJI]})])
        .build()
}

pub(crate) fn unread_ids() -> Schema {
    let ids = ArrayBuilder::new().items(id()).max_items(Some(Limit::MAX.get()));
    let description = "The ids of the messages of this page that are after the caller's read marker.";
    ids.description(Some(description)).examples([json!([ID])]).build().into()
}

pub(crate) fn render() -> Object {
    one_of("Also return the messages as HTML, in `html`.", ["html"]).build()
}

pub(crate) fn html() -> Object {
    text("The HTML of the Markdown in `body`. It is sanitized and can be displayed as is.")
        .examples(["<p>Is anybody compiling?</p>\n"])
        .build()
}

pub(crate) fn html_or_null() -> Object {
    described(
        "The body as HTML. Present only with `render=html`. Null if the message is deleted.",
        or_null(html()),
    )
}

pub(crate) fn html_by_id() -> Object {
    let html = html();
    let examples = json!({ID: html.examples.first()});
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(
            "The bodies as HTML, by message id, without deleted messages. Present only with `render=html`.",
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
    described("The `Idempotency-Key` that the message was sent with.", or_null(idempotency_key()))
}
