//! Muting and unmuting.

use actix_web::{HttpResponse, web};

use crate::extract::{Caller, InChatroom};
use crate::problem::Problem;
use crate::run::blocking;
use crate::services::Services;

pub(super) async fn set_muted(
    caller: Caller,
    InChatroom(id): InChatroom,
    services: web::Data<Services>,
    muted: bool,
) -> Result<HttpResponse, Problem> {
    let at = services.clone();
    blocking(move || at.reading.set_muted(id, caller.user_id, muted)).await?;
    services.streams.look_at_user(caller.user_id);
    Ok(HttpResponse::NoContent().finish())
}
