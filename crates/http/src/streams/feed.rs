//! The content of a stream, independent of its transport: events, heartbeats and the end.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::rt::time::{Instant, Sleep, sleep_until};
use actix_web::web;
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::credential::Via;
use chit_chat_live::{End, Listener, News, Written};

use super::notice::{self, WithHeads};
use crate::extract::Principal;
use crate::problem::Problem;
use crate::state::State;

/// Clients reconnect if they receive nothing for longer.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// A client that reads nothing for this long, although a heartbeat is due, is disconnected.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// The interval of checks while sessions cannot be trusted.
const DISTRUST: Duration = Duration::from_millis(250);

/// A stream, from its first event to its last.
pub(super) struct Feed {
    state: web::Data<State>,
    listener: Listener,
    via: Via,
    /// Items to send before anything else, in this order.
    first: Vec<Said>,
    heartbeat_at: Instant,
    timer: Pin<Box<Sleep>>,
    over: bool,
}

/// An item to send.
pub(super) struct Said {
    pub(super) written: Written,
    pub(super) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    First,
    Event,
    Notice,
    CaughtUp,
    /// The last item: the instance is stopping, and the client should reconnect to another one.
    Stopping,
}

impl Feed {
    pub(super) fn new(state: web::Data<State>, caller: Principal, listener: Listener) -> Self {
        let now = Instant::now();
        let (via, heartbeat_at) = (caller.via, now + HEARTBEAT);
        let ends_at = now + left(via.expires_at(), state.clock.now());
        let timer = Box::pin(sleep_until(heartbeat_at.min(ends_at)));
        Self { state, listener, via, first: Vec::new(), heartbeat_at, timer, over: false }
    }

    /// Queues an item to send first, with the position that the stream starts from.
    pub(super) fn say_first(&mut self, what: WithHeads, id: &str) {
        let written = what.written(id, self.state.clock.now(), self.listener.heads());
        self.first.push(Said { written, what: What::First });
    }

    /// Returns the next item; `None` after the last.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Said>> {
        if self.over {
            return Poll::Ready(None);
        }
        if self.is_refused() {
            return Poll::Ready(Some(self.refused()));
        }
        if self.state.ended.is_stale() {
            if self.listener.is_stopping() {
                let written = self.with_heads(WithHeads::Heartbeat);
                return Poll::Ready(Some(self.last(What::Stopping, written)));
            }
            return self.distrust(context);
        }
        if let Some(said) = self.say_first_thing() {
            return Poll::Ready(Some(said));
        }
        match self.listener.poll(context) {
            Poll::Ready(news) => Poll::Ready(self.tell(news)),
            Poll::Pending => self.poll_timer(context),
        }
    }

    /// Checks that the user may still act. If the session is over, the next item of the stream says so.
    pub(super) fn check(&self) -> Result<(), Problem> {
        if self.over || self.is_refused() {
            return Err(Problem::invalid_token());
        }
        if self.state.ended.is_stale() { Err(Problem::unavailable()) } else { Ok(()) }
    }

    /// The current position in each chatroom.
    pub(super) fn positions(&self) -> impl ExactSizeIterator<Item = (chit_chat_domain::id::ChatroomId, Seq)> {
        self.listener.positions()
    }

    fn say_first_thing(&mut self) -> Option<Said> {
        if self.first.is_empty() {
            return None;
        }
        let said = self.first.remove(0);
        if self.first.is_empty() {
            // Frees memory: there are thousands of streams, and most of them only wait.
            self.first = Vec::new();
        }
        Some(said)
    }

    fn tell(&mut self, news: News) -> Option<Said> {
        match news {
            News::Event(entry) => Some(Said { written: entry.written.clone(), what: What::Event }),
            News::Aside(written) => Some(Said { written: *written, what: What::Notice }),
            News::Own(chatroom, own) => {
                let written = notice::own(chatroom, own, self.state.clock.now());
                Some(Said { written, what: What::Notice })
            }
            News::CaughtUp => Some(Said { written: self.with_heads(WithHeads::CaughtUp), what: What::CaughtUp }),
            News::End(End::Stopping) => Some(self.last(What::Stopping, self.with_heads(WithHeads::Heartbeat))),
            News::End(End::NotAMember) => {
                self.over = true;
                None
            }
        }
    }

    fn last(&mut self, what: What, written: Written) -> Said {
        self.over = true;
        Said { written, what }
    }

    fn refused(&mut self) -> Said {
        self.last(What::Notice, notice::unauthenticated(self.state.clock.now()))
    }

    /// Delivers nothing while it is unknown whether the session has ended.
    fn distrust(&mut self, context: &mut Context<'_>) -> Poll<Option<Said>> {
        self.timer.as_mut().reset(Instant::now() + DISTRUST);
        while self.timer.as_mut().poll(context).is_ready() {
            self.timer.as_mut().reset(Instant::now() + DISTRUST);
        }
        Poll::Pending
    }

    fn poll_timer(&mut self, context: &mut Context<'_>) -> Poll<Option<Said>> {
        while self.timer.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            let is_due = self.heartbeat_at <= now;
            if is_due {
                self.heartbeat_at = now + HEARTBEAT;
            }
            let ends_at = now + left(self.via.expires_at(), self.state.clock.now()).max(DISTRUST);
            self.timer.as_mut().reset(self.heartbeat_at.min(ends_at));
            // A heartbeat promises that the heads are current, so none is sent while they may be stale.
            if is_due && self.state.streams.is_current() {
                return Poll::Ready(Some(Said {
                    written: self.with_heads(WithHeads::Heartbeat),
                    what: What::Notice,
                }));
            }
            if self.is_refused() {
                return Poll::Ready(Some(self.refused()));
            }
        }
        Poll::Pending
    }

    fn is_refused(&self) -> bool {
        self.via.expires_at() <= self.state.clock.now() || self.state.has_ended(self.via)
    }

    fn with_heads(&self, what: WithHeads) -> Written {
        what.written("", self.state.clock.now(), self.listener.heads())
    }
}

/// The time from `now` until `until`; zero if it has passed.
fn left(until: Timestamp, now: Timestamp) -> Duration {
    Duration::from_micros(u64::try_from(until.as_micros() - now.as_micros()).unwrap_or_default())
}
