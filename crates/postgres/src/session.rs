//! The settings of connections: those of the session or, through a pooler, of each transaction.

use std::fmt::Write;

use chit_chat_relational::Sql;
use chit_chat_relational::pool::Setup;
use diesel::connection::{CacheSize, SimpleConnection};
use diesel::prelude::*;
use diesel::r2d2::CustomizeConnection;

use crate::Conn;

/// The place that one connection of ours has at the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pooling {
    /// A session: its settings and prepared statements stay.
    #[default]
    Sessions,
    /// A new place for each transaction, as PgBouncer gives in transaction mode. Nothing stays.
    Transactions,
}

/// The purpose of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Reading,
    Changing,
    Sending,
}

/// No statement may run longer than its request waits. Whatever the server, the database or the role have as
/// defaults, transactions see what has been committed.
const ALWAYS: [(&str, &str); 3] = [
    ("statement_timeout", "'10s'"),
    ("idle_in_transaction_session_timeout", "'30s'"),
    ("default_transaction_isolation", "'read committed'"),
];
/// The schema of all tables, unless the URL names another.
const SCHEMA: (&str, &str) = ("search_path", "public");
/// A slow read must not keep its connection from others for long; what writes may wait for locks instead.
const READING: [(&str, &str); 1] = [("statement_timeout", "'5s'")];
/// A locked room must not delay messages of other rooms, so waits for locks are short. Sends are planned once and not
/// for each batch, row by row through indexes, so that rooms are locked in the order of their ids.
const SENDING: [(&str, &str); 6] = [
    ("lock_timeout", "'1s'"),
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
];

fn settings(url: &str, purpose: Purpose) -> impl Iterator<Item = (&'static str, &'static str)> {
    let schema = (!url.contains(SCHEMA.0)).then_some(SCHEMA);
    let own: &[_] = match purpose {
        Purpose::Reading => &READING,
        Purpose::Changing => &[],
        Purpose::Sending => &SENDING,
    };
    ALWAYS.into_iter().chain(schema).chain(own.iter().copied())
}

/// The statements that set a session up.
pub(crate) fn of_session(url: &str, purpose: Purpose) -> String {
    settings(url, purpose).fold(String::new(), |mut text, (name, value)| {
        let _written = write!(text, "SET {name} = {value}; ");
        text
    })
}

/// The statements that begin a transaction and set it up, in one round trip.
pub(crate) fn of_transaction(url: &str, purpose: Purpose) -> String {
    format!("BEGIN ISOLATION LEVEL READ COMMITTED; {}", within_transaction(url, purpose))
}

/// The statements that set a transaction up.
pub(crate) fn within_transaction(url: &str, purpose: Purpose) -> String {
    settings(url, purpose).fold(String::new(), |mut text, (name, value)| {
        let _written = write!(text, "SET LOCAL {name} = {value}; ");
        text
    })
}

/// Sets each new connection up.
pub(crate) fn setup(url: &str, purpose: Purpose, pooling: Pooling) -> Setup<Conn> {
    Box::new(match pooling {
        Pooling::Sessions => OnConnect::Set(of_session(url, purpose)),
        Pooling::Transactions => OnConnect::NameNoStatements,
    })
}

#[derive(Debug)]
enum OnConnect {
    Set(String),
    /// A named statement would be prepared in one place and looked for in another.
    NameNoStatements,
}

impl CustomizeConnection<Conn, diesel::r2d2::Error> for OnConnect {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        match self {
            Self::Set(settings) => conn.batch_execute(settings).map_err(diesel::r2d2::Error::QueryError),
            Self::NameNoStatements => {
                conn.set_prepared_statement_cache_size(CacheSize::Disabled);
                Ok(())
            }
        }
    }
}

/// Discards the plans of a connection. PostgreSQL plans a prepared statement for the current size of its
/// tables, and a plan chosen for few rows may be the worst for many.
pub(crate) fn discard_plans(conn: &mut Conn) -> Sql<()> {
    Ok(conn.batch_execute("DISCARD PLANS")?)
}

/// Timeouts for connecting, for acknowledgements of sent data (in milliseconds), and for responses; without
/// them libpq and the system wait for a silent host for minutes.
const SESSION_TIMEOUTS: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("tcp_user_timeout", "10000"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
];

/// Adds the timeouts that the operator's URL does not set.
pub(crate) fn with_timeouts(url: &str) -> String {
    let missing = SESSION_TIMEOUTS.iter().filter(|(name, _)| !url.contains(&format!("{name}=")));
    missing.fold(url.to_owned(), |url, (name, value)| {
        let separator = if url.contains('?') { '&' } else { '?' };
        format!("{url}{separator}{name}={value}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_of_url_are_kept() {
        assert!(
            with_timeouts("postgres://db/a").starts_with("postgres://db/a?connect_timeout=5&tcp_user_timeout=")
        );
        assert!(with_timeouts("postgres://db/a?b=c").starts_with("postgres://db/a?b=c&connect_timeout=5&"));
        let own = with_timeouts("postgres://db/a?connect_timeout=9");
        assert!(own.starts_with("postgres://db/a?connect_timeout=9&tcp_user_timeout="), "{own}");
    }

    #[test]
    fn schema_of_url_is_kept() {
        assert!(of_session("postgres://db/a", Purpose::Changing).contains("SET search_path = public; "));
        let own = "postgres://db/a?options=-csearch_path%3Dchat";
        assert!(!of_session(own, Purpose::Changing).contains("search_path"));
    }

    #[test]
    fn transaction_has_the_settings_of_a_session() {
        let begun = of_transaction("postgres://db/a", Purpose::Reading);
        assert!(begun.starts_with("BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = '10s'; "));
        assert!(begun.ends_with("SET LOCAL search_path = public; SET LOCAL statement_timeout = '5s'; "));
    }
}
