//! Telling failures of a database apart.

use chit_chat_domain::store_error::StoreError;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use thiserror::Error;

/// What a query answers.
pub type Sql<T> = Result<T, SqlError>;

/// A failure within a query or a transaction.
#[derive(Debug, Error)]
pub enum SqlError {
    /// The database or the way to it.
    #[error(transparent)]
    Diesel(#[from] DieselError),
    /// A row that this program cannot have written.
    #[error("corrupt: {0}")]
    Corrupt(String),
}

/// What to do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The transaction lost against others: run it again.
    RunAgain,
    /// The connection is gone: give it up.
    Reconnect,
    /// It took too long: at once it would again.
    Later,
    /// Others hold what it needs, and do not let go.
    Others,
    /// Nothing would help.
    None,
}

impl SqlError {
    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Diesel(DieselError::DatabaseError(kind, information)) => remedy_of(*kind, information.message()),
            Self::Diesel(DieselError::BrokenTransactionManager | DieselError::RollbackErrorOnCommit { .. }) => {
                Remedy::Reconnect
            }
            _ => Remedy::None,
        }
    }
}

/// diesel passes on no SQLSTATE, so what it does not name is told by its text: 40P01, 57014 of a
/// statement that ran out of time, and the classes 08 and 57P of a connection that ends. SQLite's
/// lock waits show here as well.
fn remedy_of(kind: DatabaseErrorKind, message: &str) -> Remedy {
    const LOST: [&str; 7] = [
        "connection",
        "terminating",
        "server closed",
        "shutting down",
        "starting up",
        "in recovery mode",
        "SSL SYSCALL",
    ];
    match kind {
        DatabaseErrorKind::SerializationFailure => Remedy::RunAgain,
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => Remedy::Reconnect,
        DatabaseErrorKind::Unknown if message.contains("deadlock detected") => Remedy::RunAgain,
        DatabaseErrorKind::Unknown if message.contains("database is locked") => Remedy::RunAgain,
        DatabaseErrorKind::Unknown if message.contains("due to lock timeout") => Remedy::Others,
        DatabaseErrorKind::Unknown if message.contains("canceling statement") => Remedy::Later,
        DatabaseErrorKind::Unknown if LOST.iter().any(|text| message.contains(text)) => Remedy::Reconnect,
        _ => Remedy::None,
    }
}

impl From<SqlError> for StoreError {
    fn from(error: SqlError) -> Self {
        match (error.remedy(), error) {
            (_, SqlError::Corrupt(what)) => Self::Corrupt(what),
            (Remedy::RunAgain | Remedy::Others, _) => Self::Contention,
            (Remedy::Reconnect | Remedy::Later, error) => Self::Unavailable(error.to_string()),
            (Remedy::None, error) => Self::Other(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_that_runs_out_of_time_may_be_tried_later() {
        let text = "canceling statement due to statement timeout".to_owned();
        assert_eq!(remedy_of(DatabaseErrorKind::Unknown, &text), Remedy::Later);
        let error = SqlError::from(DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(text)));
        assert!(matches!(StoreError::from(error), StoreError::Unavailable(_)));
    }

    #[test]
    fn deadlocks_are_run_again_and_lost_connections_given_up() {
        use DatabaseErrorKind::{ClosedConnection, SerializationFailure, UniqueViolation, Unknown};
        assert_eq!(remedy_of(SerializationFailure, ""), Remedy::RunAgain);
        assert_eq!(remedy_of(Unknown, "deadlock detected"), Remedy::RunAgain);
        assert_eq!(remedy_of(ClosedConnection, ""), Remedy::Reconnect);
        assert_eq!(remedy_of(Unknown, "terminating connection due to administrator command"), Remedy::Reconnect);
        assert_eq!(remedy_of(UniqueViolation, "duplicate key"), Remedy::None);
        assert_eq!(remedy_of(Unknown, "canceling statement due to lock timeout"), Remedy::Others);
        assert_eq!(remedy_of(Unknown, "division by zero"), Remedy::None);
    }
}
