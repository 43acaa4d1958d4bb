//! `GET /api/chatrooms/{chatroom_id}/events` as a stream.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::reading::ReadState;
use chit_chat_live::Start;

use super::body::{Ids, STREAM, answer};
use super::feed::Feed;
use super::memory::{Account, StreamMemory};
use super::notice::WithHeads;
use crate::extract::{Principal, prefers};
use crate::problem::Problem;
use crate::routes::SOCKET;
use crate::state::State;

const PAGE: &str = "application/json";
pub(super) const LAST_EVENT_ID: &str = "Last-Event-ID";

/// Returns whether the client asks for a stream rather than a page.
pub(crate) fn wants_stream(request: &HttpRequest) -> bool {
    prefers(request, STREAM, PAGE)
}

/// Returns whether a request asks for a stream, on any path.
pub(crate) fn opens_stream(request: &HttpRequest) -> bool {
    match request.path() {
        SOCKET | "/api/events" => true,
        path => path.ends_with("/events") && wants_stream(request),
    }
}

/// Streams the events after the client's last event id, else after `after`, else from now on.
pub(crate) async fn room_stream(
    caller: Principal,
    id: ChatroomId,
    request: HttpRequest,
    state: web::Data<State>,
    after: Option<Seq>,
) -> Result<HttpResponse, Problem> {
    let head = caller.run(&state, move |state| state.services.chatrooms.head(id, caller.user)).await?;
    let resumed = last_event_id(&request).map(|text| text.parse().ok());
    let position = resumed.unwrap_or(Some(after.unwrap_or(head)));
    let known = position.filter(|position: &Seq| (0..=head).contains(position));
    let start = Start { chatroom: id, position: known.unwrap_or(head), head, read: ReadState::default() };
    let listener = state.streams.listen_to(caller.subscriber(), start).ok_or_else(Problem::too_many_streams)?;
    let memory = StreamMemory::new(Account::of(&request));
    let mut feed = Feed::new(state, caller, listener, memory);
    if known.is_none() {
        feed.queue_first(WithHeads::Reset, head.to_string());
    }
    Ok(answer(&request, feed, Ids::Seq))
}

/// The last event id that a reconnecting client received; an empty one counts as absent.
pub(super) fn last_event_id(request: &HttpRequest) -> Option<&str> {
    let header = request.headers().get(LAST_EVENT_ID)?;
    Some(header.to_str().unwrap_or("?")).filter(|text| !text.is_empty())
}
