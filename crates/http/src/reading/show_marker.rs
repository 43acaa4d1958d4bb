//! `GET /api/chatrooms/{chatroom_id}/read_marker`

use actix_web::{HttpResponse, web};

use crate::extract::{InChatroom, Principal};
use crate::openapi::{MEMBERS, Problems, SIGNED_IN};
use crate::problem::Problem;
use crate::state::State;
use crate::views::ReadMarkerView;

/// Retrieve your read marker
///
/// The marker starts where you joined the chatroom.
#[utoipa::path(
    get, path = "/api/chatrooms/{chatroom_id}/read_marker", operation_id = "get_read_marker", tag = "reading",
    params(InChatroom),
    responses(
        (status = 200, description = "The read marker", body = ReadMarkerView),
        Problems<{ SIGNED_IN | MEMBERS }>,
    ),
)]
pub(crate) async fn show_marker(
    caller: Principal,
    InChatroom(id): InChatroom,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reading = caller.run(&state, move |state| state.services.reading.state(id, caller.user)).await?;
    Ok(HttpResponse::Ok().json(ReadMarkerView::new(id, reading.read_seq)))
}
