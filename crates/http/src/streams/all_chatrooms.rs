//! The stream of all the caller's chatrooms.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::changes_since::UserMemberships;
use chit_chat_domain::key::Reach;
use chit_chat_live::{Followed, Listener, Start};

use super::body::{Ids, answer};
use super::feed::Feed;
use super::notice::WithHeads;
use super::positions::{self, Positions};
use crate::extract::Principal;
use crate::problem::Problem;
use crate::state::State;

pub(super) async fn start(
    caller: Principal,
    request: &HttpRequest,
    state: web::Data<State>,
    after: Option<Positions>,
) -> Result<HttpResponse, Problem> {
    let reach = caller.reach(request)?;
    let feed = feed(caller, reach, state, after).await?;
    Ok(answer(request, feed, Ids::Positions))
}

/// Opens a stream of all chatrooms. It starts with `reset` if the positions are invalid.
pub(super) async fn feed(
    caller: Principal,
    reach: Reach,
    state: web::Data<State>,
    after: Option<Positions>,
) -> Result<Feed, Problem> {
    let mut memberships = caller.run(&state, move |state| state.streams.memberships(caller.subscriber())).await?;
    memberships.keep_within(&reach);
    let after = after.filter(|after| {
        memberships
            .chatrooms
            .iter()
            .all(|joined| after.get(&joined.chatroom_id).is_none_or(|at| *at <= joined.head))
    });
    let listener =
        listen(caller, reach, &state, memberships, after.as_ref()).ok_or_else(Problem::too_many_streams)?;
    let mut feed = Feed::new(state, caller, listener);
    // Lets a client resume that disconnects right after this.
    let id = positions::encode(feed.positions()).unwrap_or_default();
    feed.queue_first(WithHeads::Ready, &id);
    if after.is_none() {
        feed.queue_first(WithHeads::Reset, &id);
    }
    Ok(feed)
}

fn listen(
    caller: Principal,
    reach: Reach,
    state: &State,
    memberships: UserMemberships,
    after: Option<&Positions>,
) -> Option<Listener> {
    let followed = Followed::from(&memberships);
    let starts = memberships.chatrooms.into_iter().map(|joined| {
        let position = after.and_then(|after| after.get(&joined.chatroom_id).copied()).unwrap_or(joined.head);
        Start { chatroom: joined.chatroom_id, position, head: joined.head, read: joined.read }
    });
    state.streams.listen_within(reach, caller.subscriber(), followed, starts)
}
