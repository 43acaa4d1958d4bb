//! `POST /api/users/me/tokens/{token_id}/rotate`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::key::KeyOwner;
use chit_chat_domain::scope::Scopes;
use serde::Deserialize;
use utoipa::ToSchema;

use super::issued;
use crate::extract::{Json, Principal, Whole, path_id};
use crate::openapi::{FORM, Problems, SIGNED_IN, of, values};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::IssuedKeyView;

/// The rotation of a key.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Rotation {
    #[schema(schema_with = values::overlap_seconds)]
    overlap_seconds: Option<Whole>,
}

impl Rotation {
    pub(crate) fn overlap_seconds(&self) -> Option<i64> {
        self.overlap_seconds.map(|Whole(seconds)| seconds)
    }
}

/// Rotate a personal token
///
/// Gives the token another text. The current one still works for `overlap_seconds`, so that programs can change over;
/// an earlier one stops working at once.
#[utoipa::path(
    post, path = "/api/users/me/tokens/{token_id}/rotate", operation_id = "rotate_personal_token", tag = "tokens",
    params(("token_id" = Uuid, Path, description = "The id of one of your tokens.")),
    request_body = Rotation,
    responses(
        (status = 200, description = "The token", body = IssuedKeyView, headers(("Cache-Control"))),
        Problems<{ SIGNED_IN | FORM | of(&[Code::KeyNotFound]) }>,
    ),
)]
pub(crate) async fn rotate(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
    body: Json<Rotation>,
) -> Result<HttpResponse, Problem> {
    caller.session()?;
    let id = path_id(&request, "token_id", Denial::KeyNotFound)?;
    let (owner, overlap) = (KeyOwner::User(caller.user), body.into_inner().0.overlap_seconds());
    let rotated =
        caller.run(&state, move |state| state.services.keys.rotate(owner, id, overlap, Scopes::OF_USERS)).await?;
    Ok(issued(HttpResponse::Ok(), rotated, state.clock.now()))
}
