//! `POST /api/admin/keys/{key_id}/rotate`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::key::KeyOwner;

use crate::extract::{Application, Json, path_id};
use crate::openapi::{APPLICATION, FORM, Problems, of};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::tokens::{Rotation, issued};
use crate::views::IssuedKeyView;

/// Rotate a server key
///
/// Gives the key another text. The current one still works for `overlap_seconds`, so that programs can change over;
/// an earlier one stops working at once.
#[utoipa::path(
    post, path = "/api/admin/keys/{key_id}/rotate", operation_id = "rotate_server_key", tag = "administration",
    params(("key_id" = Uuid, Path, description = "The id of a server key.")),
    request_body = Rotation,
    responses(
        (status = 200, description = "The key", body = IssuedKeyView, headers(("Cache-Control"))),
        Problems<{ APPLICATION | FORM | of(&[Code::KeyNotFound]) }>,
    ),
)]
pub(crate) async fn rotate(
    caller: Application,
    request: HttpRequest,
    state: web::Data<State>,
    body: Json<Rotation>,
) -> Result<HttpResponse, Problem> {
    let id = path_id(&request, "key_id", Denial::KeyNotFound)?;
    let (creators, overlap) = (caller.scopes(), body.into_inner().0.overlap_seconds());
    let rotated = caller
        .run(&state, move |state| state.services.keys.rotate(KeyOwner::Application, id, overlap, creators))
        .await?;
    Ok(issued(HttpResponse::Ok(), rotated, state.clock.now()))
}
