//! The single connection that writes.

use std::cell::Cell;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::error::Remedy;
use chit_chat_relational::pool_metrics::{InUse, PoolMetrics};
use chit_chat_relational::writability::Writability;
use chit_chat_relational::{Sql, SqlError};
use diesel::connection::SimpleConnection;
use parking_lot::{FairMutex, FairMutexGuard};

use crate::files::Files;
use crate::write_counter::WriteCounter;
use crate::{Conn, database};

/// The maximum number of attempts while another process holds the lock; each waits up to `busy_timeout`.
const ATTEMPTS: usize = 2;
/// The time limit for a concurrent change to WAL, which takes milliseconds, or longer on a slow disk.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// The only contention that the only writer meets.
const LOCKED: &str = "another process keeps the database locked";
const PAUSE: Duration = Duration::from_millis(20);

pub(crate) struct Writer {
    path: PathBuf,
    /// A fair lock, because the sending thread takes it repeatedly; others get their turn in between.
    connection: FairMutex<Conn>,
    files: Files,
    writability: Arc<Writability>,
    metrics: PoolMetrics,
    pub(crate) written: Arc<WriteCounter>,
}

impl Writer {
    pub(crate) fn open(path: &Path, writability: &Arc<Writability>) -> Result<Self, StoreError> {
        let connection = connect(path)?;
        let files = Files::new(path);
        files.check()?;
        Ok(Self {
            path: path.to_owned(),
            connection: FairMutex::new(connection),
            files,
            writability: Arc::clone(writability),
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
        match self.run(transaction) {
            Ok(done) => {
                self.writability.succeeded();
                self.written.note(writes);
                Ok(done)
            }
            Err(error) => {
                match &error {
                    StoreError::Unwritable(why) => self.writability.failed(why),
                    StoreError::Contention => self.writability.failed(&LOCKED),
                    _ => {}
                }
                Err(error)
            }
        }
    }

    fn run<T>(&self, transaction: impl Fn(&mut Conn) -> Sql<T>) -> Result<T, StoreError> {
        let mut conn = self.lock();
        let _writing = self.writability.begin();
        let mut attempt = 1;
        loop {
            // SQLite rolls back by itself when the disk is full. Then diesel reports that it cannot, and not why.
            let unwritable = Cell::new(None);
            let noting = |conn: &mut Conn| transaction(conn).inspect_err(|error| note(error, &unwritable));
            let error = match conn.immediate_transaction(noting) {
                Ok(done) => return self.files.check().map(|()| done),
                Err(error) => error,
            };
            let (why, remedy) = (unwritable.take(), error.remedy());
            if why.is_some() || matches!(remedy, Remedy::Reconnect | Remedy::Unwritable) {
                return Err(self.reconnect(&mut conn, why, error));
            }
            if remedy != Remedy::RunAgain || attempt == ATTEMPTS {
                return Err(error.into());
            }
            attempt += 1;
        }
    }

    /// Replaces the connection, which may be in a transaction that has ended. Returns what the caller is told.
    fn reconnect(&self, conn: &mut Conn, why: Option<String>, error: SqlError) -> StoreError {
        match connect(&self.path) {
            Ok(new) => *conn = new,
            Err(error) => return StoreError::Unwritable(error.to_string()),
        }
        match why {
            Some(why) => StoreError::Unwritable(format!("{}: {why}", self.path.display())),
            None => error.into(),
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

fn note(error: &SqlError, unwritable: &Cell<Option<String>>) {
    if error.remedy() == Remedy::Unwritable {
        unwritable.set(Some(error.to_string()));
    }
}

/// Opens a connection. It retries, since SQLite does not wait when several change a new file to WAL at once.
fn connect(path: &Path) -> Result<Conn, StoreError> {
    let mut conn = database::connect(path)?;
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

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use tempfile::TempDir;

    use super::*;

    const LARGE: &str = "INSERT INTO t VALUES (zeroblob(1000000))";

    #[test]
    fn file_locked_by_another_process_is_unwritable_until_it_is_unlocked() {
        let folder = TempDir::new().unwrap();
        let (file, writability) = (folder.path().join("a.db"), Arc::default());
        crate::create(&file).unwrap();
        let writer = Writer::open(&file, &writability).unwrap();
        writer.alone(|conn| conn.batch_execute("CREATE TABLE t (c BLOB); PRAGMA busy_timeout = 1").unwrap());
        let mut other = connect(&file).unwrap();
        other.batch_execute("BEGIN IMMEDIATE").unwrap();
        assert_eq!(insert(&writer), Err(StoreError::Contention));
        assert!(writability.is_failing());
        other.batch_execute("ROLLBACK").unwrap();
        assert_eq!(insert(&writer), Ok(1));
        assert!(!writability.is_failing());
    }

    fn insert(writer: &Writer) -> Result<usize, StoreError> {
        writer.write(|conn| Ok(diesel::sql_query(LARGE).execute(conn)?))
    }

    #[test]
    fn full_file_is_unwritable_until_there_is_room() {
        let folder = TempDir::new().unwrap();
        let (file, writability) = (folder.path().join("a.db"), Arc::default());
        crate::create(&file).unwrap();
        let writer = Writer::open(&file, &writability).unwrap();
        writer.alone(|conn| conn.batch_execute("CREATE TABLE t (c BLOB); PRAGMA max_page_count = 20").unwrap());
        let full = insert(&writer);
        assert!(matches!(&full, Err(StoreError::Unwritable(why)) if why.contains("full")), "{full:?}");
        assert!(writability.is_failing());
        // The limit was the connection's, which has been replaced.
        assert_eq!(insert(&writer), Ok(1));
        assert!(!writability.is_failing());
    }
}
