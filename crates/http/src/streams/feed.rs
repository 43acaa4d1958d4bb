//! The content of a stream, independent of its transport: events, heartbeats and the end.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::rt::time::{Instant, Sleep, sleep_until};
use actix_web::web;
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::credential::Via;
use chit_chat_live::{EncodedEvent, End, Listener, Update};

use super::memory::StreamMemory;
use super::notice::{self, WithHeads};
use crate::extract::Principal;
use crate::problem::Problem;
use crate::state::State;

/// Clients reconnect if they receive nothing for longer.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// The time for which heartbeats carry a head that has moved: at least two of them, because a client reconnects if it
/// is behind the same head twice.
const ANNOUNCED: Duration = HEARTBEAT.saturating_mul(3);
/// A client that reads nothing for this long, although a heartbeat is due, is disconnected.
pub(super) const CLIENT_TIMEOUT: Duration = Duration::from_secs(60);
/// The interval of checks while sessions cannot be trusted.
const RECHECK_INTERVAL: Duration = Duration::from_millis(250);

/// A stream, from its first event to its last.
pub(super) struct Feed {
    state: web::Data<State>,
    listener: Listener,
    via: Via,
    /// Items to send before anything else, in this order.
    first: Vec<(WithHeads, String)>,
    memory: StreamMemory,
    heartbeat_at: Instant,
    timer: Pin<Box<Sleep>>,
    finished: bool,
}

/// An item to send.
pub(super) struct Item {
    pub(super) encoded: EncodedEvent,
    pub(super) kind: ItemKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ItemKind {
    First,
    Event,
    Notice,
    CaughtUp,
    /// The last item: the instance is stopping, and the client should reconnect to another one.
    Stopping,
}

impl Feed {
    pub(super) fn new(
        state: web::Data<State>,
        caller: Principal,
        listener: Listener,
        memory: StreamMemory,
    ) -> Self {
        let now = Instant::now();
        let (via, heartbeat_at) = (caller.via, now + HEARTBEAT);
        let ends_at = now + remaining_time(end_of(via), state.clock.now());
        let timer = Box::pin(sleep_until(heartbeat_at.min(ends_at)));
        Self { state, listener, via, first: Vec::new(), memory, heartbeat_at, timer, finished: false }
    }

    /// Queues an item to send first, with the position that the stream starts from.
    pub(super) fn queue_first(&mut self, kind: WithHeads, id: String) {
        self.first.push((kind, id));
    }

    /// Returns the next item; `None` after the last.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Item>> {
        if self.finished {
            return Poll::Ready(None);
        }
        if self.is_refused() {
            return Poll::Ready(Some(self.refused()));
        }
        if self.is_outdated() {
            return Poll::Ready(self.stop());
        }
        if self.state.ended.is_stale() {
            if self.listener.is_stopping() {
                let encoded = self.heartbeat();
                return Poll::Ready(Some(self.last(ItemKind::Stopping, encoded)));
            }
            return self.poll_recheck(context);
        }
        // The user may have joined many chatrooms meanwhile.
        if !self.memory.hold(self.listener.positions().len()) {
            return Poll::Ready(self.stop());
        }
        if let Some(item) = self.next_first() {
            return Poll::Ready(Some(item));
        }
        match self.listener.poll(context) {
            Poll::Ready(update) => Poll::Ready(self.convert(update)),
            Poll::Pending => self.poll_timer(context),
        }
    }

    /// Ends the stream as if the instance were stopping, so that the client reconnects.
    pub(super) fn stop(&mut self) -> Option<Item> {
        (!self.finished).then(|| self.last(ItemKind::Stopping, self.heartbeat()))
    }

    /// Checks that the user may still act. If the session is over, the next item of the stream says so.
    pub(super) fn check(&self) -> Result<(), Problem> {
        if self.finished || self.is_refused() {
            return Err(Problem::invalid_token());
        }
        if self.state.ended.is_stale() { Err(Problem::unavailable()) } else { Ok(()) }
    }

    /// The current position in each chatroom.
    pub(super) fn positions(&self) -> impl ExactSizeIterator<Item = (chit_chat_domain::id::ChatroomId, Seq)> {
        self.listener.positions()
    }

