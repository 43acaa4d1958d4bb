//! `/api/chatrooms/{chatroom_id}/messages/{message_id}/reactions`: what people answer by an emoji.

mod list;
mod mine;

pub(crate) use list::list;
pub(crate) use mine::{add, remove};

use utoipa::OpenApi;

/// The part of the document.
#[derive(OpenApi)]
#[openapi(paths(list::list, mine::add, mine::remove))]
pub(crate) struct Api;
