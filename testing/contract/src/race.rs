//! Runs many things at once.

use std::sync::Barrier;
use std::thread;

/// Runs `act(0)`, `act(1)`, ... each on its own thread, all started at the same moment; returns the results in the
/// order of the numbers.
pub fn race<T: Send>(runners: usize, act: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(runners);
    let (start, act) = (&start, &act);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..runners)
            .map(|n| {
                scope.spawn(move || {
                    start.wait();
                    act(n)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}
