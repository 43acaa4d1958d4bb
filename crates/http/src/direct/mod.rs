//! `/api/direct`: the one chatroom that two people share.

mod open;

pub(crate) use open::open;
use utoipa::OpenApi;

/// The part of the document.
#[derive(OpenApi)]
#[openapi(paths(open::open))]
pub(crate) struct Api;
