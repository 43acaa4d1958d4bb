//! `/api/auth/sessions`, and `DELETE /api/auth/session`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Denial;

use crate::cursor;
use crate::extract::{Caller, path_id};
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;
use crate::views::SessionView;

/// `GET /api/auth/sessions`: one page, for there are never more than a hundred.
pub(crate) async fn list(
    caller: Caller,
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let sessions = blocking(move || services.sessions.list(caller.user_id)).await?;
    let views = sessions.into_iter().map(|session| SessionView::new(session, caller.session_id)).collect();
    Ok(cursor::page::<SessionView>(&request, views, None))
}

/// `DELETE /api/auth/session`
pub(crate) async fn end_current(caller: Caller, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    blocking(move || services.sessions.sign_out(caller.user_id, caller.session_id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `DELETE /api/auth/sessions/{session_id}`
pub(crate) async fn end(
    caller: Caller,
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let session = path_id(&request, "session_id", Denial::SessionNotFound)?;
    blocking(move || services.sessions.sign_out(caller.user_id, session)).await?;
    Ok(HttpResponse::NoContent().finish())
}
