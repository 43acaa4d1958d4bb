//! Muting and unmuting.

use actix_web::{HttpResponse, web};

use crate::extract::{Caller, InChatroom};
use crate::problem::Problem;
use crate::run::blocking;
use crate::state::State;

pub(super) async fn set_muted(
    caller: Caller,
    InChatroom(id): InChatroom,
    state: web::Data<State>,
    muted: bool,
) -> Result<HttpResponse, Problem> {
    let at = state.clone();
    blocking(move || at.services.reading.set_muted(id, caller.user_id, muted)).await?;
    state.streams.look_at_user(caller.user_id);
    Ok(HttpResponse::NoContent().finish())
}
