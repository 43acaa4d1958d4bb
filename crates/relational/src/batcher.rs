//! Work that is done together: while one batch is being done the next one gathers.
//!
//! There is no timer. Idle, a worker takes what comes at once and alone; busy, it finds a batch
//! waiting. Nobody's thread is blocked meanwhile.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use chit_chat_domain::pending::{Completer, Pending};
use chit_chat_domain::store_error::StoreError;

use metrics::{Counter, Gauge, Histogram};

/// Does a batch on a worker's thread, and answers each item in its place.
pub type Work<I, O> = dyn Fn(&[I]) -> Vec<Result<O, StoreError>> + Send + Sync;

/// How a batcher works.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Of the threads.
    pub name: &'static str,
    pub workers: usize,
    /// More items are not done together.
    pub largest_batch: usize,
    /// More waiting items are turned away.
    pub capacity: usize,
}

/// What a batcher tells of itself.
pub struct BatchMetrics {
    pub waiting: Gauge,
    pub turned_away: Counter,
    /// From the queue to the answer.
    pub duration: Histogram,
    pub batches: Counter,
}

/// Takes work without blocking and has it done by threads of its own. Dropped, it does what it has
/// taken, then stops.
pub struct Batcher<I, O> {
    shared: Arc<Shared<I, O>>,
    workers: Vec<JoinHandle<()>>,
}

struct Shared<I, O> {
    settings: Settings,
    state: Mutex<State<I, O>>,
    changed: Condvar,
    metrics: BatchMetrics,
}

struct State<I, O> {
    waiting: VecDeque<(I, Handed<O>)>,
    idle: usize,
    closed: bool,
}

/// Where the answer goes, and since when it is waited for.
struct Handed<O> {
    completer: Completer<O>,
    at: Instant,
}

type Taken<I, O> = (Vec<I>, Vec<Handed<O>>);

impl<I: Send + 'static, O: Send + 'static> Batcher<I, O> {
    /// Starts the workers.
    pub fn start(settings: Settings, metrics: BatchMetrics, work: &Arc<Work<I, O>>) -> Result<Self, StoreError> {
        let state = State { waiting: VecDeque::new(), idle: 0, closed: false };
        let shared = Arc::new(Shared { settings, state: Mutex::new(state), changed: Condvar::new(), metrics });
        let workers = (0..settings.workers)
            .map(|n| {
                let (shared, work) = (Arc::clone(&shared), Arc::clone(work));
                thread::Builder::new().name(format!("{}-{n}", settings.name)).spawn(move || shared.serve(&*work))
            })
            .collect::<Result<_, _>>()
            .map_err(|error| StoreError::Other(format!("no thread for {}: {error}", settings.name)))?;
        Ok(Self { shared, workers })
    }

    /// Hands over an item; if too many wait, the answer says so at once.
    pub fn push(&self, item: I) -> Pending<O> {
        let mut state = self.shared.lock();
        if state.waiting.len() >= self.shared.settings.capacity {
            self.shared.metrics.turned_away.increment(1);
            return Pending::ready(Err(StoreError::Busy));
        }
        let (completer, pending) = Pending::channel();
        state.waiting.push_back((item, Handed { completer, at: Instant::now() }));
        let somebody_is_idle = state.idle > 0;
        drop(state);
        self.shared.metrics.waiting.increment(1);
        if somebody_is_idle {
            self.shared.changed.notify_one();
        }
        pending
    }
}

impl<I, O> Drop for Batcher<I, O> {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        for worker in self.workers.drain(..) {
            drop(worker.join());
        }
    }
}

impl<I, O> Shared<I, O> {
    fn serve(&self, work: &Work<I, O>) {
        while let Some((items, handed)) = self.take() {
            if items.is_empty() {
                continue;
            }
            // A panic must not cost the thread, and with it the store; those who wait hear that
            // their answer was abandoned.
            let Ok(answers) = catch_unwind(AssertUnwindSafe(|| work(&items))) else {
                tracing::error!(name = self.settings.name, "a batch was abandoned");
                continue;
            };
            for (Handed { completer, at }, answer) in handed.into_iter().zip(answers) {
                self.metrics.duration.record(at.elapsed());
                completer.complete(answer);
            }
        }
    }

