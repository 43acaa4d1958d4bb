//! `/api/chatrooms/{chatroom_id}/messages`: sending, reading, editing and deleting messages; and
//! `/api/render`: how one would look.

mod list;
mod newest;
mod one;
mod render;
mod rendered;
mod replies;
mod revisions;
mod send;
mod shared;

pub(crate) use list::list;
pub(crate) use newest::NewestPages;
pub(crate) use one::{delete, edit, show};
pub(crate) use render::render;
pub(crate) use rendered::html_by_id;
pub(crate) use replies::replies;
pub(crate) use revisions::revisions;
pub(crate) use send::{Order, send, settle};

use actix_web::http::header::{ETag, EntityTag};
use chit_chat_domain::message::Message;
use utoipa::OpenApi;

/// The part of the document.
#[derive(OpenApi)]
#[openapi(paths(
    list::list,
    send::send,
    one::show,
    one::edit,
    one::delete,
    replies::replies,
    revisions::revisions,
    render::render
))]
pub(crate) struct Api;

/// A message's entity tag is its revision.
fn etag(message: &Message) -> ETag {
    ETag(EntityTag::new_strong(message.revision.to_string()))
}
