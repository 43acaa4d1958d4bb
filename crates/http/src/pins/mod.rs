//! `/api/chatrooms/{chatroom_id}/pins`: pinned messages.

mod list;
mod pin;
mod unpin;

pub(crate) use list::list;
pub(crate) use pin::pin;
pub(crate) use unpin::unpin;
use utoipa::OpenApi;

/// This module's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list::list, pin::pin, unpin::unpin))]
pub(crate) struct Api;