    fn next_first(&mut self) -> Option<Item> {
        if self.first.is_empty() {
            return None;
        }
        let (kind, id) = self.first.remove(0);
        if self.first.is_empty() {
            // Frees memory: there are thousands of streams, and most of them only wait.
            self.first = Vec::new();
        }
        // Not earlier: these events are the largest of a stream.
        Some(Item { encoded: self.with_heads(kind, &id), kind: ItemKind::First })
    }

    fn convert(&mut self, update: Update) -> Option<Item> {
        match update {
            Update::Event(entry) => Some(Item { encoded: entry.encoded.clone(), kind: ItemKind::Event }),
            Update::Ephemeral(encoded) => Some(Item { encoded: *encoded, kind: ItemKind::Notice }),
            Update::Private(chatroom, private_change) => {
                let encoded = notice::private_change(chatroom, private_change, self.state.clock.now());
                Some(Item { encoded, kind: ItemKind::Notice })
            }
            Update::CaughtUp => {
                Some(Item { encoded: self.with_heads(WithHeads::CaughtUp, ""), kind: ItemKind::CaughtUp })
            }
            Update::End(End::Stopping) => Some(self.last(ItemKind::Stopping, self.heartbeat())),
            Update::End(End::NotAMember) => {
                self.finished = true;
                None
            }
        }
    }

    fn last(&mut self, kind: ItemKind, encoded: EncodedEvent) -> Item {
        self.finished = true;
        Item { encoded, kind }
    }

    fn refused(&mut self) -> Item {
        self.last(ItemKind::Notice, notice::unauthenticated(self.state.clock.now()))
    }

    /// Delivers nothing while it is unknown whether the session has ended.
    fn poll_recheck(&mut self, context: &mut Context<'_>) -> Poll<Option<Item>> {
        self.timer.as_mut().reset(Instant::now() + RECHECK_INTERVAL);
        while self.timer.as_mut().poll(context).is_ready() {
            self.timer.as_mut().reset(Instant::now() + RECHECK_INTERVAL);
        }
        Poll::Pending
    }

    fn poll_timer(&mut self, context: &mut Context<'_>) -> Poll<Option<Item>> {
        while self.timer.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            let is_due = self.heartbeat_at <= now;
            if is_due {
                self.heartbeat_at = now + HEARTBEAT;
            }
            let ends_at = now + remaining_time(end_of(self.via), self.state.clock.now()).max(RECHECK_INTERVAL);
            self.timer.as_mut().reset(self.heartbeat_at.min(ends_at));
            // A heartbeat promises that the heads are current, so none is sent while they may be stale.
            if is_due && self.state.streams.is_current() {
                return Poll::Ready(Some(Item { encoded: self.heartbeat(), kind: ItemKind::Notice }));
            }
            if self.is_refused() {
                return Poll::Ready(Some(self.refused()));
            }
            if self.is_outdated() {
                return Poll::Ready(self.stop());
            }
        }
        Poll::Pending
    }

    fn is_refused(&self) -> bool {
        self.via.expires_at() <= self.state.clock.now() || self.state.has_ended(self.via)
    }

    /// Returns whether a key has to be looked up again, for which the client reconnects.
    fn is_outdated(&self) -> bool {
        self.via.checked_until() <= self.state.clock.now()
    }

    fn with_heads(&self, kind: WithHeads, id: &str) -> EncodedEvent {
        kind.encoded(id, self.state.clock.now(), self.listener.heads(), self.listener.left_out())
    }

    /// Creates a heartbeat with the heads that have moved lately: with all of them it would be as long as the user's
    /// list of chatrooms.
    fn heartbeat(&self) -> EncodedEvent {
        let lately = std::time::Instant::now().checked_sub(ANNOUNCED);
        let moved = lately.into_iter().flat_map(|lately| self.listener.heads_moved_since(lately));
        WithHeads::Heartbeat.encoded("", self.state.clock.now(), moved, self.listener.left_out())
    }
}

/// The time at which the credential expires, or has to be looked up again.
fn end_of(via: Via) -> Timestamp {
    via.expires_at().min(via.checked_until())
}

/// The time from `now` until `until`; zero if it has passed.
fn remaining_time(until: Timestamp, now: Timestamp) -> Duration {
    Duration::from_micros(u64::try_from(until.as_micros() - now.as_micros()).unwrap_or_default())
}
