//! `DELETE /api/auth/sessions/{session_id}`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Denial;

use crate::extract::{Principal, path_id};
use crate::openapi::{Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// End a session
///
/// Signs one of your devices out.
#[utoipa::path(
    delete, path = "/api/auth/sessions/{session_id}", operation_id = "end_session", tag = "sessions",
    params(("session_id" = Uuid, Path, description = "The id of one of your sessions.")),
    responses(
        (status = 204, description = "The session has ended"),
        Problems<{ SIGNED_IN | of(&[Code::SessionNotFound]) }>,
    ),
)]
pub(crate) async fn end(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let session = path_id(&request, "session_id", Denial::SessionNotFound)?;
    caller.run(&state, move |state| state.services.sessions.sign_out(caller.user, session)).await?;
    Ok(HttpResponse::NoContent().finish())
}
