//! A connection that makes room for another: what it is doing, and how it ends.

use std::net::Shutdown;
use std::task::Context;
use std::time::{Duration, Instant};

use super::Connection;
use super::room::{Doing, Seen};

/// The time for a stream or an answer to end before its connection is shut down.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl Connection {
    fn doing(&self) -> Doing {
        let is_written = self.transfer.is_written();
        match self.receiving.get() {
            _ if self.is_stream.get() && !is_written => Doing::Stream,
            Doing::Nothing if !is_written => Doing::Answer,
            receiving => receiving,
        }
    }

    /// The state from which it is chosen to make room; `None` if it was chosen already.
    pub(super) fn seen(&self) -> Option<Seen> {
        let idle_since = self.idle_since().filter(|_| !self.is_stream.get());
        let (source, client) = (self.source, self.proxied_client());
        self.leaves_by.get().is_none().then(|| Seen { source, client, doing: self.doing(), idle_since })
    }

    /// Returns whether it still has time to make room for another.
    pub(super) fn is_leaving(&self, now: Instant) -> bool {
        self.leaves_by.get().is_some_and(|by| now < by)
    }

    /// Ends the connection. A stream can send its last event, and an answer still reaches the client.
    pub(super) fn make_room(&self, now: Instant) {
        self.counted.take();
        self.client_leaves();
        self.leaves_by.set(Some(now + LAST_WORDS));
        let (doing, is_stuck) = (self.doing(), self.pace.is_waiting());
        if doing == Doing::Stream && !is_stuck {
            if let Some(task) = self.stream.take() {
                task.wake();
            }
            return;
        }
        let how = if doing == Doing::Answer && !is_stuck { Shutdown::Read } else { Shutdown::Both };
        drop(self.socket.shutdown(how));
    }

    /// Accepts no further request once a response is written, if the connection makes room for another.
    pub(super) fn leave_after_answer(&self) {
        if self.leaves_by.get().is_some() {
            drop(self.socket.shutdown(Shutdown::Read));
        }
    }

    /// Returns whether a stream has to end because its connection makes room for another. Wakes the task if that
    /// happens later.
    pub(crate) fn makes_room(&self, context: &Context<'_>) -> bool {
        let mut stream = self.stream.borrow_mut();
        if !stream.as_ref().is_some_and(|task| task.will_wake(context.waker())) {
            *stream = Some(context.waker().clone());
        }
        self.leaves_by.get().is_some()
    }
}
