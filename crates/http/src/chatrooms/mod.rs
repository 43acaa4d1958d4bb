//! `/api/chatrooms`: making, finding, changing and deleting chatrooms, and reading their logs.

mod change;
mod create;
mod delete;
mod list;
mod list_events;
mod show;

pub(crate) use change::change;
pub(crate) use create::create;
pub(crate) use delete::delete;
pub(crate) use list::list;
pub(crate) use list_events::list_events;
pub(crate) use show::show;
use utoipa::OpenApi;

/// The part of the document.
#[derive(OpenApi)]
#[openapi(paths(
    create::create,
    list::list,
    show::show,
    change::change,
    delete::delete,
    list_events::list_events
))]
pub(crate) struct Api;
