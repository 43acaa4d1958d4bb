//! Concurrent calls that start at the same moment.

use std::sync::Barrier;
use std::thread;

use anyhow::{Result, anyhow};

/// Runs a function this many times concurrently, with 0, 1, 2, ..., and returns the results.
pub(crate) fn race<T: Send>(racers: usize, run: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
    let start = Barrier::new(racers);
    thread::scope(|scope| {
        let (start, run) = (&start, &run);
        let racer = |number| {
            scope.spawn(move || {
                start.wait();
                run(number)
            })
        };
        let running: Vec<_> = (0..racers).map(racer).collect();
        running.into_iter().map(|racer| racer.join().map_err(|_| anyhow!("a racer panicked"))?).collect()
    })
}
