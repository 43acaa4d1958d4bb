//! `POST /api/chatrooms`

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::chatroom::{CreateChatroom, MAX_INITIAL_MEMBERS};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::{Json, Principal, idempotency_key};
use crate::limits::{count_more_writes, count_name};
use crate::openapi::{FORM, IdempotencyKeyHeader, Problems, SIGNED_IN, of, values};
use crate::problem::{Code, Problem};
use crate::retried::created;
use crate::state::State;
use crate::views::ChatroomView;

/// A new chatroom.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewChatroom)]
pub(crate) struct ChatroomToCreate {
    #[schema(schema_with = values::chatroom_name)]
    name: String,
    #[schema(schema_with = values::visibility_or_default)]
    visibility: Option<String>,
    #[serde(default)]
    #[schema(schema_with = values::member_ids)]
    member_ids: Vec<String>,
}

/// Create a chatroom
///
/// You become its owner. Users whose `who_can_add_me` does not allow you to add them are invited instead: see `GET
/// /api/chatrooms/{chatroom_id}/invitees`. Each of `member_ids` counts as a write more (see the rate limits). A
/// retry with the same `Idempotency-Key` returns the chatroom in its current state; the key is remembered as long as
/// the chatroom exists, and for a day after its deletion.
#[utoipa::path(
    post, path = "/api/chatrooms", operation_id = "create_chatroom", tag = "chatrooms",
    params(IdempotencyKeyHeader),
    request_body = ChatroomToCreate,
    responses(
        (status = 201, description = "The chatroom", body = ChatroomView, headers(("Location"), ("Idempotent-Replayed"))),
        Problems<{ SIGNED_IN | FORM | of(&[Code::ChatroomNotFound, Code::IdempotencyKeyReused, Code::StorageFull]) }>,
    ),
)]
pub(crate) async fn create(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
    body: Json<ChatroomToCreate>,
) -> Result<HttpResponse, Problem> {
    let ChatroomToCreate { name, visibility, member_ids } = body.into_inner().0;
    count_name(&request, caller.user, Some(&name))?;
    count_more_writes(&request, caller.user, member_ids.len().min(MAX_INITIAL_MEMBERS))?;
    let entered = CreateChatroom { name, visibility, member_ids, key: idempotency_key(&request)? };
    let made = caller.run(&state, move |state| state.services.chatrooms.create(caller.user, &entered)).await?;
    let location = format!("/api/chatrooms/{}", made.chatroom.id);
    Ok(created(made.replayed).insert_header((LOCATION, location)).json(ChatroomView::from(made.chatroom)))
}
