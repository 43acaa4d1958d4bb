//! Executes work in batches: while one batch is executed, the next one is collected.
//!
//! There is no timer. An idle worker takes an item at once and alone; a busy worker finds a batch in the queue. No
//! caller's thread is blocked meanwhile. Several workers execute several batches at once, but never two with items
//! of the same lane.

use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use chit_chat_domain::pending::{Completer, Pending};
use chit_chat_domain::store_error::StoreError;
use chit_chat_threads::{Priority, Threads};
use metrics::{Counter, Gauge, Histogram};

use super::lane_queue::LaneQueue;
use super::sync::{Condvar, Mutex, MutexGuard, yield_now};

/// Executes a batch on a worker thread, and returns one answer per item, in their order.
pub(crate) type Work<I, O> = dyn Fn(&[I]) -> Vec<Result<O, StoreError>> + Send + Sync;

/// The options of a batcher.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatcherOptions {
    /// The name of the threads.
    pub(crate) name: &'static str,
    pub(crate) workers: u32,
    /// The maximum number of items in a batch.
    pub(crate) largest_batch: usize,
    /// The maximum number of queued items; more are rejected.
    pub(crate) capacity: usize,
}

/// The metrics of a batcher.
pub(crate) struct BatchMetrics {
    pub(crate) waiting: Gauge,
    pub(crate) turned_away: Counter,
    /// The time from queueing an item to its answer.
    pub(crate) duration: Histogram,
    pub(crate) batches: Counter,
}

/// Accepts items without blocking, and executes them on its own threads. When dropped, it executes the queued
/// items, then stops.
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
    queue: LaneQueue<(I, Recipient<O>), L>,
    idle: usize,
    closed: bool,
}

/// The recipient of an answer, and the time since which it waits.
struct Recipient<O> {
    completer: Completer<O>,
    at: Instant,
}

/// Items that are executed together, and the lanes that they keep busy.
struct Batch<I, O, L> {
    lanes: Vec<L>,
    items: Vec<I>,
    recipients: Vec<Recipient<O>>,
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
        workers.on_stop(move || closing.close());
        workers
            .start_each(options.name, 0..options.workers, Priority::Normal, move || serving.serve(&*work))
            .map_err(|error| StoreError::Other(format!("cannot start a thread for {}: {error}", options.name)))?;
        Ok(Self { shared, _workers: workers })
    }

    /// Queues an item; if the queue is full, the answer is `Busy` at once.
    pub(crate) fn push(&self, item: I) -> Pending<O> {
        self.shared.push(item)
    }
}

impl<I, O, L: Copy + Eq + Hash> Shared<I, O, L> {
    fn new(options: BatcherOptions, metrics: BatchMetrics, lane_of: fn(&I) -> L) -> Self {
        let state = Mutex::new(State { queue: LaneQueue::new(), idle: 0, closed: false });
        Self { options, lane_of, state, changed: Condvar::new(), metrics }
    }

    fn push(&self, item: I) -> Pending<O> {
        let lane = (self.lane_of)(&item);
        let mut state = self.lock();
        if state.queue.len() >= self.options.capacity {
            self.metrics.turned_away.increment(1);
            return Pending::ready(Err(StoreError::Busy));
        }
        let (completer, pending) = Pending::channel();
        let is_free = state.queue.push(lane, (item, Recipient { completer, at: Instant::now() }));
        let wakes_worker = is_free && state.idle > 0;
        drop(state);
        self.metrics.waiting.increment(1);
        if wakes_worker {
            self.changed.notify_one();
        }
        pending
    }

    fn serve(&self, work: &Work<I, O>) {
        while let Some(Batch { lanes, items, recipients }) = self.take() {
            // A panic must not end the thread, because the store would stop with it. The callers get `Unavailable`
            // from the dropped completers.
            let done = catch_unwind(AssertUnwindSafe(|| self.answer(recipients, work(&items))));
            if done.is_err() {
                tracing::error!(name = self.options.name, "a batch panicked");
            }
            self.lock().queue.release(&lanes);
        }
    }

