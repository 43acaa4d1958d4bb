//! The `ETag` of a message.

use actix_web::http::header::{ETag, EntityTag};
use chit_chat_domain::message::Message;

/// A message's entity tag is its revision.
pub(super) fn etag(message: &Message) -> ETag {
    ETag(EntityTag::new_strong(message.revision.to_string()))
}
