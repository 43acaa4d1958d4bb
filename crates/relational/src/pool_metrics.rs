//! The metrics of a pool: connections in use, waiting times, and failed waits.

use std::ops::{Deref, DerefMut};
use std::time::Instant;

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

/// The metrics of one pool.
#[derive(Clone, Debug)]
pub struct PoolMetrics {
    in_use: Gauge,
    wait: Histogram,
    missed: Counter,
}

/// A connection that counts as in use until it is dropped.
pub struct InUse<C> {
    connection: C,
    in_use: Gauge,
}

impl PoolMetrics {
    /// Creates the metrics with the pool's name as label.
    pub fn new(pool: &'static str) -> Self {
        Self {
            in_use: gauge!("chit_chat_db_connections_in_use", "pool" => pool),
            wait: histogram!("chit_chat_db_connection_wait_seconds", "pool" => pool),
            missed: counter!("chit_chat_db_connection_failures_total", "pool" => pool),
        }
    }

    /// Takes a connection, and records the wait.
    pub fn take<C, E>(&self, take: impl FnOnce() -> Result<C, E>) -> Result<InUse<C>, E> {
        let started = Instant::now();
        let taken = take();
        self.wait.record(started.elapsed());
        match taken {
            Ok(connection) => {
                self.in_use.increment(1);
                Ok(InUse { connection, in_use: self.in_use.clone() })
            }
            Err(error) => {
                self.missed.increment(1);
                Err(error)
            }
        }
    }
}

impl<C> Deref for InUse<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.connection
    }
}

impl<C> DerefMut for InUse<C> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.connection
    }
}

impl<C> Drop for InUse<C> {
    fn drop(&mut self) {
        self.in_use.decrement(1);
    }
}
