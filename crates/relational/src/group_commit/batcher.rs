//! Work that is done together: while one batch is being done the next one gathers.
//!
//! There is no timer. Idle, a worker takes what comes at once and alone; busy, it finds a batch
//! waiting. Nobody's thread is blocked meanwhile. Several workers have several batches under way, but
//! never two with items of the same lane.

use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use chit_chat_domain::pending::{Completer, Pending};
use chit_chat_domain::store_error::StoreError;
use chit_chat_threads::{Priority, Threads};
use metrics::{Counter, Gauge, Histogram};

use super::line::Line;
use super::sync::{Condvar, Mutex, MutexGuard, yield_now};

/// Does a batch on a worker's thread, and answers each item in its place.
pub(crate) type Work<I, O> = dyn Fn(&[I]) -> Vec<Result<O, StoreError>> + Send + Sync;

/// How a batcher works.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatcherOptions {
    /// Of the threads.
    pub(crate) name: &'static str,
    pub(crate) workers: u32,
    /// More items are not done together.
    pub(crate) largest_batch: usize,
    /// More waiting items are turned away.
    pub(crate) capacity: usize,
}

/// What a batcher tells of itself.
pub(crate) struct BatchMetrics {
    pub(crate) waiting: Gauge,
    pub(crate) turned_away: Counter,
    /// From the queue to the answer.
    pub(crate) duration: Histogram,
    pub(crate) batches: Counter,
}

/// Takes work without blocking and has it done by threads of its own. Dropped, it does what it has
/// taken, then stops.
pub(crate) struct Batcher<I, O, L> {
    shared: Arc<Shared<I, O, L>>,
    _workers: Threads,
}

struct Shared<I, O, L> {
    options: BatcherOptions,
    lane_of: fn(&I) -> L,
    state: Mutex<State<I, O, L>>,
    changed: Condvar,
    metrics: BatchMetrics,
}

struct State<I, O, L> {
    line: Line<(I, Handed<O>), L>,
    idle: usize,
    closed: bool,
}

/// Where the answer goes, and since when it is waited for.
struct Handed<O> {
    completer: Completer<O>,
    at: Instant,
}

/// What is done together, and the lanes that it keeps busy.
struct Batch<I, O, L> {
    lanes: Vec<L>,
    items: Vec<I>,
    handed: Vec<Handed<O>>,
}

impl<I, O, L> Batcher<I, O, L>
where
    I: Send + 'static,
    O: Send + 'static,
    L: Copy + Eq + Hash + Send + 'static,
{
    /// Starts the workers.
    pub(crate) fn start(
        options: BatcherOptions,
        metrics: BatchMetrics,
        lane_of: fn(&I) -> L,
        work: &Arc<Work<I, O>>,
    ) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared::new(options, metrics, lane_of));
        let (serving, closing, work) = (Arc::clone(&shared), Arc::clone(&shared), Arc::clone(work));
        let mut workers = Threads::default();
        workers.stop_by(move || closing.close());
        workers
            .start_each(options.name, 0..options.workers, Priority::Normal, move || serving.serve(&*work))
            .map_err(|error| StoreError::Other(format!("cannot start a thread for {}: {error}", options.name)))?;
        Ok(Self { shared, _workers: workers })
    }

    /// Hands over an item; if too many wait, the answer says so at once.
    pub(crate) fn push(&self, item: I) -> Pending<O> {
        self.shared.push(item)
    }
}

impl<I, O, L: Copy + Eq + Hash> Shared<I, O, L> {
    fn new(options: BatcherOptions, metrics: BatchMetrics, lane_of: fn(&I) -> L) -> Self {
        let state = Mutex::new(State { line: Line::new(), idle: 0, closed: false });
        Self { options, lane_of, state, changed: Condvar::new(), metrics }
    }

    fn push(&self, item: I) -> Pending<O> {
        let lane = (self.lane_of)(&item);
        let mut state = self.lock();
        if state.line.len() >= self.options.capacity {
            self.metrics.turned_away.increment(1);
            return Pending::ready(Err(StoreError::Busy));
        }
        let (completer, pending) = Pending::channel();
        let is_free = state.line.push(lane, (item, Handed { completer, at: Instant::now() }));
        let somebody_may_begin = is_free && state.idle > 0;
        drop(state);
        self.metrics.waiting.increment(1);
        if somebody_may_begin {
            self.changed.notify_one();
        }
        pending
    }

    fn serve(&self, work: &Work<I, O>) {
        while let Some(Batch { lanes, items, handed }) = self.take() {
            // A panic must not cost the thread, and with it the store; those who wait hear that
            // their answer was abandoned.
            let done = catch_unwind(AssertUnwindSafe(|| self.answer(handed, work(&items))));
            if done.is_err() {
                tracing::error!(name = self.options.name, "a batch panicked");
            }
            self.lock().line.let_go(&lanes);
        }
    }

    fn answer(&self, handed: Vec<Handed<O>>, answers: Vec<Result<O, StoreError>>) {
        for (Handed { completer, at }, answer) in handed.into_iter().zip(answers) {
            self.metrics.duration.record(at.elapsed());
            completer.complete(answer);
        }
    }

