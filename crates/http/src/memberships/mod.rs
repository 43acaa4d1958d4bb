//! `/api/chatrooms/{chatroom_id}/memberships`: who belongs to a chatroom.

mod list;
mod mine;
mod others;

pub(crate) use list::list;
pub(crate) use mine::{join, leave};
pub(crate) use others::{add, change_role, remove};

use actix_web::HttpResponse;
use chit_chat_domain::membership::AddedMember;
use utoipa::OpenApi;

use crate::views::MembershipView;

/// The part of the document.
#[derive(OpenApi)]
#[openapi(paths(list::list, mine::join, mine::leave, others::add, others::change_role, others::remove))]
pub(crate) struct Api;

/// 201 for a new member, 200 for one who was there already.
pub(crate) fn added(added: AddedMember) -> HttpResponse {
    let mut response = if added.new { HttpResponse::Created() } else { HttpResponse::Ok() };
    response.json(MembershipView::from(added.member))
}
