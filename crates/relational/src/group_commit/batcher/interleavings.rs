//! Runs workers and senders in every order that a few preemptions allow.

use loom::model::Builder;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread::{self, JoinHandle};

use super::*;

/// Two preemptions are known to find nearly all locking errors, and more would take minutes.
const PREEMPTIONS: usize = 2;

type Items = Shared<u32, u32, ()>;

fn explore(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(PREEMPTIONS);
    builder.check(model);
}

/// The state of a batcher without its threads, whose items share one lane.
fn items(largest_batch: usize) -> Arc<Items> {
    let options = BatcherOptions { name: "model", workers: 0, largest_batch, capacity: 10, capacity_bytes: 10 };
    let metrics = BatchMetrics {
        waiting: Gauge::noop(),
        turned_away: Counter::noop(),
        duration: Histogram::noop(),
        batches: Counter::noop(),
    };
    Arc::new(Shared::new(options, metrics, Traits { lane_of: |_| (), bytes_of: |_| 1 }))
}

fn worker(items: &Arc<Items>, work: impl Fn(&u32) + Send + Sync + 'static) -> JoinHandle<()> {
    let items = Arc::clone(items);
    thread::spawn(move || {
        items.serve(&move |batch: &[u32]| {
            batch.iter().for_each(&work);
            batch.iter().map(|item| Ok(*item)).collect()
        });
    })
}

#[test]
fn idle_worker_misses_no_item() {
    explore(|| {
        let items = items(2);
        let worker = worker(&items, |_| ());
        for item in [1, 2] {
            assert_eq!(items.push(item).wait(), Ok(item));
        }
        items.close();
        worker.join().unwrap();
    });
}

#[test]
fn items_pushed_before_close_are_answered() {
    explore(|| {
        let items = items(1);
        let worker = worker(&items, |_| ());
        let pending = [1, 2].map(|item| items.push(item));
        items.close();
        assert_eq!(pending.map(Pending::wait), [Ok(1), Ok(2)]);
        worker.join().unwrap();
    });
}

#[test]
fn workers_never_share_lane() {
    explore(|| {
        let items = items(1);
        let busy = Arc::new(AtomicBool::new(false));
        let workers = [(); 2].map(|()| {
            let busy = Arc::clone(&busy);
            worker(&items, move |_| {
                assert!(!busy.swap(true, Ordering::AcqRel), "another worker is in this lane");
                busy.store(false, Ordering::Release);
            })
        });
        let pending = [1, 2].map(|item| items.push(item));
        items.close();
        // If the work panicked, the answer would be `Unavailable`.
        assert_eq!(pending.map(Pending::wait), [Ok(1), Ok(2)]);
        for worker in workers {
            worker.join().unwrap();
        }
    });
}

#[test]
fn close_ends_every_idle_worker() {
    explore(|| {
        let items = items(1);
        let workers = [(); 2].map(|()| worker(&items, |_| ()));
        items.close();
        for worker in workers {
            worker.join().unwrap();
        }
    });
}
