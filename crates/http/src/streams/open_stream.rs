//! `GET /api/events`: the events of all the caller's chatrooms, including those joined later.

use actix_web::{HttpRequest, HttpResponse, web};

use super::all_chatrooms::start;
use super::positions::{self, Positions};
use super::room::last_event_id;
use crate::extract::Principal;
use crate::openapi::{Problems, SIGNED_IN, of};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Stream events of your chatrooms
///
/// Server-sent events, starting now or after `Last-Event-ID`: `ready`, the missed events, `caught_up`, then each
/// new event as it happens.
#[utoipa::path(
    get, path = "/api/events", operation_id = "open_stream", tag = "streams",
    responses(
        (status = 200, description = "Events, until the client disconnects", body = String,
            content_type = "text/event-stream"),
        Problems<{ SIGNED_IN | of(&[Code::TooManyStreams]) }>,
    ),
)]
pub(crate) async fn open_stream(
    caller: Principal,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let after = match last_event_id(&request) {
        None => Some(Positions::new()),
        Some(text) => positions::decode(text),
    };
    start(caller, &request, state, after).await
}
