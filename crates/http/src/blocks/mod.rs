//! `/api/users/me/blocks`: the users that the caller blocks.

mod block;
mod list;
mod pair;
mod unblock;

pub(crate) use block::block;
pub(crate) use list::list;
pub(crate) use unblock::unblock;
use utoipa::OpenApi;

/// This module's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(list::list, block::block, unblock::unblock))]
pub(crate) struct Api;
