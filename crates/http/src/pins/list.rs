//! `GET /api/chatrooms/{chatroom_id}/pins`: newest first.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::chatroom::Seq;

use crate::extract::{InChatroom, Paging, Principal, Rendering};
use crate::openapi::{MEMBERS, Problems, QUERY, SIGNED_IN};
use crate::pages::{WrittenPage, bounded_by, cursor};
use crate::problem::Problem;
use crate::state::State;
use crate::views::{PinList, PinView};

/// List pinned messages
///
/// Most recently pinned first.
#[utoipa::path(
    get, path = "/api/chatrooms/{chatroom_id}/pins", operation_id = "list_pins", tag = "pins",
    params(InChatroom, Paging, Rendering),
    responses(
        (status = 200, description = "A page of pins", body = PinList, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY | MEMBERS }>,
    ),
)]
pub(crate) async fn list(
    caller: Principal,
    InChatroom(id): InChatroom,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(paging): web::Query<Paging>,
    web::Query(rendering): web::Query<Rendering>,
) -> Result<HttpResponse, Problem> {
    let (before, limit) = (paging.position(|text| text.parse().ok())?.unwrap_or(Seq::MAX), paging.limit()?);
    let with_html = rendering.wants_html()?;
    let read = caller.run(&state, move |state| state.services.pins.list(id, caller.user, before, limit));
    let page = bounded_by(read.await?, with_html, |pin| pin.message.body.as_ref());
    let messages = page.items.iter().map(|pin| &pin.message);
    let html = state.renderer.by_id_if(with_html, caller.party(), messages).await?;
    let next = cursor::next(&page, |pin| pin.seq);
    let page = WrittenPage::new(page.items.into_iter().map(PinView::from).collect(), next)?;
    Ok(page.with_member("html", html.as_ref())?.answer(&request))
}