    /// Everything that waits, up to the largest batch; `None` when there will be nothing any more. What
    /// nobody waits for any more was told to have failed, and is not begun.
    fn take(&self) -> Option<Taken<I, O>> {
        let mut state = self.lock();
        while state.waiting.is_empty() {
            if state.closed {
                return None;
            }
            state.idle += 1;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
        state = self.let_others_come(state);
        let size = state.waiting.len().min(self.settings.largest_batch);
        let taken = state.waiting.drain(..size).filter(|(_, handed)| handed.completer.is_awaited());
        let taken: Taken<I, O> = taken.unzip();
        drop(state);
        self.metrics.batches.increment(1);
        self.metrics.waiting.decrement(u32::try_from(size).unwrap_or(u32::MAX));
        Some(taken)
    }

    /// Threads that are ready to run may be about to push: on a busy machine a worker that takes the
    /// little that is there spends the processor on small batches. On an idle one this costs nothing.
    fn let_others_come<'a>(&'a self, mut state: MutexGuard<'a, State<I, O>>) -> MutexGuard<'a, State<I, O>> {
        loop {
            let before = state.waiting.len();
            drop(state);
            thread::yield_now();
            state = self.lock();
            if state.waiting.len() <= before || state.waiting.len() >= self.settings.largest_batch {
                return state;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<I, O>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const SETTINGS: Settings = Settings { name: "test", workers: 1, largest_batch: 4, capacity: 10 };

    /// Answers each item with the size of its batch; the first batch waits for the barrier.
    fn sizes(barrier: &Arc<Barrier>) -> Batcher<u32, usize> {
        let (barrier, batches) = (Arc::clone(barrier), AtomicUsize::new(0));
        let work = move |items: &[u32]| {
            if batches.fetch_add(1, Ordering::SeqCst) == 0 {
                barrier.wait();
                barrier.wait();
            }
            items.iter().map(|_| Ok(items.len())).collect()
        };
        Batcher::start(SETTINGS, unheard(), &(Arc::new(work) as _)).unwrap()
    }

    fn unheard() -> BatchMetrics {
        BatchMetrics {
            waiting: Gauge::noop(),
            turned_away: Counter::noop(),
            duration: Histogram::noop(),
            batches: Counter::noop(),
        }
    }

    #[test]
    fn what_gathers_while_a_batch_is_done_is_the_next_one() {
        let barrier = Arc::new(Barrier::new(2));
        let batcher = sizes(&barrier);
        let first = batcher.push(0);
        barrier.wait();
        let others: Vec<_> = (1..=6).map(|n| batcher.push(n)).collect();
        barrier.wait();
        assert_eq!(first.wait(), Ok(1));
        let sizes: Vec<_> = others.into_iter().map(|pending| pending.wait().unwrap()).collect();
        assert_eq!(sizes, [4, 4, 4, 4, 2, 2]);
    }

    #[test]
    fn more_than_fits_is_turned_away_at_once_and_the_rest_is_done_before_the_end() {
        let barrier = Arc::new(Barrier::new(2));
        let batcher = sizes(&barrier);
        let first = batcher.push(0);
        barrier.wait();
        let others: Vec<_> = (0..12).map(|n| batcher.push(n)).collect();
        barrier.wait();
        drop(batcher);
        assert_eq!(first.wait(), Ok(1));
        let (done, turned_away): (Vec<_>, Vec<_>) = others.into_iter().map(Pending::wait).partition(Result::is_ok);
        assert_eq!(done.len(), SETTINGS.capacity);
        assert_eq!(turned_away, vec![Err(StoreError::Busy); 2]);
    }

    #[test]
    fn a_panic_abandons_its_batch_and_no_other() {
        let work = |items: &[u32]| {
            assert!(!items.contains(&13), "unlucky");
            items.iter().map(|n| Ok(*n)).collect()
        };
        let batcher: Batcher<u32, u32> = Batcher::start(SETTINGS, unheard(), &(Arc::new(work) as _)).unwrap();
        assert!(matches!(batcher.push(13).wait(), Err(StoreError::Unavailable(_))));
        assert_eq!(batcher.push(14).wait(), Ok(14));
    }
}
