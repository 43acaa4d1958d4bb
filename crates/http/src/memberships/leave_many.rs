//! `POST /api/users/me/leave`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::membership::MAX_LEFT_AT_ONCE;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::{Json, Principal};
use crate::limits::count_more_writes;
use crate::openapi::{FORM, Problems, SIGNED_IN, values};
use crate::problem::Problem;
use crate::state::State;

/// The number of chatrooms that count as one write.
const CHATROOMS_PER_WRITE: usize = 10;

/// Chatrooms to leave.
#[derive(Deserialize, ToSchema)]
#[schema(as = ChatroomsToLeave)]
pub(crate) struct ChatroomsToLeave {
    #[schema(schema_with = values::chatroom_ids)]
    chatroom_ids: Vec<String>,
}

/// Leave many chatrooms
///
/// Does the same as leaving them one by one, and counts as one write for every 10 of them. Chatrooms that you are
/// not in are skipped. If it fails on the way, send it again.
#[utoipa::path(
    post, path = "/api/users/me/leave", operation_id = "leave_chatrooms", tag = "memberships",
    request_body = ChatroomsToLeave,
    responses(
        (status = 204, description = "You are in none of them; direct ones are hidden"),
        Problems<{ SIGNED_IN | FORM }>,
    ),
)]
pub(crate) async fn leave_many(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
    body: Json<ChatroomsToLeave>,
) -> Result<HttpResponse, Problem> {
    let ids = body.into_inner().0.chatroom_ids;
    let count = ids.len().min(MAX_LEFT_AT_ONCE);
    count_more_writes(&request, caller.user, count.div_ceil(CHATROOMS_PER_WRITE).saturating_sub(1))?;
    caller.run(&state, move |state| state.services.memberships.leave_many(&ids, caller.user)).await?;
    Ok(HttpResponse::NoContent().finish())
}
