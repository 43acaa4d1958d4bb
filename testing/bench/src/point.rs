//! The points that can be measured.

use std::fmt;
use std::time::Duration;

/// A row of the tables: a subject, its work, and the number of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Point {
    pub(crate) subject: Subject,
    pub(crate) work: Work,
    pub(crate) connections: u32,
}

/// The duration of a measurement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Length {
    pub(crate) warm_up: Duration,
    pub(crate) measured: Duration,
}

/// The program that does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// The server, on one of its engines.
    Server(Engine),
    /// PostgreSQL alone: pgbench with the server's own statement, prepared.
    Pgbench,
    /// SQLite alone: the library on one thread, one transaction per send.
    BareSqlite,
    /// The HTTP library alone, answering from memory.
    Actix,
}

/// The server's database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Engine {
    Postgres,
    Sqlite,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Work {
    Hello,
    /// Sends to all rooms.
    Send,
    /// Sends to one room.
    SendHot,
    /// Sends to all rooms during logins.
    SendDuringLogins,
    /// Sends to one room with a short history.
    SendShort,
    /// Sends to one room with a long history.
    SendLong,
    /// Reads the newest page of any room.
    Page,
    PageShort,
    PageLong,
}

impl Engine {
    pub(crate) const BOTH: [Self; 2] = [Self::Postgres, Self::Sqlite];
}

impl Subject {
    pub(crate) fn at(self, work: Work, connections: u32) -> Point {
        Point { subject: self, work, connections }
    }
}

impl Work {
    pub(crate) fn is_send(self) -> bool {
        matches!(self, Self::Send | Self::SendHot | Self::SendDuringLogins | Self::SendShort | Self::SendLong)
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}, {}", self.subject, self.work, self.connections)
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(engine) => write!(f, "chit-chat on {engine}"),
            Self::Pgbench => f.write_str("pgbench"),
            Self::BareSqlite => f.write_str("bare SQLite"),
            Self::Actix => f.write_str("actix alone"),
        }
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hello => "hello",
            Self::Send => "send, 1,000 rooms",
            Self::SendHot => "send, one hot room",
            Self::SendDuringLogins => "send, 1,000 rooms, during logins",
            Self::SendShort => "send, one room, short history",
            Self::SendLong => "send, one room, long history",
            Self::Page => "latest 50, 1,000 rooms",
            Self::PageShort => "latest 50, one room, short history",
            Self::PageLong => "latest 50, one room, long history",
        })
    }
}
