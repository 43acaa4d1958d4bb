//! `/api/chatrooms/{chatroom_id}/memberships`: the members of a chatroom.

mod add;
mod added;
mod change_role;
mod join;
mod leave;
mod leave_many;
mod list;
mod remove;

pub(crate) use add::add;
pub(crate) use added::added;
pub(crate) use change_role::change_role;
pub(crate) use join::join;
pub(crate) use leave::leave;
pub(crate) use leave_many::leave_many;
pub(crate) use list::list;
pub(crate) use remove::remove;
use utoipa::OpenApi;

/// This module's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(
    list::list,
    join::join,
    leave::leave,
    leave_many::leave_many,
    add::add,
    change_role::change_role,
    remove::remove
))]
pub(crate) struct Api;
