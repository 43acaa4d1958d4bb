//! The common part of muting and unmuting.

use actix_web::{HttpResponse, web};

use crate::extract::{InChatroom, Principal};
use crate::problem::Problem;
use crate::state::State;

pub(super) async fn set_muted(
    caller: Principal,
    InChatroom(id): InChatroom,
    state: web::Data<State>,
    muted: bool,
) -> Result<HttpResponse, Problem> {
    caller.run(&state, move |state| state.services.reading.set_muted(id, caller.user, muted)).await?;
    Ok(HttpResponse::NoContent().finish())
}
