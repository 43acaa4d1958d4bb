//! `/api/users/me/tokens`: personal tokens, which are keys with some of the user's rights.

mod create;
mod list;
mod revoke;
mod rotate;

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::key::Issued;
pub(crate) use create::create;
pub(crate) use list::{answer, list};
pub(crate) use revoke::revoke;
pub(crate) use rotate::{Rotation, rotate};
use utoipa::OpenApi;

use crate::views::IssuedKeyView;

/// This module's part of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(paths(create::create, list::list, revoke::revoke, rotate::rotate))]
pub(crate) struct Api;

/// Adds a key that was just issued to a response, which no cache may keep.
pub(crate) fn issued(
    mut response: actix_web::HttpResponseBuilder,
    issued: Issued,
    now: Timestamp,
) -> HttpResponse {
    response.insert_header((CACHE_CONTROL, "no-store")).json(IssuedKeyView::new(issued, now))
}
