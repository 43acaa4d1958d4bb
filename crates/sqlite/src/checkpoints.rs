//! Makes checkpoints: moves pages from the write-ahead log (WAL) to the database file, on a separate thread.
//!
//! SQLite's own checkpoints would delay the writer whose commit makes the log longer than a limit.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::Sql;
use chit_chat_threads::{Priority, Threads};
use diesel::prelude::*;
use diesel::sql_types::Integer;
use metrics::{Counter, Histogram, counter, histogram};

use crate::writer::Writer;
use crate::{Conn, database, writeback};

/// The length of the log, in pages (512 MiB), at which it should restart from its beginning. A restart delays
/// writers, so it should be rare.
const LONG: i32 = 131_072;
/// The number of remaining writes for which writers pause: the log restarts only when it is all in the file.
const FEW: usize = 100;
/// The number of writes whose pages, about three each, are synced together.
const TOGETHER: usize = 20;
/// The number of attempts after which writers pause anyway, if they are too fast for few writes to remain.
const ATTEMPTS: usize = 8;

/// The thread that makes checkpoints, until it is dropped. Its priority is low, so that writers go first.
pub(crate) struct Checkpoints {
    _thread: Threads,
}

#[derive(QueryableByName)]
struct Outcome {
    #[diesel(sql_type = Integer)]
    log: i32,
}

impl Checkpoints {
    pub(crate) fn start(path: &Path, writer: &Arc<Writer>) -> Result<Self, StoreError> {
        let written = Arc::clone(&writer.written);
        let mut checkpointer = Checkpointer::new(path, writer)?;
        let mut thread = Threads::default();
        thread.on_stop(move || written.stop());
        thread
            .start("checkpoint", Priority::Low, move || checkpointer.serve())
            .map_err(|error| StoreError::Other(format!("cannot start the checkpoint thread: {error}")))?;
        Ok(Self { _thread: thread })
    }
}

struct Checkpointer {
    path: PathBuf,
    writer: Arc<Writer>,
    conn: Option<Conn>,
    /// The database file. It is never closed, because closing any descriptor of the file releases the locks that
    /// SQLite has on it in this process (sqlite.org/howtocorrupt.html, 2.2).
    file: ManuallyDrop<File>,
    duration: Histogram,
    failures: Counter,
}

impl Checkpointer {
    fn new(path: &Path, writer: &Arc<Writer>) -> Result<Self, StoreError> {
        let file = File::options().read(true).write(true).open(path);
        let file = file.map_err(|error| database::failure(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            writer: Arc::clone(writer),
            conn: None,
            file: ManuallyDrop::new(file),
            duration: histogram!("chit_chat_checkpoint_duration_seconds"),
            failures: counter!("chit_chat_checkpoint_failures_total"),
        })
    }

    fn serve(&mut self) {
        while self.writer.written.wait() {
            // The counter is reset even if this fails: the next attempt follows after as many writes again.
            self.writer.written.reset();
            let started = Instant::now();
            if let Err(error) = self.checkpoint() {
                self.failures.increment(1);
                tracing::warn!(%error, "a checkpoint failed; the next one will catch up");
            }
            self.duration.record(started.elapsed());
            self.writer.written.pause();
        }
    }

    fn checkpoint(&mut self) -> Result<(), StoreError> {
        // After a failure the next checkpoint opens a new connection.
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => database::connect(&self.path)?,
        };
        if move_pages(&mut conn)? >= LONG {
            self.move_all(&mut conn)?;
        }
        self.conn = Some(conn);
        Ok(())
    }

    /// Moves all pages, in rounds: each leaves fewer new writes, until writers pause for the last ones.
    fn move_all(&self, conn: &mut Conn) -> Result<(), StoreError> {
        self.sync(usize::MAX)?;
        for _ in 0..ATTEMPTS {
            let writes = self.writer.written.reset();
            if writes <= FEW {
                break;
            }
            move_pages(conn)?;
            self.sync(writes)?;
        }
        self.writer.alone(|_| move_pages(conn))?;
        Ok(())
    }

    /// Syncs the file in advance: SQLite syncs it after the last page, while writers wait, so little should be
    /// left.
    fn sync(&self, writes: usize) -> Result<(), StoreError> {
        let pieces = u64::try_from(writes / TOGETHER).unwrap_or(u64::MAX);
        writeback::sync(&self.file, pieces).map_err(|error| database::failure(&self.path, &error))
    }
}

/// Moves pages that no reader needs in the log any longer, without waiting. Returns the log's length in pages.
fn move_pages(conn: &mut Conn) -> Sql<i32> {
    let outcome: Outcome = diesel::sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(conn)?;
    Ok(outcome.log)
}
