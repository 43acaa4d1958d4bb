//! Work for a few threads of our own.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chit_chat_threads::{Priority, Threads};
use parking_lot::{Condvar, Mutex};

/// First come, first served. Whoever pushes sees to it that nothing waits twice.
pub(crate) struct Queue<J> {
    state: Mutex<State<J>>,
    changed: Condvar,
}

struct State<J> {
    jobs: VecDeque<J>,
    closed: bool,
}

/// The threads, until they are dropped.
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

    /// `None` when it is time to stop.
    fn pop(&self) -> Option<J> {
        let mut state = self.state.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            self.changed.wait(&mut state);
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
                    tracing::error!(name, "a job was abandoned; it will be tried again");
                    abandon(job);
                }
            }
        });
        let mut threads = Threads::default();
        threads.stop_by(move || closing.close());
        threads.start_each(name, 0..count, Priority::Normal, move || serve())?;
        Ok(Self { _threads: threads })
    }
}
