//! `/api/chatrooms/{chatroom_id}`

use actix_web::{HttpResponse, web};
use chit_chat_domain::chatroom::ChatroomChange;
use serde::Deserialize;

use crate::extract::{Caller, InChatroom, Json, Patched, kept, present};
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;
use crate::views::ChatroomView;

#[derive(Deserialize)]
pub(crate) struct ChatroomPatch {
    #[serde(default, deserialize_with = "present")]
    name: Patched<String>,
    #[serde(default, deserialize_with = "present")]
    visibility: Patched<String>,
}

/// `GET`
pub(crate) async fn show(
    caller: Caller,
    InChatroom(id): InChatroom,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let chatroom = blocking(move || services.chatrooms.show(id, caller.user_id)).await?;
    Ok(HttpResponse::Ok().json(ChatroomView::from(chatroom)))
}

/// `PATCH`
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

/// `DELETE`
pub(crate) async fn delete(
    caller: Caller,
    InChatroom(id): InChatroom,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    blocking(move || services.chatrooms.delete(id, caller.user_id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
