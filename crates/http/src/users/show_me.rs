//! `GET /api/users/me`

use actix_web::{HttpResponse, web};

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
    let user = caller.run(&state, move |state| state.stores.users.find(caller.user)).await?;
    Ok(HttpResponse::Ok().json(user.as_ref().and_then(OwnView::of).ok_or_else(Problem::invalid_token)?))
}
