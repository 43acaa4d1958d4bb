//! `GET /api/auth/sessions`: newest first.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::id::SessionId;
use chit_chat_domain::page::Page;
use chit_chat_domain::session::Session;

use crate::extract::{Paging, Principal};
use crate::openapi::{Problems, QUERY, SIGNED_IN};
use crate::pages::{self, List};
use crate::problem::Problem;
use crate::state::State;
use crate::views::SessionView;

/// List your sessions
///
/// Newest first.
#[utoipa::path(
    get, path = "/api/auth/sessions", operation_id = "list_sessions", tag = "sessions",
    params(Paging),
    responses(
        (status = 200, description = "A page of sessions", body = List<SessionView>, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY }>,
    ),
)]
pub(crate) async fn list(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let current = caller.session()?;
    // A user never has more than a hundred sessions, so pages are cut here.
    let (after, limit) = (paging.position(read)?, paging.limit()?);
    let mut sessions = caller.run(&state, move |state| state.services.sessions.list(caller.user)).await?;
    sessions.retain(|session| after.is_none_or(|after| sort_key(session) < after));
    let page = Page::cut(sessions, limit);
    let position = |session: &Session| {
        let (created_at, id) = sort_key(session);
        format!("{created_at} {id}")
    };
    pages::answer(&request, page, position, |session| SessionView::new(session, current))
}

/// The position of a session in the list.
fn sort_key(session: &Session) -> (i64, SessionId) {
    (session.created_at.as_micros(), session.id)
}

fn read(cursor: &str) -> Option<(i64, SessionId)> {
    let (created_at, id) = cursor.split_once(' ')?;
    Some((created_at.parse().ok()?, id.parse().ok()?))
}
