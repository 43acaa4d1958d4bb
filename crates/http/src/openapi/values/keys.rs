//! Keys.

use chit_chat_domain::key::{KeyKind, KeyName, KeyText, LONGEST_OVERLAP, Reach};
use chit_chat_domain::scope::{Scope, Scopes};
use utoipa::openapi::schema::{ArrayBuilder, Object, Schema};

use super::basics::{id, time};
use super::builders::{described, line, or_null, text, whole, whole_or_null, word};

const SCOPE: &str = "A right of the key.";

/// The text of a key. Not a valid one, so that no scanner reports the document.
const KEY: &str = "cck_p0000000000000000000000000000000000000000000000000000000000000000000000";

pub(crate) fn key_name() -> Object {
    line("The name by which you know the key.", KeyName::LONGEST).examples(["backup script"]).build()
}

pub(crate) fn key_secret() -> Object {
    let pattern = format!("^{}$", KeyText::PATTERN);
    text("The key itself, shown only in this response. Store it like a password.")
        .pattern(Some(pattern))
        .examples([KEY])
        .build()
}

pub(crate) fn scopes() -> Schema {
    let names = Scope::ALL.map(Scope::as_str);
    ArrayBuilder::new().items(word(SCOPE, names)).build().into()
}

pub(crate) fn new_token_scopes() -> Schema {
    new_scopes(KeyKind::Personal.scopes())
}

pub(crate) fn new_server_scopes() -> Schema {
    new_scopes(KeyKind::Server.scopes())
}

fn new_scopes(possible: Scopes) -> Schema {
    let names: Vec<&str> = possible.iter().map(Scope::as_str).collect();
    let scope = text(SCOPE).enum_values(Some(names.clone())).build();
    let most = Some(Scope::ALL.len());
    ArrayBuilder::new().items(scope).min_items(Some(1)).max_items(most).build().into()
}

pub(crate) fn reach() -> Schema {
    let list = ArrayBuilder::new().items(id()).min_items(Some(1)).max_items(Some(Reach::MOST));
    let list = list.description(Some("The chatrooms that the key reaches. Null means all of yours."));
    list.schema_type(utoipa::openapi::schema::SchemaType::from_iter([
        utoipa::openapi::schema::Type::Array,
        utoipa::openapi::schema::Type::Null,
    ]))
    .build()
    .into()
}

pub(crate) fn key_expires_at() -> Object {
    described("The time from which the key no longer works. Null means never.", or_null(time()))
}

pub(crate) fn last_used_at() -> Object {
    described("About a minute late at most. Null if the key was never used.", or_null(time()))
}

pub(crate) fn overlap_seconds() -> Object {
    let overlap = whole("Seconds for which the current key still works; by default an hour.");
    whole_or_null(overlap.minimum(Some(0)).maximum(Some(LONGEST_OVERLAP.as_secs())).examples([3_600]))
}
