//! `/api/users`: accounts and profiles.

mod list;
mod me;
mod my_mentions;
mod my_messages;
mod newest_first;
mod show;
mod sign_up;

pub(crate) use list::list;
pub(crate) use me::{change, delete, show as show_me};
pub(crate) use my_mentions::my_mentions;
pub(crate) use my_messages::my_messages;
pub(crate) use show::show;
pub(crate) use sign_up::sign_up;
use utoipa::OpenApi;

/// The part of the document.
#[derive(OpenApi)]
#[openapi(paths(
    sign_up::sign_up,
    list::list,
    show::show,
    me::show,
    me::change,
    me::delete,
    my_mentions::my_mentions,
    my_messages::my_messages
))]
pub(crate) struct Api;
