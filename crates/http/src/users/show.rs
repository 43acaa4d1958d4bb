//! `GET /api/users/{user_id}`

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::denial::Denial;

use crate::extract::{Caller, path_id};
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;
use crate::views::UserView;

pub(crate) async fn show(
    _: Caller,
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let id = path_id(&request, "user_id", Denial::UserNotFound)?;
    let user = blocking(move || services.stores.users.find(id)).await?;
    Ok(HttpResponse::Ok().json(UserView::from(user.ok_or(Denial::UserNotFound)?)))
}
