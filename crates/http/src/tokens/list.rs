//! `GET /api/users/me/tokens`: newest first.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::key::{ApiKey, KeyOwner};
use chit_chat_domain::page::Page;

use crate::extract::{Paging, Principal};
use crate::openapi::{Problems, QUERY, SIGNED_IN};
use crate::pages::{self, List, time_and_id};
use crate::problem::Problem;
use crate::state::State;
use crate::views::KeyView;

/// List your personal tokens
///
/// Those that have not expired, newest first, without their text.
#[utoipa::path(
    get, path = "/api/users/me/tokens", operation_id = "list_personal_tokens", tag = "tokens",
    params(Paging),
    responses(
        (status = 200, description = "A page of tokens", body = List<KeyView>, headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY }>,
    ),
)]
pub(crate) async fn list(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    caller.session()?;
    let keys = caller.run(&state, move |state| state.services.keys.list(KeyOwner::User(caller.user))).await?;
    answer(&request, &state, &paging, keys)
}

/// Responds with a page of all keys of an owner, who never has more than a hundred.
pub(crate) fn answer(
    request: &HttpRequest,
    state: &State,
    paging: &Paging,
    mut keys: Vec<ApiKey>,
) -> Result<HttpResponse, Problem> {
    let (after, limit, now) = (paging.position(time_and_id::parse)?, paging.limit()?, state.clock.now());
    keys.retain(|key| after.is_none_or(|after| (key.created_at, key.id) < after));
    let position = |key: &ApiKey| time_and_id::written(key.created_at, &key.id);
    pages::answer(request, Page::cut(keys, limit), position, |key| KeyView::new(key, now))
}
