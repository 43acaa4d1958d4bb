//! `/api/chatrooms/{chatroom_id}/pins`: the messages that members keep in sight.

mod list;
mod one;

pub(crate) use list::list;
pub(crate) use one::{pin, unpin};

use utoipa::OpenApi;

/// The part of the document.
#[derive(OpenApi)]
#[openapi(paths(list::list, one::pin, one::unpin))]
pub(crate) struct Api;
