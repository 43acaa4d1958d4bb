//! `/api/direct`: direct chatrooms of two users.

mod open;

pub(crate) use open::open;
use utoipa::OpenApi;

/// This module's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(open::open))]
pub(crate) struct Api;
