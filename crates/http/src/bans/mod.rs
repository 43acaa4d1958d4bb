//! `/api/chatrooms/{chatroom_id}/bans`: who is kept out of a chatroom.

mod ban;
mod lift;
mod list;

pub(crate) use ban::ban;
pub(crate) use lift::lift;
pub(crate) use list::list;
use utoipa::OpenApi;

/// The part of the document.
#[derive(OpenApi)]
#[openapi(paths(list::list, ban::ban, lift::lift))]
pub(crate) struct Api;
