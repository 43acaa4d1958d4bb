//! A pool of threads that run queued jobs in order of arrival.

use std::io;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::{Priority, Threads};

type Job = Box<dyn FnOnce() + Send>;

/// Threads that run queued jobs. Dropping the pool finishes what is queued.
#[derive(Debug)]
pub struct Pool {
    /// The sender of jobs. It is dropped before the threads, which end once it is dropped.
    jobs: SyncSender<Job>,
    _threads: Threads,
}

/// The queue of a pool is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Pool {
    /// Starts this many threads, and a queue of this length.
    pub fn start(name: &'static str, threads: usize, priority: Priority, queue: usize) -> io::Result<Self> {
        // Declared before `jobs`, so that a failure drops `jobs` first, as dropping the pool does.
        let mut started = Threads::default();
        let (jobs, waiting) = sync_channel::<Job>(queue);
        let waiting = Arc::new(Mutex::new(waiting));
        started.start_each(name, 0..threads, priority, move || serve(name, &waiting))?;
        Ok(Self { jobs, _threads: started })
    }

    /// Queues a job.
    pub fn push(&self, job: impl FnOnce() + Send + 'static) -> Result<(), Full> {
        self.jobs.try_send(Box::new(job)).map_err(|_| Full)
    }
}

/// The number of threads for work that leaves a processor to everything else: one fewer than there are
/// processors, but at least one.
pub fn spare_processors() -> usize {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    processors.saturating_sub(1).max(1)
}

fn serve(name: &str, waiting: &Mutex<Receiver<Job>>) {
    loop {
        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else {
            return;
        };
        if catch_unwind(AssertUnwindSafe(job)).is_err() {
            tracing::error!(name, "a job panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn jobs_run_in_order_even_after_a_panic() {
        let pool = Pool::start("test", 1, Priority::Normal, 8).unwrap();
        let (done, finished) = channel();
        for n in 0..4 {
            let done = done.clone();
            let job = move || {
                assert_ne!(n, 1, "this job fails");
                done.send(n).unwrap();
            };
            pool.push(job).unwrap();
        }
        drop((done, pool));
        assert_eq!(finished.iter().collect::<Vec<_>>(), [0, 2, 3]);
    }

    #[test]
    fn full_queue_refuses_jobs() {
        let pool = Pool::start("test", 1, Priority::Normal, 1).unwrap();
        let (open, gate) = channel::<()>();
        let (begun, running) = channel();
        let job = move || {
            begun.send(()).unwrap();
            gate.recv().unwrap_err();
        };
        pool.push(job).unwrap();
        running.recv().unwrap();
        assert_eq!((pool.push(|| ()), pool.push(|| ())), (Ok(()), Err(Full)));
        drop(open);
    }
}
