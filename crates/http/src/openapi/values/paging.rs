//! Pagination.

use chit_chat_domain::page::Limit;
use serde_json::json;
use utoipa::openapi::schema::{ArrayBuilder, Object, Schema};

use super::basics::{ID, id};
use super::builders::{int32, or_null, text, whole};

/// The maximum length of a search, in characters.
pub(crate) const LONGEST_SEARCH: usize = 100;

pub(crate) fn cursor_or_null() -> Object {
    or_null(text("The value of `cursor` for the next page. Null on the last page.").build())
}

pub(crate) fn previous_cursor() -> Object {
    let description = "The value of `cursor` for older messages. Null if there are none; only with `around`.";
    or_null(text(description).build())
}

pub(crate) fn cursor() -> Object {
    text("The `next_cursor` of the previous page.").examples([CURSOR]).build()
}

const CURSOR: &str = "NDI";

pub(crate) fn limit() -> Object {
    let limit =
        whole("The maximum number of entries in the page.").minimum(Some(1)).maximum(Some(Limit::MAX.get()));
    limit.format(Some(int32())).default(Some(json!(Limit::default().get()))).build()
}

pub(crate) fn search() -> Object {
    text("Text that the name contains, in any case, with or without accents.")
        .max_length(Some(LONGEST_SEARCH))
        .pattern(Some(r"^[^\u0000]*$"))
        .examples(["ad"])
        .build()
}

pub(crate) fn before() -> Object {
    position("Return messages before this position in the log.")
}

pub(crate) fn after() -> Object {
    position("Return entries after this position in the log.")
}

pub(crate) fn around() -> Object {
    position("Return messages on both sides of this position in the log.")
}

fn position(description: &str) -> Object {
    whole(description).minimum(Some(0)).examples([0]).build()
}

pub(crate) fn ids() -> Schema {
    let ids = ArrayBuilder::new().items(id()).max_items(Some(Limit::MAX.get()));
    ids.description(Some("Ids of users, separated by commas.")).examples([json!([ID])]).build().into()
}
