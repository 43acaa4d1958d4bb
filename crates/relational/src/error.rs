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
            Self::Diesel(DieselError::DatabaseError(kind, information)) => remedy_of(*kind, &**information),
            Self::Diesel(DieselError::BrokenTransactionManager | DieselError::RollbackErrorOnCommit { .. }) => {
                Remedy::Reconnect
            }
            _ => Remedy::None,
        }
    }
}

/// Classifies by diesel's kind of failure, which is often `Unknown`. Such failures of PostgreSQL have an SQLSTATE;
/// SQLite has none, and its messages are never translated.
fn remedy_of(kind: DatabaseErrorKind, information: &(dyn DatabaseErrorInformation + Send + Sync)) -> Remedy {
    match kind {
        DatabaseErrorKind::SerializationFailure => Remedy::RunAgain,
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => Remedy::Reconnect,
        DatabaseErrorKind::Unknown => match sqlstate(information) {
            Some(state) => remedy_of_state(state),
            None if information.message().contains("database is locked") => Remedy::RunAgain,
            None => Remedy::None,
        },
        _ => Remedy::None,
    }
}

fn remedy_of_state(state: &str) -> Remedy {
    match state {
        DEADLOCK_DETECTED => Remedy::RunAgain,
        LOCK_NOT_AVAILABLE => Remedy::Others,
        QUERY_CANCELED => Remedy::Later,
        _ if state.starts_with(CONNECTION_EXCEPTION) || state.starts_with(OPERATOR_INTERVENTION) => {
            Remedy::Reconnect
        }
        _ => Remedy::None,
    }
}

const DEADLOCK_DETECTED: &str = "40P01";
/// The failure after `lock_timeout`.
const LOCK_NOT_AVAILABLE: &str = "55P03";
/// The failure after `statement_timeout`, among other causes.
const QUERY_CANCELED: &str = "57014";
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
            (Remedy::None, error) => Self::Other(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remedy_of_text(kind: DatabaseErrorKind, text: &str) -> Remedy {
        remedy_of(kind, &text.to_owned())
    }

    #[test]
    fn diesel_kinds_are_mapped() {
        use DatabaseErrorKind::{ClosedConnection, SerializationFailure, UnableToSendCommand, UniqueViolation};
        assert_eq!(remedy_of_text(SerializationFailure, ""), Remedy::RunAgain);
        assert_eq!(remedy_of_text(ClosedConnection, ""), Remedy::Reconnect);
        assert_eq!(remedy_of_text(UnableToSendCommand, ""), Remedy::Reconnect);
        assert_eq!(remedy_of_text(UniqueViolation, "duplicate key"), Remedy::None);
    }

    #[test]
    fn sqlite_lock_timeout_is_contention() {
        assert_eq!(remedy_of_text(DatabaseErrorKind::Unknown, "database is locked"), Remedy::RunAgain);
        assert_eq!(remedy_of_text(DatabaseErrorKind::Unknown, "no such table: users"), Remedy::None);
    }

    #[test]
    fn each_sqlstate_is_mapped() {
        assert_eq!(remedy_of_state("40P01"), Remedy::RunAgain);
        assert_eq!(remedy_of_state("55P03"), Remedy::Others);
        assert_eq!(remedy_of_state("57014"), Remedy::Later);
        for lost in ["08006", "57P01", "57P02", "57P03"] {
            assert_eq!(remedy_of_state(lost), Remedy::Reconnect, "{lost}");
        }
        for hopeless in ["22012", "42P01", "53100", "XX000"] {
            assert_eq!(remedy_of_state(hopeless), Remedy::None, "{hopeless}");
        }
    }
}
