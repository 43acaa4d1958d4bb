//! `DELETE /api/auth/session`

use actix_web::{HttpResponse, web};

use crate::extract::Caller;
use crate::openapi::{Problems, SIGNED_IN, WRITE, of};
use crate::problem::{Code, Problem};
use crate::run::blocking;
use crate::state::State;

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
pub(crate) async fn sign_out(caller: Caller, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    blocking(move || state.services.sessions.sign_out(caller.user_id, caller.session_id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
