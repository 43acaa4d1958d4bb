//! `GET` and `POST /api/events`: the events of all the caller's chatrooms, including those joined later.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::changes_since::Standing;
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::ChatroomId;
use chit_chat_live::{Listener, Start};
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::{Ids, answer};
use super::feed::Feed;
use super::notice::WithHeads;
use super::positions::{self, Positions};
use super::room::last_event_id;
use crate::extract::{Json, Principal, Reader};
use crate::openapi::{BODY, Problems, SIGNED_IN, WRITE, of, values};
use crate::problem::{Code, Problem};
use crate::run::blocking;
use crate::state::State;

/// Positions to resume from.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Resume {
    /// The last `seq` received, by chatroom. Chatrooms that are absent start now.
    #[serde(default)]
    #[schema(schema_with = values::positions)]
    after: HashMap<String, Seq>,
}

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

/// Resume the stream from given positions
///
/// Like `GET /api/events`, starting after the given `seq` of each chatroom.
#[utoipa::path(
    post, path = "/api/events", operation_id = "resume_stream", tag = "streams",
    request_body = Resume,
    responses(
        (status = 200, description = "Events, until the client disconnects", body = String,
            content_type = "text/event-stream"),
        Problems<{ SIGNED_IN | (BODY & !WRITE) | of(&[Code::TooManyStreams, Code::InvalidValue]) }>,
    ),
)]
pub(crate) async fn resume_stream(
    Reader(caller): Reader,
    request: HttpRequest,
    state: web::Data<State>,
    body: Json<Resume>,
) -> Result<HttpResponse, Problem> {
    let after = parse(body.into_inner().0.after)?;
    start(caller, &request, state, Some(after)).await
}

pub(super) fn parse(after: HashMap<String, Seq>) -> Result<Positions, Problem> {
    let parsed =
        after.into_iter().map(|(id, seq)| Some((id.parse::<ChatroomId>().ok()?, seq)).filter(|_| seq >= 0));
    parsed.collect::<Option<_>>().ok_or_else(|| Problem::field("after", "must map chatroom ids to seqs"))
}

async fn start(
    caller: Principal,
    request: &HttpRequest,
    state: web::Data<State>,
    after: Option<Positions>,
) -> Result<HttpResponse, Problem> {
    let feed = feed(caller, state, after).await?;
    Ok(answer(request, feed, Ids::Positions))
}

/// A stream of all chatrooms. If the positions cannot be read, it says so.
pub(super) async fn feed(
    caller: Principal,
    state: web::Data<State>,
    after: Option<Positions>,
) -> Result<Feed, Problem> {
    let asked = state.clone();
    let standing = blocking(move || asked.streams.standing(caller.who())).await?;
    let after = after.filter(|after| {
        standing.chatrooms.iter().all(|joined| after.get(&joined.chatroom_id).is_none_or(|at| *at <= joined.head))
    });
    let listener = listen(caller, &state, standing, after.as_ref()).ok_or_else(Problem::too_many_streams)?;
    let mut feed = Feed::new(state, caller, listener);
    // Allows a client that is disconnected right after this to resume.
    let id = positions::encode(feed.positions()).unwrap_or_default();
    feed.say_first(WithHeads::Ready, &id);
    if after.is_none() {
        feed.say_first(WithHeads::Reset, &id);
    }
    Ok(feed)
}

fn listen(caller: Principal, state: &State, standing: Standing, after: Option<&Positions>) -> Option<Listener> {
    let starts = standing.chatrooms.into_iter().map(|joined| {
        let position = after.and_then(|after| after.get(&joined.chatroom_id).copied()).unwrap_or(joined.head);
        Start { chatroom: joined.chatroom_id, position, head: joined.head, read: joined.read }
    });
    state.streams.listen(caller.who(), standing.version, starts)
}
