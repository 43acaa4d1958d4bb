//! `/api/users`: accounts and profiles.

mod change_me;
mod delete_me;
mod list;
mod list_my_mentions;
mod list_my_messages;
mod newest_first;
mod show;
mod show_me;
mod sign_up;

pub(crate) use change_me::change_me;
pub(crate) use delete_me::delete_me;
pub(crate) use list::list;
pub(crate) use list_my_mentions::list_my_mentions;
pub(crate) use list_my_messages::list_my_messages;
pub(crate) use show::show;
pub(crate) use show_me::show_me;
pub(crate) use sign_up::sign_up;
use utoipa::OpenApi;

/// This module's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(
    sign_up::sign_up,
    list::list,
    show::show,
    show_me::show_me,
    change_me::change_me,
    delete_me::delete_me,
    list_my_mentions::list_my_mentions,
    list_my_messages::list_my_messages
))]
pub(crate) struct Api;