    /// Everything that waits and is free, up to the largest batch; `None` when there will be nothing any
    /// more for this worker: what is left is in the lanes of others.
    fn take(&self) -> Option<Batch<I, O, L>> {
        let mut state = self.lock();
        loop {
            while !state.line.has_free() {
                if state.closed {
                    return None;
                }
                state.idle += 1;
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
            }
            state = self.let_others_come(state);
            let (lanes, taken) = state.line.take(self.options.largest_batch);
            if !taken.is_empty() {
                // What is beyond this batch nobody was woken for: it was in lanes that were busy.
                if state.idle > 0 && state.line.has_free() {
                    self.changed.notify_one();
                }
                drop(state);
                return Some(self.begin(lanes, taken));
            }
        }
    }

    /// What nobody waits for any more was told to have failed, and is not begun.
    fn begin(&self, lanes: Vec<L>, taken: Vec<(I, Handed<O>)>) -> Batch<I, O, L> {
        self.metrics.batches.increment(1);
        self.metrics.waiting.decrement(u32::try_from(taken.len()).unwrap_or(u32::MAX));
        let (items, handed) = taken.into_iter().filter(|(_, handed)| handed.completer.is_awaited()).unzip();
        Batch { lanes, items, handed }
    }

    /// Threads that are ready to run may be about to push: on a busy machine a worker that takes the
    /// little that is there spends the processor on small batches. On an idle one this costs nothing.
    fn let_others_come<'a>(&'a self, mut state: MutexGuard<'a, State<I, O, L>>) -> MutexGuard<'a, State<I, O, L>> {
        loop {
            let before = state.line.len();
            drop(state);
            yield_now();
            state = self.lock();
            if state.line.len() <= before || state.line.len() >= self.options.largest_batch {
                return state;
            }
        }
    }
}

impl<I, O, L> Shared<I, O, L> {
    /// Workers stop when they have done what was pushed.
    fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<I, O, L>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(all(test, loom))]
mod interleavings;

#[cfg(test)]
#[cfg(not(loom))]
mod tests {
    use std::collections::HashSet;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const OPTIONS: BatcherOptions = BatcherOptions { name: "test", workers: 1, largest_batch: 4, capacity: 10 };

    /// Answers each item with the size of its batch; the first batch waits for the barrier.
    fn sizes(barrier: &Arc<Barrier>) -> Batcher<u32, usize, ()> {
        let (barrier, batches) = (Arc::clone(barrier), AtomicUsize::new(0));
        let work = move |items: &[u32]| {
            if batches.fetch_add(1, Ordering::SeqCst) == 0 {
                barrier.wait();
                barrier.wait();
            }
            items.iter().map(|_| Ok(items.len())).collect()
        };
        Batcher::start(OPTIONS, unheard(), |_| (), &(Arc::new(work) as _)).unwrap()
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
    fn items_queued_during_batch_form_next_batch() {
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
    fn full_queue_rejects_at_once_and_drop_completes_rest() {
        let barrier = Arc::new(Barrier::new(2));
        let batcher = sizes(&barrier);
        let first = batcher.push(0);
        barrier.wait();
        let others: Vec<_> = (0..12).map(|n| batcher.push(n)).collect();
        barrier.wait();
        drop(batcher);
        assert_eq!(first.wait(), Ok(1));
        let (done, turned_away): (Vec<_>, Vec<_>) = others.into_iter().map(Pending::wait).partition(Result::is_ok);
        assert_eq!(done.len(), OPTIONS.capacity);
        assert_eq!(turned_away, vec![Err(StoreError::Busy); 2]);
    }

    #[test]
    fn workers_take_separate_lanes_and_keep_their_order() {
        const LANES: usize = 5;
        let lanes: Arc<[Mutex<Vec<usize>>; LANES]> = Arc::default();
        let (done, together) = (Arc::clone(&lanes), Arc::new(Barrier::new(2)));
        let work = move |items: &[usize]| {
            let mine: HashSet<usize> = items.iter().map(|item| item % LANES).collect();
            let mut held: Vec<_> = mine.iter().map(|lane| (lane, done[*lane].try_lock().unwrap())).collect();
            if items.iter().any(|item| *item < 2) {
                // Two batches are under way at once, or this never ends.
                together.wait();
            }
            for (lane, done) in &mut held {
                done.extend(items.iter().filter(|item| *item % LANES == **lane));
            }
            items.iter().map(|item| Ok(*item)).collect()
        };
        let options = BatcherOptions { workers: 3, capacity: 1_000, ..OPTIONS };
        let batcher: Batcher<usize, usize, usize> =
            Batcher::start(options, unheard(), |item| item % LANES, &(Arc::new(work) as _)).unwrap();
        let first = batcher.push(0);
        while batcher.shared.lock().line.len() > 0 {
            yield_now();
        }
        let others: Vec<_> = (1..500).map(|item| batcher.push(item)).collect();
        assert_eq!(first.wait(), Ok(0));
        for (item, pending) in (1..).zip(others) {
            assert_eq!(pending.wait(), Ok(item));
        }
        for (lane, done) in lanes.iter().enumerate() {
            assert_eq!(*done.lock().unwrap(), (lane..500).step_by(LANES).collect::<Vec<_>>());
        }
    }

    #[test]
    fn panic_abandons_only_its_batch() {
        let work = |items: &[u32]| {
            assert!(!items.contains(&13), "unlucky");
            items.iter().map(|n| Ok(*n)).collect()
        };
        let batcher: Batcher<u32, u32, ()> =
            Batcher::start(OPTIONS, unheard(), |_| (), &(Arc::new(work) as _)).unwrap();
        assert!(matches!(batcher.push(13).wait(), Err(StoreError::Unavailable(_))));
        assert_eq!(batcher.push(14).wait(), Ok(14));
    }
}