    fn answer(&self, recipients: Vec<Recipient<O>>, answers: Vec<Result<O, StoreError>>) {
        for (Recipient { completer, at }, answer) in recipients.into_iter().zip(answers) {
            self.metrics.duration.record(at.elapsed());
            completer.complete(answer);
        }
    }

    /// Takes the queued items of free lanes, up to the largest batch. Returns `None` if this worker should stop:
    /// the batcher is closed, and the remaining items are in lanes of other workers.
    fn take(&self) -> Option<Batch<I, O, L>> {
        let mut state = self.lock();
        loop {
            while !state.queue.has_available() {
                if state.closed {
                    return None;
                }
                state.idle += 1;
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
            }
            state = self.wait_while_growing(state);
            let (lanes, taken) = state.queue.take(self.options.largest_batch);
            if !taken.is_empty() {
                // No worker was woken for the items beyond this batch, because their lanes were busy.
                if state.idle > 0 && state.queue.has_available() {
                    self.changed.notify_one();
                }
                drop(state);
                return Some(self.start_batch(lanes, taken));
            }
        }
    }

    /// Starts a batch, without the items whose caller no longer waits and has reported a failure.
    fn start_batch(&self, lanes: Vec<L>, taken: Vec<(I, Recipient<O>)>) -> Batch<I, O, L> {
        self.metrics.batches.increment(1);
        self.metrics.waiting.decrement(u32::try_from(taken.len()).unwrap_or(u32::MAX));
        let (items, recipients) =
            taken.into_iter().filter(|(_, recipient)| recipient.completer.is_awaited()).unzip();
        Batch { lanes, items, recipients }
    }

    /// Yields while the queue grows. On a busy machine, other threads may be about to push, and taking the few
    /// queued items would spend the processor on small batches. On an idle machine, this costs nothing.
    fn wait_while_growing<'a>(
        &'a self,
        mut state: MutexGuard<'a, State<I, O, L>>,
    ) -> MutexGuard<'a, State<I, O, L>> {
        loop {
            let before = state.queue.len();
            drop(state);
            yield_now();
            state = self.lock();
            if state.queue.len() <= before || state.queue.len() >= self.options.largest_batch {
                return state;
            }
        }
    }
}

impl<I, O, L> Shared<I, O, L> {
    /// Stops the workers once they have executed the queued items.
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
        Batcher::start(OPTIONS, noop_metrics(), |_| (), &(Arc::new(work) as _)).unwrap()
    }

    fn noop_metrics() -> BatchMetrics {
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
    fn workers_take_separate_lanes_and_keep_order() {
        const LANES: usize = 5;
        let lanes: Arc<[Mutex<Vec<usize>>; LANES]> = Arc::default();
        let (done, together) = (Arc::clone(&lanes), Arc::new(Barrier::new(2)));
        let work = move |items: &[usize]| {
            let mine: HashSet<usize> = items.iter().map(|item| item % LANES).collect();
            let mut held: Vec<_> = mine.iter().map(|lane| (lane, done[*lane].try_lock().unwrap())).collect();
            if items.iter().any(|item| *item < 2) {
                // This returns only if two batches are executed at once.
                together.wait();
            }
            for (lane, done) in &mut held {
                done.extend(items.iter().filter(|item| *item % LANES == **lane));
            }
            items.iter().map(|item| Ok(*item)).collect()
        };
        let options = BatcherOptions { workers: 3, capacity: 1_000, ..OPTIONS };
        let batcher: Batcher<usize, usize, usize> =
            Batcher::start(options, noop_metrics(), |item| item % LANES, &(Arc::new(work) as _)).unwrap();
        let first = batcher.push(0);
        while batcher.shared.lock().queue.len() > 0 {
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
            Batcher::start(OPTIONS, noop_metrics(), |_| (), &(Arc::new(work) as _)).unwrap();
        assert!(matches!(batcher.push(13).wait(), Err(StoreError::Unavailable(_))));
        assert_eq!(batcher.push(14).wait(), Ok(14));
    }
}
