//! `GET /api/users/me/messages`: the caller's messages, newest first.

use actix_web::{HttpRequest, HttpResponse, web};

use super::newest_first::read_page;
use crate::extract::{Paging, Principal, Rendering};
use crate::openapi::{Problems, QUERY, SIGNED_IN};
use crate::problem::Problem;
use crate::state::State;
use crate::views::MessageList;

/// List your messages
///
/// Newest first, from chatrooms that you are a member of.
#[utoipa::path(
    get, path = "/api/users/me/messages", operation_id = "list_own_messages", tag = "users",
    params(Paging, Rendering),
    responses(
        (status = 200, description = "A page of messages", body = MessageList, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY }>,
    ),
)]
pub(crate) async fn list_my_messages(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(paging): web::Query<Paging>,
    web::Query(rendering): web::Query<Rendering>,
) -> Result<HttpResponse, Problem> {
    let read = move |state: &State, after, limit| state.stores.messages.by_author(caller.user, after, limit);
    let page = read_page(caller, &state, &paging, &rendering, read).await?;
    page.answer(caller, &request, &state, None).await
}
