//! `/api/chatrooms/{chatroom_id}/pins`: the messages that members keep in sight.

mod list;
mod pin;
mod unpin;

pub(crate) use list::list;
pub(crate) use pin::pin;
pub(crate) use unpin::unpin;
use utoipa::OpenApi;

/// The part of the document.
#[derive(OpenApi)]
#[openapi(paths(list::list, pin::pin, unpin::unpin))]
pub(crate) struct Api;
