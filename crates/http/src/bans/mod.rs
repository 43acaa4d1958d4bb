//! `/api/chatrooms/{chatroom_id}/bans`: users banned from a chatroom.

mod ban;
mod lift;
mod list;

pub(crate) use ban::ban;
pub(crate) use lift::lift;
pub(crate) use list::list;
use utoipa::OpenApi;

/// This module's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list::list, ban::ban, lift::lift))]
pub(crate) struct Api;
