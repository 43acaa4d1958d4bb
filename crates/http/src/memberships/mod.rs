//! `/api/chatrooms/{chatroom_id}/memberships`: who belongs to a chatroom.

mod list;
mod mine;
mod others;

pub(crate) use list::list;
pub(crate) use mine::{join, leave};
pub(crate) use others::{add, change_role, remove};

use actix_web::HttpResponse;
use chit_chat_domain::membership::AddedMember;

use crate::views::MembershipView;

/// 201 for a new member, 200 for one who was there already.
fn added(added: AddedMember) -> HttpResponse {
    let mut response = if added.new { HttpResponse::Created() } else { HttpResponse::Ok() };
    response.json(MembershipView::from(added.member))
}
