//! `DELETE /api/auth/session`

use actix_web::{HttpResponse, web};

use crate::extract::Principal;
use crate::openapi::{Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Sign out
///
/// Ends the session of the access token.
#[utoipa::path(
    delete, path = "/api/auth/session", operation_id = "sign_out", tag = "sessions",
    responses(
        (status = 204, description = "The session has ended"),
        Problems<{ SIGNED_IN | of(&[Code::SessionNotFound]) }>,
    ),
)]
pub(crate) async fn sign_out(caller: Principal, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let session = caller.session()?;
    caller.run(&state, move |state| state.services.sessions.sign_out(caller.user, session)).await?;
    Ok(HttpResponse::NoContent().finish())
}
