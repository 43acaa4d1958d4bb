//! `/api/chatrooms/{chatroom_id}/messages`: sends, reads, edits and deletes messages; and `/api/render`, which
//! previews one.

mod delete;
mod edit;
mod etag;
mod list;
mod list_replies;
mod list_revisions;
mod own_reactions;
mod render;
mod send;
mod show;

pub(crate) use delete::delete;
pub(crate) use edit::edit;
pub(crate) use list::list;
pub(crate) use list_replies::list_replies;
pub(crate) use list_revisions::list_revisions;
pub(crate) use render::render;
pub(crate) use send::{MessageToSend, finish, send};
pub(crate) use show::show;
use utoipa::OpenApi;

/// This module's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(
    list::list,
    send::send,
    show::show,
    edit::edit,
    delete::delete,
    list_replies::list_replies,
    list_revisions::list_revisions,
    render::render
))]
pub(crate) struct Api;
