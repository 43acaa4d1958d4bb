//! `/api/auth`: sign-in, token refresh and sign-out.

mod end;
mod list;
mod refresh;
mod revoke;
mod sign_in;
mod sign_out;
mod tokens;

pub(crate) use end::end;
pub(crate) use list::list;
pub(crate) use refresh::refresh;
pub(crate) use revoke::revoke;
pub(crate) use sign_in::sign_in;
pub(crate) use sign_out::sign_out;
use utoipa::OpenApi;

/// This module's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(sign_in::sign_in, sign_out::sign_out, refresh::refresh, revoke::revoke, list::list, end::end))]
pub(crate) struct Api;
