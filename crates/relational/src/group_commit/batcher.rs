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
    /// The maximum size of the queued items together; what would exceed it is rejected.
    pub(crate) capacity_bytes: usize,
}

/// The properties of an item by which it is queued.
pub(crate) struct Traits<I, L> {
    pub(crate) lane_of: fn(&I) -> L,
    /// The memory that an item occupies beyond its own type.
    pub(crate) bytes_of: fn(&I) -> usize,
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
    traits: Traits<I, L>,
    state: Mutex<State<I, O, L>>,
    changed: Condvar,
    metrics: BatchMetrics,
}

struct State<I, O, L> {
    queue: LaneQueue<(I, Recipient<O>), L>,
    /// The size of the queued items.
    bytes: usize,
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
        traits: Traits<I, L>,
        work: &Arc<Work<I, O>>,
    ) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared::new(options, metrics, traits));
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
    fn new(options: BatcherOptions, metrics: BatchMetrics, traits: Traits<I, L>) -> Self {
        let state = Mutex::new(State { queue: LaneQueue::new(), bytes: 0, idle: 0, closed: false });
        Self { options, traits, state, changed: Condvar::new(), metrics }
    }

    fn push(&self, item: I) -> Pending<O> {
        let (lane, bytes) = ((self.traits.lane_of)(&item), (self.traits.bytes_of)(&item));
        let mut state = self.lock();
        let has_room = state.bytes.saturating_add(bytes) <= self.options.capacity_bytes;
        if state.queue.len() >= self.options.capacity || !has_room {
            self.metrics.turned_away.increment(1);
            return Pending::ready(Err(StoreError::Busy));
        }
        state.bytes += bytes;
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
                state.bytes -= taken.iter().map(|(item, _)| (self.traits.bytes_of)(item)).sum::<usize>();
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
mod tests;
