//! `GET /api/chatrooms/{chatroom_id}/messages/{message_id}/replies`: the replies to a message, oldest first.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Failure;

use super::rendered::html_by_id;
use crate::extract::{MessagePath, Paging, Principal, Rendering};
use crate::openapi::{MEMBERS, Problems, QUERY, SIGNED_IN, of};
use crate::pages::{SharedPage, cursor};
use crate::problem::{Code, Problem};
use crate::run::blocking;
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
    let (asked, with_html) = (state.clone(), rendering.wants_html()?);
    let read = blocking(move || {
        let page = asked.services.messages.replies(chatroom_id, caller.user, message_id, after, limit)?;
        let html = with_html.then(|| html_by_id(&page.items));
        Ok::<_, Failure>((page, html))
    });
    let (page, html) = read.await?;
    let next = cursor::next(&page, |message| message.seq);
    let page = SharedPage::new(page.items, next)?
        .read_by(caller.user, chatroom_id, state.stores.reactions.clone())
        .await?;
    Ok(page.with_member("html", html.as_ref())?.answer(&request))
}
