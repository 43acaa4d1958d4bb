//! Messages as HTML. It takes time: not for the threads that answer requests.

use std::collections::BTreeMap;

use chit_chat_domain::message::Message;

use crate::markdown;

/// `None` of a tombstone.
pub(super) fn html(message: &Message) -> Option<String> {
    message.body.as_ref().map(|body| markdown::html(body.as_str()))
}

/// By the ids of the messages; of tombstones there is none.
pub(crate) fn html_by_id<'a>(messages: impl IntoIterator<Item = &'a Message>) -> BTreeMap<String, String> {
    messages.into_iter().filter_map(|message| Some((message.id.to_string(), html(message)?))).collect()
}
