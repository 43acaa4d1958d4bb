//! `POST /api/chatrooms`

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::chatroom::CreateChatroom;
use serde::Deserialize;

use crate::extract::{Caller, Json, idempotency_key};
use crate::problem::Problem;
use crate::replay::created;
use crate::run::blocking;
use crate::services::Services;
use crate::views::ChatroomView;

#[derive(Deserialize)]
pub(crate) struct NewChatroom {
    name: String,
    visibility: Option<String>,
    #[serde(default)]
    member_ids: Vec<String>,
}

pub(crate) async fn create(
    caller: Caller,
    request: HttpRequest,
    services: web::Data<Services>,
    body: Json<NewChatroom>,
) -> Result<HttpResponse, Problem> {
    let NewChatroom { name, visibility, member_ids } = body.into_inner().0;
    let entered = CreateChatroom { name, visibility, member_ids, key: idempotency_key(&request)? };
    let made = blocking(move || services.chatrooms.create(caller.user_id, &entered)).await?;
    let location = format!("/api/chatrooms/{}", made.chatroom.id);
    Ok(created(made.replayed).insert_header((LOCATION, location)).json(ChatroomView::from(made.chatroom)))
}
