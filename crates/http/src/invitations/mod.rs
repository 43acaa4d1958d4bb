//! `/api/chatrooms/{chatroom_id}/invitations` and `/api/invitations/{code}`: letting people in by a code.

mod accept;
mod create;
mod list;
mod revoke;

pub(crate) use accept::accept;
pub(crate) use create::create;
pub(crate) use list::list;
pub(crate) use revoke::revoke;
use utoipa::OpenApi;

/// The part of the document.
#[derive(OpenApi)]
#[openapi(paths(create::create, list::list, revoke::revoke, accept::accept))]
pub(crate) struct Api;
