//! The data: the same rooms, members and messages on both engines.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result};
use rusqlite::Connection;

use crate::crowd;
use crate::tools::Psql;

const POSTGRES: &str = include_str!("postgres.sql");
const SQLITE: &str = include_str!("sqlite.sql");
/// 2026-01-01 in microseconds.
const EPOCH: u64 = 1_767_225_600_000_000;

/// How much there is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// In each room but one.
    pub(crate) messages: u32,
    /// In the room with a long history.
    pub(crate) history: u32,
}

impl Size {
    /// In all rooms together.
    pub(crate) const fn total(self) -> u32 {
        (crowd::COUNT + 1) * self.messages + self.history
    }

    pub(crate) const FULL: Self = Self { messages: 1_000, history: 1_000_000 };
    pub(crate) const QUICK: Self = Self { messages: 100, history: 100_000 };
}

/// Fills a migrated database of PostgreSQL.
pub(crate) fn postgres(psql: &Psql, size: Size, password_hash: &str) -> Result<()> {
    psql.run(&with_numbers(POSTGRES, size, password_hash)).map(drop)
}

/// Fills a migrated file of SQLite, and leaves nothing in its log.
pub(crate) fn sqlite(file: &Path, size: Size, password_hash: &str) -> Result<()> {
    let connection = Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA temp_store = MEMORY; BEGIN",
    )?;
    connection.execute_batch(&with_numbers(SQLITE, size, password_hash)).context("filling SQLite")?;
    connection.execute_batch("COMMIT; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)")?;
    drop(connection);
    File::open(file)?.sync_all().context("filling SQLite")
}

fn with_numbers(script: &str, size: Size, password_hash: &str) -> String {
    let numbers = [
        ("{prefix}", crowd::PREFIX.to_owned()),
        ("{first}", crowd::FIRST.to_string()),
        ("{count}", crowd::COUNT.to_string()),
        ("{members}", crowd::MEMBERS.to_string()),
        ("{stride}", crowd::STRIDE.to_string()),
        ("{long}", crowd::LONG.to_string()),
        ("{hot}", crowd::HOT.to_string()),
        ("{messages}", size.messages.to_string()),
        ("{history}", size.history.to_string()),
        ("{body}", crowd::BODY.to_owned()),
        ("{epoch}", EPOCH.to_string()),
        ("{password_hash}", password_hash.to_owned()),
    ];
    numbers.iter().fold(script.to_owned(), |script, (name, value)| script.replace(name, value))
}
