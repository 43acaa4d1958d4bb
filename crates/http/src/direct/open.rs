//! `PUT /api/direct/{user_id}`

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::direct::Pair;

use crate::extract::{Principal, path_id};
use crate::openapi::{Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::ChatroomView;

/// Open a direct chatroom
///
/// Returns the one direct chatroom of two users, and creates it if necessary. It has no owner: neither user can
/// rename, configure or delete it, or add or remove members. Leaving hides it from your list until the next
/// message or until you open it again. It is archived while one user blocks the other, and when one deletes their
/// account.
#[utoipa::path(
    put, path = "/api/direct/{user_id}", operation_id = "open_direct_chatroom", tag = "direct",
    params(("user_id" = Uuid, Path, description = "The id of the other user.")),
    responses(
        (status = 201, description = "The new chatroom", body = ChatroomView, headers(("Location"))),
        (status = 200, description = "The existing chatroom", body = ChatroomView),
        Problems<{ SIGNED_IN | of(&[Code::UserNotFound, Code::Blocked, Code::InvalidValue, Code::StorageFull]) }>,
    ),
)]
pub(crate) async fn open(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let pair = Pair::new(caller.user, path_id(&request, "user_id", Denial::UserNotFound)?)?;
    let opened = caller.run(&state, move |state| state.services.direct.open(pair)).await?;
    let mut response = HttpResponse::Ok();
    if opened.new {
        let location = format!("/api/chatrooms/{}", opened.chatroom.id);
        response.status(StatusCode::CREATED).insert_header((LOCATION, location));
    }
    Ok(response.json(ChatroomView::from(opened.chatroom)))
}
