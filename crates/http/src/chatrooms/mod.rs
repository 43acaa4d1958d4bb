//! `/api/chatrooms`: creates, finds, updates and deletes chatrooms, and reads their logs.

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

/// This module's part of the OpenAPI document.
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
