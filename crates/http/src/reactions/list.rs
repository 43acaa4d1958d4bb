//! `GET .../reactions`: the reactions to a message, oldest first.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::reaction::Emoji;
use serde::Deserialize;

use crate::extract::{MessagePath, Paging, Principal};
use crate::openapi::{MEMBERS, Problems, QUERY, SIGNED_IN, of, values};
use crate::pages::{self, List};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::ReactionView;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct By {
    #[param(schema_with = values::only_emoji)]
    emoji: Option<String>,
}

/// List reactions to a message
///
/// Oldest first. Includes reactions by users who have left the chatroom or deleted their account.
#[utoipa::path(
    get,
    path = "/api/chatrooms/{chatroom_id}/messages/{message_id}/reactions",
    operation_id = "list_reactions",
    tag = "reactions",
    params(MessagePath, By, Paging),
    responses(
        (status = 200, description = "A page of reactions", body = List<ReactionView>, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY | MEMBERS | of(&[Code::MessageNotFound]) }>,
    ),
)]
pub(crate) async fn list(
    caller: Principal,
    MessagePath { chatroom_id, message_id }: MessagePath,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(by): web::Query<By>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let emoji = by.emoji.as_deref().map(Emoji::parse).transpose().map_err(|violation| ("emoji", violation))?;
    let (after, limit) = (paging.position(|text| text.parse().ok())?.unwrap_or(0), paging.limit()?);
    let page = caller.run(&state, move |state| {
        state.services.reactions.list(chatroom_id, caller.user, message_id, emoji, after, limit)
    });
    let page = page.await?;
    pages::answer(&request, page, |reaction| reaction.seq, ReactionView::from)
}
