//! `/api/chatrooms/{chatroom_id}/memberships/me`: joining and leaving.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Denial;

use super::added;
use crate::extract::{Caller, InChatroom, path_id};
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;

/// `PUT`
pub(crate) async fn join(
    caller: Caller,
    InChatroom(id): InChatroom,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    blocking(move || services.memberships.join(id, caller.user_id)).await.map(added)
}

/// `DELETE`: 204 whatever the id, for nobody is in a chatroom that does not exist.
pub(crate) async fn leave(
    caller: Caller,
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    if let Ok(id) = path_id(&request, "chatroom_id", Denial::ChatroomNotFound) {
        blocking(move || services.memberships.leave(id, caller.user_id)).await?;
    }
    Ok(HttpResponse::NoContent().finish())
}
