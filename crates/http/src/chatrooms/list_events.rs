//! `GET /api/chatrooms/{chatroom_id}/events`: the log after `?after=`, ascending.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::extract::{InChatroom, Paging, Principal, seq};
use crate::openapi::{MEMBERS, Problems, QUERY, SIGNED_IN, of, values};
use crate::pages::{self, List, bounded_by};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::streams::{room_stream, wants_stream};
use crate::views::EventView;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct From {
    #[param(schema_with = values::after)]
    after: Option<String>,
}

/// List events
///
/// Returns the chatroom's log of changes, in ascending order of `seq`, which counts 1, 2, 3, ... without gaps.
/// Messages appear in their current state. With `Accept: text/event-stream`, the response is a stream: the events
/// after `Last-Event-ID` or `after`, then `caught_up`, then each new event as it happens.
#[utoipa::path(
    get, path = "/api/chatrooms/{chatroom_id}/events", operation_id = "list_events", tag = "chatrooms",
    params(InChatroom, From, Paging),
    responses(
        (status = 200, description = "A page of events, or a stream of events",
            content((List<EventView> = "application/json"), (String = "text/event-stream")), headers(("Link"))),
        Problems<{ SIGNED_IN | QUERY | MEMBERS | of(&[Code::TooManyStreams]) }>,
    ),
)]
pub(crate) async fn list_events(
    caller: Principal,
    InChatroom(id): InChatroom,
    request: HttpRequest,
    state: web::Data<State>,
    web::Query(from): web::Query<From>,
    web::Query(paging): web::Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let after = seq("after", from.after.as_deref())?;
    if wants_stream(&request) {
        return room_stream(caller, id, request, state, after).await;
    }
    let limit = paging.limit()?;
    let after = paging.position(|text| text.parse().ok())?.or(after).unwrap_or(0);
    let page = caller.run(&state, move |state| state.services.chatrooms.log(id, caller.user, after, limit));
    let page = bounded_by(page.await?, false, |event| event.message().and_then(|message| message.body.as_ref()));
    pages::answer(&request, page, |event| event.seq, EventView::from)
}
