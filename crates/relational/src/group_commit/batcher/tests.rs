//! Tests of batches and of a full queue, on real threads.

use std::collections::HashSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const OPTIONS: BatcherOptions =
    BatcherOptions { name: "test", workers: 1, largest_batch: 4, capacity: 10, capacity_bytes: 1_000 };

/// Items of one lane whose size is their value.
const TRAITS: Traits<u32, ()> = Traits { lane_of: |_| (), bytes_of: |item| *item as usize };

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
    Batcher::start(OPTIONS, noop_metrics(), TRAITS, &(Arc::new(work) as _)).unwrap()
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
fn large_items_fill_the_queue_before_many() {
    let barrier = Arc::new(Barrier::new(2));
    let batcher = sizes(&barrier);
    let first = batcher.push(900);
    barrier.wait();
    let others = [600, 401, 400].map(|bytes| batcher.push(bytes));
    barrier.wait();
    assert_eq!(first.wait(), Ok(1));
    assert_eq!(others.map(Pending::wait), [Ok(2), Err(StoreError::Busy), Ok(2)]);
    assert_eq!(batcher.push(1_000).wait(), Ok(1), "what was written leaves its room to others");
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
    let traits = Traits { lane_of: |item| item % LANES, bytes_of: |_| 0 };
    let batcher: Batcher<usize, usize, usize> =
        Batcher::start(options, noop_metrics(), traits, &(Arc::new(work) as _)).unwrap();
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
        Batcher::start(OPTIONS, noop_metrics(), TRAITS, &(Arc::new(work) as _)).unwrap();
    assert!(matches!(batcher.push(13).wait(), Err(StoreError::Unavailable(_))));
    assert_eq!(batcher.push(14).wait(), Ok(14));
}
