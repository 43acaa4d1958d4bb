//! `/api/chatrooms/{chatroom_id}/bans`: who is kept out of a chatroom.

mod list;
mod one;

pub(crate) use list::list;
pub(crate) use one::{ban, lift};
use utoipa::OpenApi;

/// The part of the document.
#[derive(OpenApi)]
#[openapi(paths(list::list, one::ban, one::lift))]
pub(crate) struct Api;
