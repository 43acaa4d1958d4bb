//! `/api/auth`: signing in, staying signed in, signing out.

mod manage;
mod refresh;
mod sign_in;
mod tokens;

pub(crate) use manage::{end, end_current, list};
pub(crate) use refresh::refresh;
pub(crate) use sign_in::sign_in;
use utoipa::OpenApi;

/// The part of the document.
#[derive(OpenApi)]
#[openapi(paths(sign_in::sign_in, manage::end_current, refresh::refresh, manage::list, manage::end))]
pub(crate) struct Api;
