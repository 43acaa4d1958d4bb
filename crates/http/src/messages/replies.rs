//! `GET /api/chatrooms/{chatroom_id}/messages/{message_id}/replies`: oldest first.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::cursor::{self, List};
use crate::extract::{Caller, MessagePath, Paging};
use crate::openapi::{MEMBERS, Problems, QUERY, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::run::blocking;
use crate::services::Services;
use crate::views::MessageView;

/// What answers a message, oldest first
///
/// The message may be a tombstone, and so may its replies.
#[utoipa::path(
    get, path = "/api/chatrooms/{chatroom_id}/messages/{message_id}/replies", operation_id = "list_replies",
    tag = "messages",
    params(MessagePath, Paging),
    responses(
        (status = 200, description = "A page of messages", body = List<MessageView>, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY | MEMBERS | of(&[Code::MessageNotFound]) }>,
    ),
)]
pub(crate) async fn replies(
    caller: Caller,
    MessagePath { chatroom_id, message_id }: MessagePath,
    request: HttpRequest,
    services: web::Data<Services>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (after, limit) = (paging.position(|text| text.parse().ok())?.unwrap_or(0), paging.limit()?);
    let page =
        blocking(move || services.messages.replies(chatroom_id, caller.user_id, message_id, after, limit)).await?;
    let next = page.items.last().filter(|_| page.more).map(|message| cursor::encode(&message.seq));
    cursor::page(&request, page.items.into_iter().map(MessageView::from).collect(), next)
}
