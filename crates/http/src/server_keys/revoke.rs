//! `DELETE /api/admin/keys/{key_id}`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::key::KeyOwner;

use crate::extract::{Application, path_id};
use crate::openapi::{APPLICATION, Problems, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Revoke a server key
///
/// It stops working at once, and its streams end.
#[utoipa::path(
    delete, path = "/api/admin/keys/{key_id}", operation_id = "revoke_server_key", tag = "administration",
    params(("key_id" = Uuid, Path, description = "The id of a server key.")),
    responses(
        (status = 204, description = "The key is revoked"),
        Problems<{ APPLICATION | of(&[Code::KeyNotFound]) }>,
    ),
)]
pub(crate) async fn revoke(
    caller: Application,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = path_id(&request, "key_id", Denial::KeyNotFound)?;
    caller.run(&state, move |state| state.services.keys.revoke(KeyOwner::Application, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
