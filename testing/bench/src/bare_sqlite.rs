//! Sends with the SQLite library alone: one thread, and one transaction per send with the same steps as the
//! server's: guard, counter, row.

use std::io::{Write, stdout};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use fastrand::Rng;
use rusqlite::{Connection, Statement, params};
use uuid::Uuid;

use crate::crowd::{BODY, id};
use crate::figures::Figures;
use crate::options::BareSqlite;

/// The settings of the server's writing connection, except for automatic checkpoints and a larger cache.
const SETUP: &str = "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
     PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000";
const GUARD: &str = "SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id \
     JOIN chatrooms c ON c.id = m.chatroom_id \
     WHERE u.deleted_at IS NULL AND c.deleted_at IS NULL AND m.chatroom_id = ? AND m.user_id = ? AND m.role >= c.speaking_role AND m.role >= ?";
const COUNTER: &str = "UPDATE chatrooms SET last_seq = last_seq + 1, last_message_seq = last_seq + 1 WHERE id = ? \
     RETURNING last_seq";
const ROW: &str = "INSERT INTO messages (chatroom_id, seq, id, author_id, body, created_at, revision) \
     VALUES (?, ?, ?, ?, ?, ?, 1)";

/// Sends for the given time, then prints the figures.
pub(crate) fn run(options: &BareSqlite) -> Result<()> {
    let connection = Connection::open(&options.file)?;
    connection.execute_batch(SETUP)?;
    let mut sender = Sender::new(&connection)?;
    let mut rng = Rng::new();
    let mut send_for = |seconds| {
        let (start, limit) = (Instant::now(), Duration::from_secs(seconds));
        let mut latencies = Vec::new();
        while start.elapsed() < limit {
            let (room, author) = options.crowd.choose(&mut rng);
            let began = Instant::now();
            sender.send(id(room), id(author))?;
            latencies.push(began.elapsed());
        }
        anyhow::Ok((latencies, start.elapsed()))
    };
    send_for(options.warm_up)?;
    let (latencies, duration) = send_for(options.seconds)?;
    writeln!(stdout(), "{}", Figures::of(latencies, duration)?)?;
    Ok(())
}

struct Sender<'a> {
    begin: Statement<'a>,
    guard: Statement<'a>,
    counter: Statement<'a>,
    row: Statement<'a>,
    commit: Statement<'a>,
}

impl<'a> Sender<'a> {
    fn new(connection: &'a Connection) -> Result<Self> {
        Ok(Self {
            begin: connection.prepare("BEGIN IMMEDIATE")?,
            guard: connection.prepare(GUARD)?,
            counter: connection.prepare(COUNTER)?,
            row: connection.prepare(ROW)?,
            commit: connection.prepare("COMMIT")?,
        })
    }

    fn send(&mut self, room: Uuid, author: Uuid) -> Result<()> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        let (room, author, message) = (room.as_bytes(), author.as_bytes(), Uuid::now_v7());
        self.begin.execute([])?;
        self.guard.query_row(params![room, author, 0], |_| Ok(())).context("the sender is no member")?;
        let seq: i64 = self.counter.query_row(params![room], |row| row.get(0))?;
        let at = i64::try_from(now.as_micros())?;
        self.row.execute(params![room, seq, message.as_bytes(), author, BODY, at])?;
        self.commit.execute([])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use chit_chat_contract::{Engine, TestStore};

    use super::*;
    use crate::crowd::{Crowd, LONG};
    use crate::fill::{self, Size};

    #[test]
    fn send_matches_server() {
        let store = TestStore::new(Engine::Sqlite);
        let url = store.url();
        let file = Path::new(url.trim_start_matches("sqlite://"));
        fill::sqlite(file, Size { messages: 3, history: 5 }, "hash").unwrap();
        let connection = Connection::open(file).unwrap();
        let mut sender = Sender::new(&connection).unwrap();
        for (room, author) in Crowd::room(LONG).pairs() {
            sender.send(id(room), id(author)).unwrap();
        }
        assert!(sender.send(id(LONG), id(1_001)).is_err(), "a sender who is not a member");
        let last = format!("SELECT last_seq AS value FROM chatrooms WHERE name = 'Room {LONG}'");
        assert_eq!(store.raw().number(&last), 1 + 20 + 5 + 20);
    }
}
