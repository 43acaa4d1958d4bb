//! The progress of one request and its response, shared by the socket, the reader of the body, and the response.

use std::cell::{Cell, RefCell};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use actix_web::rt;
use actix_web::rt::time::sleep;

/// The number of bytes of a payload that may pass before its reader asks for more.
const WINDOW: usize = 16 * 1024;
/// The time between two such windows that are dropped: 1 MiB, the largest body, passes in 0.3 seconds.
const PAUSE: Duration = Duration::from_millis(5);

/// The current request of a connection.
pub(super) struct Transfer {
    response: Cell<Response>,
    /// The number of bytes of the payload that passed since its reader last waited.
    unread: Cell<usize>,
    /// The task to wake when the reader waits for more.
    paused: RefCell<Option<Waker>>,
    /// The end of the pause before the next window is dropped.
    resumes_at: Cell<Option<Instant>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Response {
    /// The request is being handled, or its response is being made.
    Unfinished,
    /// actix has all of it.
    Made,
    /// The kernel has all of it.
    Written,
}

impl Transfer {
    pub(super) fn new() -> Self {
        Self {
            response: Cell::new(Response::Written),
            unread: Cell::new(0),
            paused: RefCell::default(),
            resumes_at: Cell::new(None),
        }
    }

    /// Begins the next request, whose head has passed.
    pub(super) fn begin(&self) {
        self.response.set(Response::Unfinished);
        self.unread.set(0);
        self.resumes_at.set(None);
    }

    /// The whole response was handed to actix.
    pub(super) fn made(&self) {
        self.response.set(Response::Made);
        self.wake();
    }

    /// Everything handed to actix so far was written; returns whether this completes a response.
    pub(super) fn flushed(&self) -> bool {
        let is_made = self.response.get() == Response::Made;
        if is_made {
            self.response.set(Response::Written);
        }
        is_made
    }

    pub(super) fn is_written(&self) -> bool {
        self.response.get() == Response::Written
    }

    /// So many bytes of a payload have passed.
    pub(super) fn passed(&self, count: usize) {
        self.unread.set(self.unread.get().saturating_add(count));
    }

    /// The reader has taken everything that passed, and waits for more.
    pub(super) fn read_on(&self) {
        self.unread.set(0);
        self.wake();
    }

    /// Returns whether the reader has to take what passed first. After the response, actix reads and drops the rest
    /// for a while; this slows it down, because a client can send faster than the worker has time for.
    pub(super) fn pauses(&self, context: &mut Context<'_>) -> bool {
        if self.unread.get() < WINDOW {
            return false;
        }
        if self.response.get() == Response::Unfinished {
            self.paused.replace(Some(context.waker().clone()));
            return true;
        }
        let now = Instant::now();
        let resumes_at = self.resumes_at.get();
        if resumes_at.is_some_and(|at| at <= now) {
            self.resumes_at.set(None);
            self.unread.set(0);
            return false;
        }
        if resumes_at.is_none() {
            self.resumes_at.set(Some(now + PAUSE));
            let task = context.waker().clone();
            rt::spawn(async move {
                sleep(PAUSE).await;
                task.wake();
            });
        }
        true
    }

    fn wake(&self) {
        if let Some(task) = self.paused.take() {
            task.wake();
        }
    }
}
