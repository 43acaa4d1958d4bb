//! `GET /api/admin/keys`: newest first.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::key::KeyOwner;

use crate::extract::{Application, Paging};
use crate::openapi::{APPLICATION, Problems, QUERY};
use crate::pages::List;
use crate::problem::Problem;
use crate::state::State;
use crate::tokens::answer as tokens_answer;
use crate::views::KeyView;

/// List server keys
///
/// Those that have not expired, newest first, without their text.
#[utoipa::path(
    get, path = "/api/admin/keys", operation_id = "list_server_keys", tag = "administration",
    params(Paging),
    responses(
        (status = 200, description = "A page of keys", body = List<KeyView>, headers(("Link"))),
        Problems<{ APPLICATION | QUERY }>,
    ),
)]
pub(crate) async fn list(
    caller: Application,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let keys = caller.run(&state, |state| state.services.keys.list(KeyOwner::Application)).await?;
    tokens_answer(&request, &state, &paging, keys)
}
