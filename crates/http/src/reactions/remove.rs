//! `DELETE /api/chatrooms/{chatroom_id}/messages/{message_id}/reactions/{emoji}`

use actix_web::{HttpResponse, web};

use crate::extract::{Principal, ReactionPath};
use crate::openapi::{Problems, SIGNED_IN, SPEAKERS, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Remove your reaction
#[utoipa::path(
    delete,
    path = "/api/chatrooms/{chatroom_id}/messages/{message_id}/reactions/{emoji}",
    operation_id = "remove_reaction",
    tag = "reactions",
    params(ReactionPath),
    responses(
        (status = 204, description = "You do not react with this emoji"),
        Problems<{ SIGNED_IN | SPEAKERS | of(&[Code::MessageNotFound, Code::MessageDeleted, Code::InvalidValue]) }>,
    ),
)]
pub(crate) async fn remove(
    caller: Principal,
    path: ReactionPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let ReactionPath { chatroom_id, message_id, emoji } = path;
    caller
        .run(&state, move |state| state.services.reactions.remove(chatroom_id, caller.user, message_id, &emoji))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
