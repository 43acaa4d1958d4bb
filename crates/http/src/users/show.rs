//! `GET /api/users/{user_id}`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Denial;

use crate::extract::{Principal, path_id};
use crate::openapi::{Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::views::UserView;

/// Retrieve a user
#[utoipa::path(
    get, path = "/api/users/{user_id}", operation_id = "get_user", tag = "users",
    params(("user_id" = Uuid, Path, description = "The id of the user.")),
    responses(
        (status = 200, description = "The user", body = UserView),
        Problems<{ SIGNED_IN | of(&[Code::UserNotFound]) }>,
    ),
)]
pub(crate) async fn show(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = path_id(&request, "user_id", Denial::UserNotFound)?;
    let user = caller.run(&state, move |state| state.stores.users.find(id)).await?;
    Ok(HttpResponse::Ok().json(UserView::from(user.ok_or(Denial::UserNotFound)?)))
}
