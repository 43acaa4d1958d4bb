//! `/api/users/me/blocks`: whom I do not want to hear from.

mod list;
mod one;

pub(crate) use list::list;
pub(crate) use one::{block, unblock};
use utoipa::OpenApi;

/// The part of the document.
#[derive(OpenApi)]
#[openapi(paths(list::list, one::block, one::unblock))]
pub(crate) struct Api;
