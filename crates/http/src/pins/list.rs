//! `GET /api/chatrooms/{chatroom_id}/pins`: newest first.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::chatroom::Seq;

use crate::cursor::{self, List};
use crate::extract::{Caller, InChatroom, Paging};
use crate::openapi::{MEMBERS, Problems, QUERY, SIGNED_IN};
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;
use crate::views::PinView;

/// The pinned messages, newest pin first
#[utoipa::path(
    get, path = "/api/chatrooms/{chatroom_id}/pins", operation_id = "list_pins", tag = "pins",
    params(InChatroom, Paging),
    responses(
        (status = 200, description = "A page of pins", body = List<PinView>, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY | MEMBERS }>,
    ),
)]
pub(crate) async fn list(
    caller: Caller,
    InChatroom(id): InChatroom,
    request: HttpRequest,
    services: web::Data<Services>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (before, limit) = (paging.position(|text| text.parse().ok())?.unwrap_or(Seq::MAX), paging.limit()?);
    let page = blocking(move || services.pins.list(id, caller.user_id, before, limit)).await?;
    let next = page.items.last().filter(|_| page.more).map(|pin| cursor::encode(&pin.seq));
    cursor::page(&request, page.items.into_iter().map(PinView::from).collect(), next)
}
