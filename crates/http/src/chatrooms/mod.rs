//! `/api/chatrooms`: making, finding, changing and deleting chatrooms, and reading their logs.

mod create;
mod events;
mod list;
mod one;

pub(crate) use create::create;
pub(crate) use events::events;
pub(crate) use list::list;
pub(crate) use one::{change, delete, show};
