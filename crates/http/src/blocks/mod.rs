//! `/api/users/me/blocks`: whom I do not want to hear from.

mod block;
mod list;
mod pair;
mod unblock;

pub(crate) use block::block;
pub(crate) use list::list;
pub(crate) use unblock::unblock;
use utoipa::OpenApi;

/// The part of the document.
#[derive(OpenApi)]
#[openapi(paths(list::list, block::block, unblock::unblock))]
pub(crate) struct Api;
