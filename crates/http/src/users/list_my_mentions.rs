//! `GET /api/users/me/mentions`: messages by others that mention the caller, newest first.

use actix_web::{HttpRequest, HttpResponse, web};

use super::newest_first::read_page;
use crate::extract::{Paging, Principal, Rendering};
use crate::openapi::{Problems, QUERY, SIGNED_IN};
use crate::problem::Problem;
use crate::state::State;
use crate::views::MentionList;

/// List messages that mention you
///
/// Newest first, from chatrooms that you are a member of. Messages that mention everyone are included if they
/// were sent after you joined. Messages by users whom you block are left out. `unread` names those of the messages that
/// are after your read marker, which the `mention_count` of their chatroom counts.
#[utoipa::path(
    get, path = "/api/users/me/mentions", operation_id = "list_mentions", tag = "users",
    params(Paging, Rendering),
    responses(
        (status = 200, description = "A page of messages", body = MentionList, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY }>,
    ),
)]
pub(crate) async fn list_my_mentions(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(paging): web::Query<Paging>,
    web::Query(rendering): web::Query<Rendering>,
) -> Result<HttpResponse, Problem> {
    let read = move |state: &State, after, limit| state.stores.mentions.of_user(caller.user, after, limit);
    let page = read_page(caller, &state, &paging, &rendering, read).await?;
    let listed = page.ids();
    let unread = caller.run(&state, move |state| state.stores.mentions.unread(caller.user, listed)).await?;
    page.answer(caller, &request, &state, Some(unread)).await
}
