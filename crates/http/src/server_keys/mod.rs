//! `/api/admin/keys`: server keys, with which the application acts.

mod create;
mod list;
mod revoke;
mod rotate;

pub(crate) use create::create;
pub(crate) use list::list;
pub(crate) use revoke::revoke;
pub(crate) use rotate::rotate;
use utoipa::OpenApi;

/// This module's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(create::create, list::list, revoke::revoke, rotate::rotate))]
pub(crate) struct Api;
