//! A connection to a test's database that bypasses the ports.

use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_relational::migrations;
use diesel::connection::SimpleConnection;
use diesel::deserialize::QueryableByName;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection};
use uuid::Uuid;

use crate::{Engine, postgres};

/// A connection that runs plain SQL.
pub enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    value: String,
}

impl Raw {
    /// Opens a SQLite file.
    pub fn sqlite(path: &str) -> Self {
        let mut connection = SqliteConnection::establish(path).unwrap();
        connection.batch_execute("PRAGMA busy_timeout=5000").unwrap();
        Self::Sqlite(connection)
    }

    pub(crate) fn postgres(url: &str) -> Self {
        Self::Postgres(postgres::connect(url))
    }

    /// Runs statements that return no rows.
    pub fn run(&mut self, sql: &str) {
        self.attempt(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Runs statements that the database may reject; the error is its own text.
    pub fn attempt(&mut self, sql: &str) -> Result<(), String> {
        let done = match self {
            Self::Sqlite(connection) => connection.batch_execute(sql),
            Self::Postgres(connection) => connection.batch_execute(sql),
        };
        done.map_err(|error| error.to_string())
    }

    /// Begins a transaction that keeps its locks, so that other writers wait.
    pub fn begin(&mut self) {
        self.run(match self {
            Self::Sqlite(_) => "BEGIN IMMEDIATE",
            Self::Postgres(_) => "BEGIN",
        });
    }

    /// Locks the rows of chatrooms in the order of their ids, as a send does. On SQLite [`begin`](Self::begin) has
    /// already locked the file.
    pub fn lock_rooms(&mut self, which: &str) {
        if let Self::Postgres(_) = self {
            self.run(&format!("SELECT id FROM chatrooms WHERE {which} ORDER BY id FOR NO KEY UPDATE"));
        }
    }

    /// Shrinks a member's access as the adapters do: also increments the chatroom's seq and access version.
    pub fn shrink_access(&mut self, change: &str, room: ChatroomId, user: UserId) {
        let engine = self.engine();
        let (room, user) = (id_literal(engine, room), id_literal(engine, user));
        self.run(&format!("{change} WHERE chatroom_id = {room} AND user_id = {user}"));
        self.run(&format!(
            "UPDATE chatrooms SET last_seq = last_seq + 1, access_version = access_version + 1 WHERE id = {room}"
        ));
    }

    fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// The number that the query returns as `value`.
    pub fn number(&mut self, sql: &str) -> i64 {
        let query = diesel::sql_query(sql);
        let number: Number = match self {
            Self::Sqlite(connection) => query.get_result(connection),
            Self::Postgres(connection) => query.get_result(connection),
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
        number.value
    }

    /// The texts that the query returns as `value`.
    pub fn lines(&mut self, sql: &str) -> Vec<String> {
        let query = diesel::sql_query(sql);
        let lines: Vec<Line> = match self {
            Self::Sqlite(connection) => query.load(connection),
            Self::Postgres(connection) => query.load(connection),
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
        lines.into_iter().map(|line| line.value).collect()
    }

    /// Reverts the newest migration.
    pub fn revert_migration(&mut self) {
        let reverted = match self {
            Self::Sqlite(connection) => migrations::revert_newest(connection, migrations::SQLITE),
            Self::Postgres(connection) => migrations::revert_newest(connection, migrations::POSTGRES),
        };
        reverted.unwrap();
    }

    /// Reverts every migration.
    pub fn revert_migrations(&mut self) {
        let reverted = match self {
            Self::Sqlite(connection) => migrations::revert(connection, migrations::SQLITE),
            Self::Postgres(connection) => migrations::revert(connection, migrations::POSTGRES),
        };
        reverted.unwrap();
    }
}

/// An id as an SQL literal.
pub fn id_literal(engine: Engine, id: impl Into<Uuid>) -> String {
    let id = id.into();
    match engine {
        Engine::Sqlite => format!("X'{}'", id.simple()),
        Engine::Postgres => format!("'{id}'"),
    }
}
