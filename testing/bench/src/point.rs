//! What can be measured.

use std::fmt;

/// One cell of the tables: who does what for how many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Point {
    pub(crate) subject: Subject,
    pub(crate) work: Work,
    pub(crate) connections: u32,
}

/// Who does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// Our server, on one of its engines.
    Server(Engine),
    /// PostgreSQL alone: pgbench with the server's own statement, prepared.
    Pgbench,
    /// SQLite alone: one thread with the bare library, a transaction for each send.
    BareSqlite,
    /// The HTTP library alone, answering from memory.
    Actix,
}

/// What our server keeps its data in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Engine {
    Postgres,
    Sqlite,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Work {
    Hello,
    /// Into all rooms.
    Send,
    /// Into one room.
    SendHot,
    /// Into all rooms, while others log in.
    SendDuringLogins,
    /// Into one room with a short history.
    SendShort,
    /// Into one room with a long history.
    SendLong,
    /// The latest messages of any room.
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
