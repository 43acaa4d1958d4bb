//! The stream of all the caller's chatrooms.

use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::changes_since::UserMemberships;
use chit_chat_domain::key::Reach;
use chit_chat_domain::store_error::StoreError;
use chit_chat_live::{Followed, Listener, Start};

use super::body::{Ids, answer};
use super::feed::Feed;
use super::memory::{Account, FEW, StreamMemory};
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
    let feed = feed(caller, reach, state, Account::of(request), after).await?;
    Ok(answer(request, feed, Ids::Positions))
}

/// Opens a stream of all chatrooms. It starts with `reset` if the positions are invalid.
pub(super) async fn feed(
    caller: Principal,
    reach: Reach,
    state: web::Data<State>,
    account: Account,
    after: Option<Positions>,
) -> Result<Feed, Problem> {
    let mut memberships = caller.run(&state, move |state| state.streams.memberships(caller.subscriber())).await?;
    caller.charge_chatrooms(&state, memberships.chatrooms.len())?;
    memberships.keep_within(&reach);
    let chatrooms = memberships.chatrooms.len();
    let mut memory = StreamMemory::new(account);
    if !memory.hold(chatrooms) {
        return Err(Problem::overloaded("too many streams of many chatrooms are open"));
    }
    let (listener, is_valid) = if chatrooms <= FEW {
        listen(caller, reach, &state, memberships, after)
    } else {
        // Thousands of subscriptions would block the event loop.
        let listen = move |state: &State| Ok::<_, StoreError>(listen(caller, reach, state, memberships, after));
        caller.run(&state, listen).await?
    };
    let mut feed = Feed::new(state, caller, listener.ok_or_else(Problem::too_many_streams)?, memory);
    // Lets a client resume that disconnects right after this.
    let id = positions::encode(feed.positions()).unwrap_or_default();
    feed.queue_first(WithHeads::Ready, id.clone());
    if !is_valid {
        feed.queue_first(WithHeads::Reset, id);
    }
    Ok(feed)
}

/// Starts the listener, unless the user has too many; returns whether the positions are valid, too.
fn listen(
    caller: Principal,
    reach: Reach,
    state: &State,
    memberships: UserMemberships,
    after: Option<Positions>,
) -> (Option<Listener>, bool) {
    let after = after.filter(|after| {
        memberships
            .chatrooms
            .iter()
            .all(|joined| after.get(&joined.chatroom_id).is_none_or(|at| *at <= joined.head))
    });
    let followed = Followed::from(&memberships);
    let starts = memberships.chatrooms.into_iter().map(|joined| {
        let position =
            after.as_ref().and_then(|after| after.get(&joined.chatroom_id).copied()).unwrap_or(joined.head);
        Start { chatroom: joined.chatroom_id, position, head: joined.head, read: joined.read }
    });
    (state.streams.listen_within(reach, caller.subscriber(), followed, starts), after.is_some())
}
