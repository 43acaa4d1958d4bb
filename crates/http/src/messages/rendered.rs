//! Messages as HTML. Rendering is slow, so it must not run on threads that handle requests.

use std::collections::BTreeMap;

use chit_chat_domain::message::Message;

use crate::markdown;

/// The HTML of a message; `None` for a tombstone.
pub(super) fn html(message: &Message) -> Option<String> {
    message.body.as_ref().map(|body| markdown::html(body.as_str()))
}

/// The HTML by message id, without tombstones.
pub(crate) fn html_by_id<'a>(messages: impl IntoIterator<Item = &'a Message>) -> BTreeMap<String, String> {
    messages.into_iter().filter_map(|message| Some((message.id.to_string(), html(message)?))).collect()
}
