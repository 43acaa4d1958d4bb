//! `PUT /api/chatrooms/{chatroom_id}/messages/{message_id}/reactions/{emoji}`

use actix_web::{HttpResponse, web};

use crate::extract::{Principal, ReactionPath};
use crate::openapi::{Problems, SIGNED_IN, SPEAKERS, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Add a reaction
///
/// Accepts any Unicode emoji, including sequences. A message can have 50 different emoji. Reactions do not change
/// the message's revision.
#[utoipa::path(
    put,
    path = "/api/chatrooms/{chatroom_id}/messages/{message_id}/reactions/{emoji}",
    operation_id = "add_reaction",
    tag = "reactions",
    params(ReactionPath),
    responses(
        (status = 204, description = "You react with this emoji"),
        Problems<{ SIGNED_IN | SPEAKERS | of(&[Code::MessageNotFound, Code::MessageDeleted, Code::InvalidValue, Code::TooManyReactions, Code::StorageFull]) }>,
    ),
)]
pub(crate) async fn add(
    caller: Principal,
    path: ReactionPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let ReactionPath { chatroom_id, message_id, emoji } = path;
    caller
        .run(&state, move |state| state.services.reactions.add(chatroom_id, caller.user, message_id, &emoji))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
