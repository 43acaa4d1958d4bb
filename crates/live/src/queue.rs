//! A job queue and its worker threads.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chit_chat_threads::{Priority, Threads};

use crate::sync::{Condvar, Mutex, wait};

/// A FIFO queue. Callers must not push a job that is already queued.
pub(crate) struct Queue<J> {
    state: Mutex<State<J>>,
    changed: Condvar,
}

struct State<J> {
    jobs: VecDeque<J>,
    closed: bool,
}

/// The worker threads; dropping this stops them.
pub(crate) struct Workers {
    _threads: Threads,
}

impl<J> Default for Queue<J> {
    fn default() -> Self {
        Self { state: Mutex::new(State { jobs: VecDeque::new(), closed: false }), changed: Condvar::new() }
    }
}

impl<J: Send + 'static> Queue<J> {
    pub(crate) fn push(&self, job: J) {
        self.state.lock().jobs.push_back(job);
        self.changed.notify_one();
    }

    /// Waits for the next job; returns `None` once the queue is closed.
    fn pop(&self) -> Option<J> {
        let mut state = self.state.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            state = wait(&self.changed, state);
        }
    }

    fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        state.jobs.clear();
        self.changed.notify_all();
    }
}

impl Workers {
    pub(crate) fn start<J: Send + 'static>(
        name: &'static str,
        count: usize,
        queue: &Arc<Queue<J>>,
        work: impl Fn(&J) + Send + Sync + 'static,
        abandon: impl Fn(J) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let (serving, closing) = (Arc::clone(queue), Arc::clone(queue));
        let serve = Arc::new(move || {
            while let Some(job) = serving.pop() {
                if catch_unwind(AssertUnwindSafe(|| work(&job))).is_err() {
                    tracing::error!(name, "a job panicked; it will be retried");
                    abandon(job);
                }
            }
        });
        let mut threads = Threads::default();
        threads.on_stop(move || closing.close());
        threads.start_each(name, 0..count, Priority::Normal, move || serve())?;
        Ok(Self { _threads: threads })
    }
}

#[cfg(all(test, loom))]
mod interleavings {
    use loom::{model, thread};

    use super::*;

    #[test]
    fn job_reaches_one_of_two_idle_workers() {
        model(|| {
            let queue = Arc::new(Queue::default());
            let workers = [(); 2].map(|()| {
                let queue = Arc::clone(&queue);
                thread::spawn(move || queue.pop())
            });
            queue.push(1);
            queue.push(2);
            let mut jobs = workers.map(|worker| worker.join().unwrap());
            jobs.sort_unstable();
            assert_eq!(jobs, [Some(1), Some(2)]);
        });
    }

    #[test]
    fn close_ends_every_worker() {
        model(|| {
            let queue = Arc::new(Queue::default());
            let workers = [(); 2].map(|()| {
                let queue = Arc::clone(&queue);
                thread::spawn(move || while queue.pop().is_some() {})
            });
            queue.push(1);
            queue.close();
            for worker in workers {
                worker.join().unwrap();
            }
        });
    }
}
