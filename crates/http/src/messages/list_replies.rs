//! `GET /api/chatrooms/{chatroom_id}/messages/{message_id}/replies`: the replies to a message, oldest first.

use actix_web::{HttpRequest, HttpResponse, web};

use super::own_reactions::with_own_reactions;
use crate::extract::{MessagePath, Paging, Principal, Rendering};
use crate::openapi::{MEMBERS, Problems, QUERY, SIGNED_IN, of};
use crate::pages::{SharedPage, bounded_list, cursor};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::MessageHistory;

/// List replies to a message
///
/// Oldest first. Replies to a deleted message remain, and deleted replies appear as tombstones.
#[utoipa::path(
    get, path = "/api/chatrooms/{chatroom_id}/messages/{message_id}/replies", operation_id = "list_replies",
    tag = "messages",
    params(MessagePath, Paging, Rendering),
    responses(
        (status = 200, description = "A page of messages", body = MessageHistory, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY | MEMBERS | of(&[Code::MessageNotFound]) }>,
    ),
)]
pub(crate) async fn list_replies(
    caller: Principal,
    MessagePath { chatroom_id, message_id }: MessagePath,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(paging): web::Query<Paging>,
    web::Query(rendering): web::Query<Rendering>,
) -> Result<HttpResponse, Problem> {
    let (after, limit) = (paging.position(|text| text.parse().ok())?.unwrap_or(0), paging.limit()?);
    let with_html = rendering.wants_html()?;
    let read = caller.run(&state, move |state| {
        state.services.messages.replies(chatroom_id, caller.user, message_id, after, limit)
    });
    let page = bounded_list(read.await?, with_html);
    let html = state.renderer.by_id_if(with_html, caller.party(), &page.items).await?;
    let next = cursor::next(&page, |message| message.seq);
    let page = with_own_reactions(SharedPage::new(page.items, next)?, caller, chatroom_id, &state).await?;
    Ok(page.with_member("html", html.as_ref())?.answer(&request))
}
