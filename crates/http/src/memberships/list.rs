//! `GET /api/chatrooms/{chatroom_id}/memberships`: longest-standing first.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::cursor;
use crate::extract::{Caller, InChatroom, Paging};
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;
use crate::views::MembershipView;

pub(crate) async fn list(
    caller: Caller,
    InChatroom(id): InChatroom,
    request: HttpRequest,
    services: web::Data<Services>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let limit = paging.limit()?;
    let after = paging.position(|text| text.parse().ok())?.unwrap_or(0);
    let page = blocking(move || services.memberships.list(id, caller.user_id, after, limit)).await?;
    let next = page.items.last().filter(|_| page.more).map(|member| cursor::encode(&member.membership.joined_seq));
    Ok(cursor::page(&request, page.items.into_iter().map(MembershipView::from).collect(), next))
}
