//! `/api/auth/sessions`, and `DELETE /api/auth/session`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::id::SessionId;
use chit_chat_domain::page::Page;
use chit_chat_domain::session::Session;

use crate::cursor::{self, List};
use crate::extract::{Caller, Paging, path_id};
use crate::openapi::{Problems, QUERY, SIGNED_IN, WRITE, of};
use crate::problem::{Code, Problem};
use crate::run::blocking;
use crate::services::Services;
use crate::views::SessionView;

/// My sessions, newest first
#[utoipa::path(
    get, path = "/api/auth/sessions", operation_id = "list_sessions", tag = "sessions",
    params(Paging),
    responses(
        (status = 200, description = "A page of sessions", body = List<SessionView>, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY }>,
    ),
)]
pub(crate) async fn list(
    caller: Caller,
    request: HttpRequest,
    services: web::Data<Services>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    // There are never more than a hundred, so pages are cut here.
    let (after, limit) = (paging.position(read)?, paging.limit()?);
    let mut sessions = blocking(move || services.sessions.list(caller.user_id)).await?;
    sessions.retain(|session| after.is_none_or(|after| place(session) < after));
    let page = Page::cut(sessions, limit);
    let next = page.items.last().filter(|_| page.more).map(place);
    let next = next.map(|(created_at, id)| cursor::encode(&format!("{created_at} {id}")));
    let views = page.items.into_iter().map(|session| SessionView::new(session, caller.session_id)).collect();
    cursor::page(&request, views, next)
}

/// Where a session stands among all.
fn place(session: &Session) -> (i64, SessionId) {
    (session.created_at.as_micros(), session.id)
}

fn read(cursor: &str) -> Option<(i64, SessionId)> {
    let (created_at, id) = cursor.split_once(' ')?;
    Some((created_at.parse().ok()?, id.parse().ok()?))
}

/// Sign out
///
/// Ends the session that the access token belongs to.
#[utoipa::path(
    delete, path = "/api/auth/session", operation_id = "sign_out", tag = "sessions",
    responses(
        (status = 204, description = "The session has ended"),
        Problems<{ SIGNED_IN | WRITE | of(&[Code::SessionNotFound]) }>,
    ),
)]
pub(crate) async fn end_current(caller: Caller, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    blocking(move || services.sessions.sign_out(caller.user_id, caller.session_id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End one of my sessions
#[utoipa::path(
    delete, path = "/api/auth/sessions/{session_id}", operation_id = "end_session", tag = "sessions",
    params(("session_id" = Uuid, Path, description = "One of the caller's sessions")),
    responses(
        (status = 204, description = "The session has ended"),
        Problems<{ SIGNED_IN | WRITE | of(&[Code::SessionNotFound]) }>,
    ),
)]
pub(crate) async fn end(
    caller: Caller,
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let session = path_id(&request, "session_id", Denial::SessionNotFound)?;
    blocking(move || services.sessions.sign_out(caller.user_id, session)).await?;
    Ok(HttpResponse::NoContent().finish())
}
