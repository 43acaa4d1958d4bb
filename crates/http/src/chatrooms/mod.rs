//! `/api/chatrooms`: making, finding, changing and deleting chatrooms, and reading their logs.

mod create;
mod events;
mod list;
mod one;

pub(crate) use create::create;
pub(crate) use events::events;
pub(crate) use list::list;
pub(crate) use one::{change, delete, show};
use utoipa::OpenApi;

/// The part of the document.
#[derive(OpenApi)]
#[openapi(paths(create::create, list::list, one::show, one::change, one::delete, events::events))]
pub(crate) struct Api;
