//! The queue between those who send messages and the threads that write them.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use chit_chat_domain::chatroom::Guard;
use chit_chat_domain::message::{Appended, NewMessage};
use chit_chat_domain::pending::{Completer, Pending};
use chit_chat_domain::store_error::StoreError;

use crate::send_metrics::SendMetrics;

/// More waiting sends than this are turned away.
const CAPACITY: usize = 4_096;

/// A message that waits to be written.
#[derive(Debug)]
pub struct Waiting {
    pub message: NewMessage,
    pub guard: Guard,
}

/// Writes one message, on a thread of the queue.
pub type Write = dyn Fn(&Waiting) -> Result<Appended, StoreError> + Send + Sync;

/// Takes sends without blocking and has them written by threads of its own. Dropped, it writes what
/// it has taken, then stops.
pub struct SendQueue {
    shared: Arc<Shared>,
    writers: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    metrics: SendMetrics,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<(Waiting, Handed)>,
    closed: bool,
}

/// Where the answer goes, and since when it is waited for.
struct Handed {
    completer: Completer<Appended>,
    at: Instant,
}

impl SendQueue {
    /// Starts the writing threads.
    pub fn start(writers: usize, write: &Arc<Write>) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared::default());
        let writers = (0..writers)
            .map(|n| {
                let (shared, write) = (Arc::clone(&shared), Arc::clone(write));
                thread::Builder::new().name(format!("send-{n}")).spawn(move || shared.serve(&*write))
            })
            .collect::<Result<_, _>>()
            .map_err(|error| StoreError::Other(format!("no thread to send by: {error}")))?;
        Ok(Self { shared, writers })
    }

    /// Hands over a message.
    pub fn push(&self, message: NewMessage, guard: Guard) -> Pending<Appended> {
        let mut state = self.shared.lock();
        if state.closed || state.waiting.len() >= CAPACITY {
            self.shared.metrics.turned_away.increment(1);
            return Pending::ready(Err(StoreError::Unavailable("too many messages are waiting".into())));
        }
        let (completer, pending) = Pending::channel();
        state.waiting.push_back((Waiting { message, guard }, Handed { completer, at: Instant::now() }));
        drop(state);
        self.shared.metrics.waiting.increment(1);
        self.shared.changed.notify_one();
        pending
    }
}

impl Drop for SendQueue {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        for writer in self.writers.drain(..) {
            // A writer that panicked has abandoned its send, which answers the sender.
            drop(writer.join());
        }
    }
}

impl Shared {
    fn serve(&self, write: &Write) {
        while let Some((send, Handed { completer, at })) = self.take() {
            self.metrics.waiting.decrement(1);
            let outcome = write(&send);
            self.metrics.sent(&outcome, at.elapsed());
            completer.complete(outcome);
        }
    }

    fn take(&self) -> Option<(Waiting, Handed)> {
        let mut state = self.lock();
        loop {
            if let Some(next) = state.waiting.pop_front() {
                return Some(next);
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
