//! The single connection that writes.

use std::convert::Infallible;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::error::Remedy;
use chit_chat_relational::pool_metrics::{InUse, PoolMetrics};
use chit_chat_relational::{Sql, SqlError};
use diesel::connection::SimpleConnection;
use parking_lot::{FairMutex, FairMutexGuard};

use crate::write_counter::WriteCounter;
use crate::{Conn, database};

/// The maximum number of attempts while another process holds the lock; each waits up to `busy_timeout`.
const ATTEMPTS: usize = 2;
/// The time limit for a concurrent change to WAL, which takes milliseconds, or longer on a slow disk.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(20);

pub(crate) struct Writer {
    url: String,
    /// A fair lock, because the sending thread takes it repeatedly; others get their turn in between.
    connection: FairMutex<Conn>,
    metrics: PoolMetrics,
    pub(crate) written: Arc<WriteCounter>,
}

impl Writer {
    pub(crate) fn open(url: &str) -> Result<Self, StoreError> {
        Ok(Self {
            url: url.to_owned(),
            connection: FairMutex::new(connect(url)?),
            metrics: PoolMetrics::new("writer"),
            written: Arc::default(),
        })
    }

    /// Runs a transaction that holds the write lock from its start.
    pub(crate) fn write<T>(&self, transaction: impl Fn(&mut Conn) -> Sql<T>) -> Result<T, StoreError> {
        self.write_some(1, transaction)
    }

    /// Runs a transaction that writes about as much as this many others.
    pub(crate) fn write_some<T>(
        &self,
        writes: usize,
        transaction: impl Fn(&mut Conn) -> Sql<T>,
    ) -> Result<T, StoreError> {
        let done = self.run(transaction)?;
        self.written.note(writes);
        Ok(done)
    }

    fn run<T>(&self, transaction: impl Fn(&mut Conn) -> Sql<T>) -> Result<T, StoreError> {
        let mut conn = self.lock();
        let mut attempt = 1;
        loop {
            let error = match conn.immediate_transaction(&transaction) {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            match error.remedy() {
                Remedy::RunAgain if attempt < ATTEMPTS => attempt += 1,
                Remedy::Reconnect => {
                    **conn = connect(&self.url)?;
                    return Err(error.into());
                }
                _ => return Err(error.into()),
            }
        }
    }

    /// Runs work that manages its own transactions.
    pub(crate) fn alone<T>(&self, work: impl FnOnce(&mut Conn) -> T) -> T {
        work(&mut self.lock())
    }

    fn lock(&self) -> InUse<FairMutexGuard<'_, Conn>> {
        let Ok(taken) = self.metrics.take(|| Ok::<_, Infallible>(self.connection.lock()));
        taken
    }
}

/// Opens a connection. It retries, since SQLite does not wait when several change a new file to WAL at once.
fn connect(url: &str) -> Result<Conn, StoreError> {
    let mut conn = database::connect(url)?;
    let started = Instant::now();
    loop {
        match conn.batch_execute(database::WRITER).map_err(SqlError::from) {
            Err(error) if error.remedy() == Remedy::RunAgain && started.elapsed() < BUSY_TIMEOUT => {
                thread::sleep(PAUSE);
            }
            outcome => return Ok(outcome.map(|()| conn)?),
        }
    }
}
