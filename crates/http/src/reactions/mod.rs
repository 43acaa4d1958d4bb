//! `/api/chatrooms/{chatroom_id}/messages/{message_id}/reactions`: emoji reactions.

mod add;
mod list;
mod remove;

pub(crate) use add::add;
pub(crate) use list::list;
pub(crate) use remove::remove;
use utoipa::OpenApi;

/// This module's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list::list, add::add, remove::remove))]
pub(crate) struct Api;
