//! Classifies failures of a database.

use chit_chat_domain::store_error::StoreError;
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use thiserror::Error;

use crate::sqlstate::sqlstate;

/// The result of a query.
pub type Sql<T> = Result<T, SqlError>;

/// A failure within a query or a transaction.
#[derive(Debug, Error)]
pub enum SqlError {
    /// A failure of the database or of the connection to it.
    #[error(transparent)]
    Diesel(#[from] DieselError),
    /// A row that this program cannot have written.
    #[error("corrupt: {0}")]
    Corrupt(String),
}

/// The response to a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The transaction lost a conflict: run it again.
    RunAgain,
    /// The connection is broken: discard it.
    Reconnect,
    /// The database takes no writes, because it is read-only, full or lacks a privilege: discard the connection,
    /// because another may lead to a host that does.
    Unwritable,
    /// The statement timed out: an immediate retry would time out too.
    Later,
    /// The wait for a lock timed out: other transactions still hold it.
    Others,
    /// No retry would help.
    None,
}

impl SqlError {
    /// The response to this failure.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Diesel(error) => remedy_of_diesel(error),
            Self::Corrupt(_) => Remedy::None,
        }
    }
}

fn remedy_of_diesel(error: &DieselError) -> Remedy {
    match error {
        DieselError::DatabaseError(kind, information) => remedy_of(*kind, &**information),
        DieselError::RollbackErrorOnCommit { commit_error, .. }
            if remedy_of_diesel(commit_error) == Remedy::Unwritable =>
        {
            Remedy::Unwritable
        }
        DieselError::BrokenTransactionManager | DieselError::RollbackErrorOnCommit { .. } => Remedy::Reconnect,
        _ => Remedy::None,
    }
}

/// Classifies by diesel's kind of failure, which is often `Unknown`. Such failures of PostgreSQL have an SQLSTATE;
/// SQLite has none, and its messages are never translated.
fn remedy_of(kind: DatabaseErrorKind, information: &(dyn DatabaseErrorInformation + Send + Sync)) -> Remedy {
    match kind {
        DatabaseErrorKind::SerializationFailure => Remedy::RunAgain,
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => Remedy::Reconnect,
        DatabaseErrorKind::ReadOnlyTransaction => Remedy::Unwritable,
        DatabaseErrorKind::Unknown => match sqlstate(information) {
            Some(state) => remedy_of_state(state),
            None => remedy_of_text(information.message()),
        },
        _ => Remedy::None,
    }
}

fn remedy_of_state(state: &str) -> Remedy {
    match state {
        DEADLOCK_DETECTED => Remedy::RunAgain,
        LOCK_NOT_AVAILABLE => Remedy::Others,
        QUERY_CANCELED => Remedy::Later,
        READ_ONLY | INSUFFICIENT_PRIVILEGE => Remedy::Unwritable,
        _ if state.starts_with(INSUFFICIENT_RESOURCES) || state.starts_with(SYSTEM_ERROR) => Remedy::Unwritable,
        _ if state.starts_with(CONNECTION_EXCEPTION) || state.starts_with(OPERATOR_INTERVENTION) => {
            Remedy::Reconnect
        }
        _ => Remedy::None,
    }
}

/// Classifies the messages of SQLite.
fn remedy_of_text(message: &str) -> Remedy {
    if message.contains("database is locked") {
        Remedy::RunAgain
    } else if UNWRITABLE.iter().any(|text| message.contains(text)) {
        Remedy::Unwritable
    } else {
        Remedy::None
    }
}

/// SQLite's messages for a file that cannot be written to.
const UNWRITABLE: [&str; 4] = [
    "database or disk is full",
    "attempt to write a readonly database",
    "disk I/O error",
    "unable to open database file",
];

const DEADLOCK_DETECTED: &str = "40P01";
/// The failure after `lock_timeout`.
const LOCK_NOT_AVAILABLE: &str = "55P03";
/// The failure after `statement_timeout`, among other causes.
const QUERY_CANCELED: &str = "57014";
/// The failure of a write on a standby, or of a server that was made read-only.
const READ_ONLY: &str = "25006";
const INSUFFICIENT_PRIVILEGE: &str = "42501";
/// The class of failures for want of disk space, memory or connections.
const INSUFFICIENT_RESOURCES: &str = "53";
/// The class of failures outside PostgreSQL, such as those of the disk.
const SYSTEM_ERROR: &str = "58";
/// The class of connection failures: a prefix of several states.
const CONNECTION_EXCEPTION: &str = "08";
/// The prefix of the states of a server that is stopping, has crashed, or is starting.
const OPERATOR_INTERVENTION: &str = "57P";

impl From<SqlError> for StoreError {
    fn from(error: SqlError) -> Self {
        match (error.remedy(), error) {
            (_, SqlError::Corrupt(what)) => Self::Corrupt(what),
            (Remedy::RunAgain | Remedy::Others, _) => Self::Contention,
            (Remedy::Reconnect | Remedy::Later, error) => Self::Unavailable(error.to_string()),
            (Remedy::Unwritable, error) => Self::Unwritable(error.to_string()),
            (Remedy::None, error) => Self::Other(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};

    use super::*;

    fn remedy_of_message(kind: DatabaseErrorKind, text: &str) -> Remedy {
        remedy_of(kind, &text.to_owned())
    }

    #[test]
    fn diesel_kinds_are_mapped() {
        use DatabaseErrorKind::{ClosedConnection, SerializationFailure, UnableToSendCommand, UniqueViolation};
        assert_eq!(remedy_of_message(SerializationFailure, ""), Remedy::RunAgain);
        assert_eq!(remedy_of_message(ClosedConnection, ""), Remedy::Reconnect);
        assert_eq!(remedy_of_message(UnableToSendCommand, ""), Remedy::Reconnect);
        assert_eq!(remedy_of_message(UniqueViolation, "duplicate key"), Remedy::None);
    }

    #[test]
    fn sqlite_lock_timeout_is_contention() {
        assert_eq!(remedy_of_message(DatabaseErrorKind::Unknown, "database is locked"), Remedy::RunAgain);
        assert_eq!(remedy_of_message(DatabaseErrorKind::Unknown, "no such table: users"), Remedy::None);
    }

    #[test]
    fn sqlite_that_takes_no_writes_is_unwritable() {
        for setting in ["query_only = ON", "max_page_count = 1"] {
            let mut conn = SqliteConnection::establish(":memory:").unwrap();
            conn.batch_execute(&format!("CREATE TABLE t (c BLOB); PRAGMA {setting}")).unwrap();
            let error = conn.batch_execute("INSERT INTO t VALUES (zeroblob(100000))").unwrap_err();
            assert_eq!(SqlError::from(error).remedy(), Remedy::Unwritable, "{setting}");
        }
    }

    #[test]
    fn each_sqlstate_is_mapped() {
        assert_eq!(remedy_of_state("40P01"), Remedy::RunAgain);
        assert_eq!(remedy_of_state("55P03"), Remedy::Others);
        assert_eq!(remedy_of_state("57014"), Remedy::Later);
        for lost in ["08006", "57P01", "57P02", "57P03"] {
            assert_eq!(remedy_of_state(lost), Remedy::Reconnect, "{lost}");
        }
        for unwritable in ["25006", "42501", "53100", "53300", "58030"] {
            assert_eq!(remedy_of_state(unwritable), Remedy::Unwritable, "{unwritable}");
        }
        for hopeless in ["22012", "42P01", "XX000"] {
            assert_eq!(remedy_of_state(hopeless), Remedy::None, "{hopeless}");
        }
    }
}
