//! `GET /api/chatrooms/{chatroom_id}`

use actix_web::{HttpResponse, web};

use crate::extract::{InChatroom, Principal};
use crate::openapi::{Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::ChatroomView;

/// Retrieve a chatroom
#[utoipa::path(
    get, path = "/api/chatrooms/{chatroom_id}", operation_id = "get_chatroom", tag = "chatrooms",
    params(InChatroom),
    responses(
        (status = 200, description = "The chatroom", body = ChatroomView),
        Problems<{ SIGNED_IN | of(&[Code::ChatroomNotFound]) }>,
    ),
)]
pub(crate) async fn show(
    caller: Principal,
    InChatroom(id): InChatroom,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let chatroom = caller.run(&state, move |state| state.services.chatrooms.show(id, caller.user)).await?;
    Ok(HttpResponse::Ok().json(ChatroomView::from(chatroom)))
}
