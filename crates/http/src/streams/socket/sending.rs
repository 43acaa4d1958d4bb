//! Sends messages that arrive over a WebSocket, in order of arrival.

use std::sync::Arc;

use actix_web::web;
use chit_chat_domain::denial::Denial;
use chit_chat_domain::message::{IdempotencyKey, SendOutcome, Sent};
use tokio::sync::Mutex;

use super::frames::Send;
use crate::extract::Principal;
use crate::messages::finish;
use crate::problem::Problem;
use crate::run::pending;
use crate::state::State;

/// Preserves the order of messages that a client sends without waiting for answers.
///
/// A message queued in the store does not hold the lock, because the store preserves the order. Later messages
/// wait for one that has to be decided first.
#[derive(Clone, Default)]
pub(super) struct Order(Arc<Mutex<()>>);

pub(super) async fn send(
    state: web::Data<State>,
    caller: Principal,
    send: Send,
    Order(order): &Order,
) -> Result<Sent, Problem> {
    let chatroom_id = send.chatroom_id.parse().map_err(|_| Problem::from(Denial::ChatroomNotFound))?;
    let key = send.idempotency_key.as_deref().map(IdempotencyKey::parse).transpose();
    let key = key.map_err(|violation| Problem::field("idempotency_key", violation.to_string()))?;
    let entered = send.message.by(caller.user, chatroom_id, key);
    let held = order.lock().await;
    caller.confirm(&state)?;
    let sending = state.services.messages.begin_send(&entered)?;
    let held = Some(held).filter(|_| !sending.is_queued());
    match pending(sending).await? {
        SendOutcome::Sent(message) => Ok(message),
        SendOutcome::Undecided(draft) => {
            let _held = match held {
                Some(held) => held,
                None => order.lock().await,
            };
            finish(caller, &state, draft).await
        }
    }
}
