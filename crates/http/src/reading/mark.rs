//! `PUT /api/chatrooms/{chatroom_id}/read_marker`

use actix_web::{HttpResponse, web};
use chit_chat_domain::reading::Mark;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::{InChatroom, Json, Principal, Whole};
use crate::openapi::{FORM, MEMBERS, Problems, SIGNED_IN, values};
use crate::problem::Problem;
use crate::state::State;
use crate::views::ReadMarkerView;

/// A new position of the read marker.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewReadMarker {
    #[schema(schema_with = values::read_seq)]
    seq: Whole,
    /// Also moves the marker back, which makes messages unread again.
    #[serde(default)]
    force: bool,
}

/// Move your read marker
///
/// Marks everything up to `seq` as read. The marker only moves forward, so several devices can send it in any
/// order; `force` also moves it back. Your other devices are notified on their streams; other users are not.
#[utoipa::path(
    put, path = "/api/chatrooms/{chatroom_id}/read_marker", operation_id = "move_read_marker", tag = "reading",
    params(InChatroom),
    request_body = NewReadMarker,
    responses(
        (status = 200, description = "The current read marker", body = ReadMarkerView),
        Problems<{ SIGNED_IN | FORM | MEMBERS }>,
    ),
)]
pub(crate) async fn mark(
    caller: Principal,
    InChatroom(id): InChatroom,
    state: web::Data<State>,
    body: Json<NewReadMarker>,
) -> Result<HttpResponse, Problem> {
    let NewReadMarker { seq: Whole(seq), force } = body.into_inner().0;
    let seq =
        caller.run(&state, move |state| state.services.reading.mark(id, caller.user, Mark { seq, force })).await?;
    Ok(HttpResponse::Ok().json(ReadMarkerView::new(id, seq)))
}
