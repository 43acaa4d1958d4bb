//! `GET /api/chatrooms/{chatroom_id}/messages/{message_id}/revisions`: the bodies of a message, oldest first.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::extract::{MessagePath, Paging, Principal};
use crate::openapi::{MEMBERS, Problems, QUERY, SIGNED_IN, of};
use crate::pages::{self, List, bounded_by};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::RevisionView;

/// List revisions of a message
///
/// Returns the bodies that the message has had, oldest first, the newest 100 at most; the last one is current. A
/// deleted message has no revisions.
#[utoipa::path(
    get,
    path = "/api/chatrooms/{chatroom_id}/messages/{message_id}/revisions",
    operation_id = "list_revisions",
    tag = "messages",
    params(MessagePath, Paging),
    responses(
        (status = 200, description = "A page of revisions", body = List<RevisionView>, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY | MEMBERS | of(&[Code::MessageNotFound]) }>,
    ),
)]
pub(crate) async fn list_revisions(
    caller: Principal,
    MessagePath { chatroom_id, message_id }: MessagePath,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (after, limit) = (paging.position(|text| text.parse().ok())?.unwrap_or(0), paging.limit()?);
    let page = caller.run(&state, move |state| {
        state.services.revisions.list(chatroom_id, caller.user, message_id, after, limit)
    });
    let page = bounded_by(page.await?, false, |revision| Some(&revision.body));
    pages::answer(&request, page, |it| it.revision, RevisionView::from)
}
