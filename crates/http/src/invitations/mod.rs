//! `/api/chatrooms/{chatroom_id}/invitations` and `/api/invitations/{code}`: joining by invitation code.

mod accept;
mod create;
mod list;
mod revoke;

pub(crate) use accept::accept;
pub(crate) use create::create;
pub(crate) use list::list;
pub(crate) use revoke::revoke;
use utoipa::OpenApi;

/// This module's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(create::create, list::list, revoke::revoke, accept::accept))]
pub(crate) struct Api;
