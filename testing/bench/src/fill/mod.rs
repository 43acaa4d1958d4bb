//! The data: the same rooms, members and messages on both engines.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result};
use rusqlite::Connection;

use crate::crowd;
use crate::postgres::Postgres;

const POSTGRES: &str = include_str!("postgres.sql");
const SQLITE: &str = include_str!("sqlite.sql");
const WITHOUT_LOG: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; \
     PRAGMA temp_store = MEMORY; BEGIN";
/// 2026-01-01 in microseconds.
const EPOCH: u64 = 1_767_225_600_000_000;

/// The amount of data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Messages in each room except the one with a long history.
    pub(crate) messages: u32,
    /// Messages in the room with a long history.
    pub(crate) history: u32,
}

impl Size {
    /// Messages in all rooms together.
    pub(crate) const fn total(self) -> u32 {
        (crowd::COUNT + 1) * self.messages + self.history
    }

    pub(crate) const FULL: Self = Self { messages: 1_000, history: 1_000_000 };
    pub(crate) const QUICK: Self = Self { messages: 100, history: 100_000 };
}

/// Fills a migrated PostgreSQL database.
pub(crate) fn postgres(database: &Postgres, size: Size, password_hash: &str) -> Result<()> {
    database.run(&[&with_numbers(POSTGRES, size, password_hash)])?;
    database.vacuum_and_checkpoint()
}

/// Fills a migrated SQLite file. It uses no journal, because nothing has to be rolled back, and no `ANALYZE`,
/// because nothing runs it in production.
pub(crate) fn sqlite(file: &Path, size: Size, password_hash: &str) -> Result<()> {
    let connection = Connection::open(file)?;
    connection.execute_batch(WITHOUT_LOG)?;
    connection.execute_batch(&with_numbers(SQLITE, size, password_hash)).context("filling SQLite")?;
    connection.execute_batch("COMMIT; PRAGMA journal_mode = WAL")?;
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

#[cfg(test)]
mod tests {
    use chit_chat_contract::{Engine, TestStore, both_engines};
    use chit_chat_domain::page::Limit;

    use super::*;
    use crate::crowd::{FIRST, HOT, LONG, id};

    const SIZE: Size = Size { messages: 3, history: 5 };

    fn filled(engine: Engine) -> TestStore {
        let store = TestStore::new(engine);
        let url = store.url();
        match engine {
            Engine::Sqlite => sqlite(Path::new(url.trim_start_matches("sqlite://")), SIZE, "hash").unwrap(),
            Engine::Postgres => postgres(&Postgres { url }, SIZE, "hash").unwrap(),
        }
        store
    }

    #[both_engines]
    fn logs_are_dense_up_to_head(engine: Engine) {
        let store = filled(engine);
        for (room, messages) in [(FIRST, 3), (LONG, 5), (HOT, 3)] {
            let log = store.events.read(id(room).into(), 0, i64::MAX, Limit::MAX).unwrap();
            let seqs: Vec<i64> = log.iter().map(|event| event.seq).collect();
            assert_eq!(seqs, (1..=1 + 20 + messages).collect::<Vec<_>>());
            let sum =
                format!("SELECT last_seq - {} AS value FROM chatrooms WHERE name = 'Room {room}'", seqs.len());
            assert_eq!(store.raw().number(&sum), 0);
        }
        assert_eq!(store.raw().number("SELECT count(*) AS value FROM messages"), i64::from(SIZE.total()));
    }

    #[test]
    fn engines_hold_equal_data() {
        let (one, other) = (filled(Engine::Sqlite), filled(Engine::Postgres));
        for room in [FIRST, LONG, HOT] {
            let log = |store: &TestStore| store.events.read(id(room).into(), 0, i64::MAX, Limit::MAX).unwrap();
            assert_eq!(format!("{:?}", log(&one)), format!("{:?}", log(&other)));
        }
    }
}
