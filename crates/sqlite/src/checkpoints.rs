//! Moving what was written from the log beside the file (WAL) into the file, off the way of writers.
//!
//! SQLite itself would make the unlucky writer wait whose commit lengthens the log beyond a measure.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::path::Path;
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

/// From this length on, in pages (512 MiB), the log should begin again from its start. Writers feel it,
/// so it should be rare.
const LONG: i32 = 131_072;
/// The log begins again only when all of it is in the file, so writers pause for the last few.
const FEW: usize = 100;
/// The pages of so many writes, about three each, are synced together.
const TOGETHER: usize = 20;
/// If writers are so fast that few never remain, they pause after so many attempts.
const ATTEMPTS: usize = 8;

/// The thread that checkpoints, until it is dropped. Its priority is low: writers go first.
pub(crate) struct Checkpoints {
    _thread: Threads,
}

#[derive(QueryableByName)]
struct Outcome {
    #[diesel(sql_type = Integer)]
    log: i32,
}

impl Checkpoints {
    pub(crate) fn start(url: &str, writer: &Arc<Writer>) -> Result<Self, StoreError> {
        let written = Arc::clone(&writer.written);
        let mut checkpointer = Checkpointer::new(url, writer)?;
        let mut thread = Threads::default();
        thread.stop_by(move || written.stop());
        thread
            .start("checkpoint", Priority::Low, move || checkpointer.serve())
            .map_err(|error| StoreError::Other(format!("cannot start the checkpoint thread: {error}")))?;
        Ok(Self { _thread: thread })
    }
}

struct Checkpointer {
    url: String,
    writer: Arc<Writer>,
    conn: Option<Conn>,
    /// Never closed: closing any descriptor of the file ends the locks that SQLite has on it in this
    /// process (sqlite.org/howtocorrupt.html, 2.2).
    file: ManuallyDrop<File>,
    duration: Histogram,
    failures: Counter,
}

impl Checkpointer {
    fn new(url: &str, writer: &Arc<Writer>) -> Result<Self, StoreError> {
        let file = File::options().read(true).write(true).open(url);
        let file = file.map_err(|error| database::failure(Path::new(url), &error))?;
        Ok(Self {
            url: url.to_owned(),
            writer: Arc::clone(writer),
            conn: None,
            file: ManuallyDrop::new(file),
            duration: histogram!("chit_chat_checkpoint_duration_seconds"),
            failures: counter!("chit_chat_checkpoint_failures_total"),
        })
    }

    fn serve(&mut self) {
        while self.writer.written.wait() {
            // Also if this fails: the next attempt is made when as much has been written again.
            self.writer.written.reset();
            let started = Instant::now();
            if let Err(error) = self.checkpoint() {
                self.failures.increment(1);
                tracing::warn!(%error, "a checkpoint failed; the next one will catch up");
            }
            self.duration.record(started.elapsed());
            self.writer.written.rest();
        }
    }

    fn checkpoint(&mut self) -> Result<(), StoreError> {
        // After a failure the next checkpoint finds a new connection.
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => database::connect(&self.url)?,
        };
        if move_pages(&mut conn)? >= LONG {
            self.move_all(&mut conn)?;
        }
        self.conn = Some(conn);
        Ok(())
    }

    /// What comes while pages are moved is less each time.
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

    /// SQLite syncs the file when the last page is in it, with writers waiting; so little should be
    /// left for it to do.
    fn sync(&self, writes: usize) -> Result<(), StoreError> {
        let pieces = u64::try_from(writes / TOGETHER).unwrap_or(u64::MAX);
        writeback::sync(&self.file, pieces).map_err(|error| database::failure(Path::new(&self.url), &error))
    }
}

/// Moves what nobody reads any more from the log, and waits for nobody; answers how many pages the
/// log has.
fn move_pages(conn: &mut Conn) -> Sql<i32> {
    let outcome: Outcome = diesel::sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(conn)?;
    Ok(outcome.log)
}
