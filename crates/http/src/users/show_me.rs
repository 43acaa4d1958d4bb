//! `GET /api/users/me`

use actix_web::{HttpResponse, web};
use chit_chat_domain::store_error::StoreError;

use crate::extract::Principal;
use crate::openapi::{Problems, SIGNED_IN};
use crate::problem::Problem;
use crate::state::State;
use crate::views::OwnView;

/// Retrieve your account
#[utoipa::path(
    get, path = "/api/users/me", operation_id = "get_account", tag = "users",
    responses(
        (status = 200, description = "The account", body = OwnView),
        Problems<{ SIGNED_IN }>,
    ),
)]
pub(crate) async fn show_me(caller: Principal, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let find = move |state: &State| {
        let Some(user) = state.stores.users.find(caller.user)? else {
            return Ok::<_, StoreError>(None);
        };
        Ok(OwnView::of(&user, state.storage_of(caller.user)?))
    };
    let account = caller.run(&state, find).await?;
    Ok(HttpResponse::Ok().json(account.ok_or_else(Problem::invalid_token)?))
}
