//! An answer that arrives later, built only on the standard library.
//!
//! Waiting senders must not block a thread each: a store accepts a write at once and completes it from the thread
//! that commits it. Tests and threads call [`wait`](Pending::wait); async callers await.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::PoisonError;
use std::task::{Context, Poll, Waker};

use crate::store_error::StoreError;
use crate::sync::{Arc, Condvar, Mutex, MutexGuard};

/// An answer of a store, available now or later.
#[must_use = "the outcome of a write decides what to answer"]
pub struct Pending<T>(Arc<Shared<T>>);

/// The store's end of a [`Pending`]. Dropping it without an answer answers `Unavailable`.
pub struct Completer<T>(Option<Arc<Shared<T>>>);

struct Shared<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
}

struct State<T> {
    answer: Option<Result<T, StoreError>>,
    waiting: Waiting,
}

/// The party to notify of the answer.
enum Waiting {
    Nobody,
    Thread,
    Task(Waker),
}

impl<T> Shared<T> {
    fn new(answer: Option<Result<T, StoreError>>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(State { answer, waiting: Waiting::Nobody }), arrived: Condvar::new() })
    }

    // A panic elsewhere cannot leave the state inconsistent: every change to it is one assignment.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Pending<T> {
    /// An answer that is already available.
    pub fn ready(answer: Result<T, StoreError>) -> Self {
        Self(Shared::new(Some(answer)))
    }

    /// A pending answer, and the end that completes it.
    pub fn channel() -> (Completer<T>, Self) {
        let shared = Shared::new(None);
        (Completer(Some(Arc::clone(&shared))), Self(shared))
    }

    /// Blocks this thread until the answer arrives.
    pub fn wait(self) -> Result<T, StoreError> {
        let mut state = self.0.lock();
        loop {
            if let Some(answer) = state.answer.take() {
                return answer;
            }
            state.waiting = Waiting::Thread;
            state = self.0.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, StoreError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.0.lock();
        if let Some(answer) = state.answer.take() {
            return Poll::Ready(answer);
        }
        state.waiting = Waiting::Task(context.waker().clone());
        Poll::Pending
    }
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending")
    }
}

impl<T> Completer<T> {
    /// Returns false if the waiting side has given up.
    pub fn is_awaited(&self) -> bool {
        self.0.as_ref().is_some_and(|shared| Arc::strong_count(shared) > 1)
    }

    /// Completes the pending answer.
    pub fn complete(mut self, answer: Result<T, StoreError>) {
        self.answer(answer);
    }

    fn answer(&mut self, answer: Result<T, StoreError>) {
        if let Some(shared) = self.0.take() {
            let waiting = {
                let mut state = shared.lock();
                state.answer = Some(answer);
                mem::replace(&mut state.waiting, Waiting::Nobody)
            };
            match waiting {
                Waiting::Nobody => {}
                Waiting::Thread => shared.arrived.notify_one(),
                Waiting::Task(waker) => waker.wake(),
            }
        }
    }
}

impl<T> Drop for Completer<T> {
    fn drop(&mut self) {
        self.answer(Err(StoreError::Unavailable("the store stopped before it completed the operation".into())));
    }
}

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn answer_reaches_waiting_thread() {
        let (completer, pending) = Pending::channel();
        let waiting = thread::spawn(|| pending.wait());
        completer.complete(Ok(7));
        assert_eq!(waiting.join().unwrap(), Ok(7));
    }

    #[test]
    fn dropped_completer_answers_unavailable() {
        let (completer, pending) = Pending::<()>::channel();
        drop(completer);
        assert!(matches!(pending.wait(), Err(StoreError::Unavailable(_))));
    }

    #[test]
    fn dropped_pending_is_not_awaited() {
        let (completer, pending) = Pending::<()>::channel();
        assert!(completer.is_awaited());
        drop(pending);
        assert!(!completer.is_awaited());
    }

    #[test]
    fn answer_wakes_task() {
        let (completer, mut pending) = Pending::channel();
        let mut context = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut pending).poll(&mut context).is_pending());
        completer.complete(Ok('a'));
        assert_eq!(Pin::new(&mut pending).poll(&mut context), Poll::Ready(Ok('a')));
    }
}

#[cfg(all(test, loom))]
mod interleavings {
    use loom::sync::Notify;
    use loom::{model, thread};

    use super::*;

    /// Wakes the thread that polls.
    struct TestWaker(Notify);

    impl std::task::Wake for TestWaker {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.notify();
        }
    }

    fn awaited<T>(mut pending: Pending<T>) -> Result<T, StoreError> {
        let test_waker = std::sync::Arc::new(TestWaker(Notify::new()));
        let waker = Waker::from(std::sync::Arc::clone(&test_waker));
        loop {
            if let Poll::Ready(answer) = Pin::new(&mut pending).poll(&mut Context::from_waker(&waker)) {
                return answer;
            }
            test_waker.0.wait();
        }
    }

    #[test]
    fn answer_reaches_waiting_thread() {
        model(|| {
            let (completer, pending) = Pending::channel();
            let completing = thread::spawn(move || completer.complete(Ok(7)));
            assert_eq!(pending.wait(), Ok(7));
            completing.join().unwrap();
        });
    }

    #[test]
    fn answer_wakes_task() {
        model(|| {
            let (completer, pending) = Pending::channel();
            let completing = thread::spawn(move || completer.complete(Ok(7)));
            assert_eq!(awaited(pending), Ok(7));
            completing.join().unwrap();
        });
    }

    #[test]
    fn dropped_completer_ends_wait() {
        model(|| {
            let (completer, pending) = Pending::<()>::channel();
            let dropping = thread::spawn(move || drop(completer));
            assert!(matches!(awaited(pending), Err(StoreError::Unavailable(_))));
            dropping.join().unwrap();
        });
    }
}
