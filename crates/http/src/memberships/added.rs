//! The response to joining and to being added.

use actix_web::HttpResponse;
use chit_chat_domain::membership::AddedMember;

use crate::views::MembershipView;

/// Responds with 201 for a new member, 200 for an existing one.
pub(crate) fn added(added: AddedMember) -> HttpResponse {
    let mut response = if added.new { HttpResponse::Created() } else { HttpResponse::Ok() };
    response.json(MembershipView::from(added.member))
}
