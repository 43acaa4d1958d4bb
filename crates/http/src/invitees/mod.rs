//! `/api/chatrooms/{chatroom_id}/invitees` and `/api/users/me/invitations`: users who are invited and have not
//! answered yet.

mod decline;
mod list;
mod list_received;
mod withdraw;

pub(crate) use decline::decline;
pub(crate) use list::list;
pub(crate) use list_received::list_received;
use utoipa::OpenApi;
pub(crate) use withdraw::withdraw;

/// This module's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list::list, withdraw::withdraw, list_received::list_received, decline::decline))]
pub(crate) struct Api;
