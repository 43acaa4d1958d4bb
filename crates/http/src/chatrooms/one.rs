//! `/api/chatrooms/{chatroom_id}`

use actix_web::{HttpResponse, web};
use chit_chat_domain::chatroom::ChatroomChange;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::{Caller, InChatroom, Json, Patched, kept, present};
use crate::openapi::{FORM, OWNERS, Problems, SIGNED_IN, WRITE, of, values};
use crate::problem::{Code, Problem};
use crate::run::blocking;
use crate::services::Services;
use crate::views::ChatroomView;

/// What somebody changes of a chatroom; what is absent stays.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ChatroomPatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = values::chatroom_name)]
    name: Patched<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(schema_with = values::new_visibility)]
    visibility: Patched<String>,
}

/// One chatroom
#[utoipa::path(
    get, path = "/api/chatrooms/{chatroom_id}", operation_id = "get_chatroom", tag = "chatrooms",
    params(InChatroom),
    responses(
        (status = 200, description = "The chatroom", body = ChatroomView),
        Problems<{ SIGNED_IN | of(&[Code::ChatroomNotFound]) }>,
    ),
)]
pub(crate) async fn show(
    caller: Caller,
    InChatroom(id): InChatroom,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let chatroom = blocking(move || services.chatrooms.show(id, caller.user_id)).await?;
    Ok(HttpResponse::Ok().json(ChatroomView::from(chatroom)))
}

/// Change a chatroom
///
/// Any member may rename it; owners change who may know of it.
#[utoipa::path(
    patch, path = "/api/chatrooms/{chatroom_id}", operation_id = "change_chatroom", tag = "chatrooms",
    params(InChatroom),
    request_body = ChatroomPatch,
    responses(
        (status = 200, description = "The chatroom as it is now", body = ChatroomView),
        Problems<{ SIGNED_IN | FORM | OWNERS }>,
    ),
)]
pub(crate) async fn change(
    caller: Caller,
    InChatroom(id): InChatroom,
    services: web::Data<Services>,
    body: Json<ChatroomPatch>,
) -> Result<HttpResponse, Problem> {
    let ChatroomPatch { name, visibility } = body.into_inner().0;
    let change = ChatroomChange { name: kept("name", name)?, visibility: kept("visibility", visibility)? };
    let chatroom = blocking(move || services.chatrooms.change(id, caller.user_id, &change)).await?;
    Ok(HttpResponse::Ok().json(ChatroomView::from(chatroom)))
}

/// Delete a chatroom
///
/// Owners may.
#[utoipa::path(
    delete, path = "/api/chatrooms/{chatroom_id}", operation_id = "delete_chatroom", tag = "chatrooms",
    params(InChatroom),
    responses(
        (status = 204, description = "The chatroom is gone, for everybody"),
        Problems<{ SIGNED_IN | WRITE | OWNERS }>,
    ),
)]
pub(crate) async fn delete(
    caller: Caller,
    InChatroom(id): InChatroom,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    blocking(move || services.chatrooms.delete(id, caller.user_id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
