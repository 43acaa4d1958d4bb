//! Creates and drops the database, and sets its connections up.

use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::pool::Setup;
use chit_chat_relational::{Sql, SqlError};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::CustomizeConnection;
use diesel::sql_types::Text;

use crate::Conn;

/// The database from which others are created and dropped.
const MAINTENANCE: &str = "postgres";

/// Returns whether the server has the database of the URL.
pub fn exists(url: &str) -> Result<bool, StoreError> {
    let (server, name) = split(url)?;
    database_exists(&mut connect(&server)?, &name)
}

/// Creates the database of the URL if it is absent, and returns whether it was.
pub fn create(url: &str) -> Result<bool, StoreError> {
    let (server, name) = split(url)?;
    let conn = &mut connect(&server)?;
    if database_exists(conn, &name)? {
        return Ok(false);
    }
    run(conn, &format!("CREATE DATABASE {}", quoted(&name)))?;
    Ok(true)
}

/// Drops the database of the URL, and returns whether it existed.
pub fn drop(url: &str) -> Result<bool, StoreError> {
    let (server, name) = split(url)?;
    let conn = &mut connect(&server)?;
    let existed = database_exists(conn, &name)?;
    run(conn, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(&name)))?;
    Ok(existed)
}

/// The settings of a session. No statement may run longer than its request waits.
pub(crate) const SESSION: &str = "SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s'";

pub(crate) fn setup() -> Setup<Conn> {
    Box::new(OnConnect)
}

/// Settings of connections that read for requests. A slow read must not keep its connection from others for long;
/// what writes may wait for locks instead.
const READING: &str = "SET statement_timeout = '5s'";

pub(crate) fn setup_for_reading() -> Setup<Conn> {
    Box::new(OnConnectForReading)
}

/// Discards the plans of a connection. PostgreSQL plans a prepared statement for the current size of its
/// tables, and a plan chosen for few rows may be the worst for many.
pub(crate) fn discard_plans(conn: &mut Conn) -> Sql<()> {
    Ok(conn.batch_execute("DISCARD PLANS")?)
}

/// Settings of connections that send. A locked room must not delay messages of other rooms, so waits for locks
/// are short. Sends are planned once and not for each batch, row by row through indexes, so that rooms are
/// locked in the order of their ids.
const SENDING: &str = "SET lock_timeout = '1s'; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; \
     SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off";

pub(crate) fn setup_for_sending() -> Setup<Conn> {
    Box::new(OnConnectForSending)
}

#[derive(Debug)]
struct OnConnect;

#[derive(Debug)]
struct OnConnectForReading;

#[derive(Debug)]
struct OnConnectForSending;

impl CustomizeConnection<Conn, diesel::r2d2::Error> for OnConnect {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        conn.batch_execute(SESSION).map_err(diesel::r2d2::Error::QueryError)
    }
}

impl CustomizeConnection<Conn, diesel::r2d2::Error> for OnConnectForReading {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        OnConnect.on_acquire(conn)?;
        conn.batch_execute(READING).map_err(diesel::r2d2::Error::QueryError)
    }
}

impl CustomizeConnection<Conn, diesel::r2d2::Error> for OnConnectForSending {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        OnConnect.on_acquire(conn)?;
        conn.batch_execute(SENDING).map_err(diesel::r2d2::Error::QueryError)
    }
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

fn connect(url: &str) -> Result<Conn, StoreError> {
    Conn::establish(&with_timeouts(url)).map_err(|error| StoreError::Unavailable(error.to_string()))
}

pub(crate) fn run(conn: &mut Conn, sql: &str) -> Result<(), StoreError> {
    Ok(conn.batch_execute(sql).map_err(SqlError::from)?)
}

fn database_exists(conn: &mut Conn, name: &str) -> Result<bool, StoreError> {
    let found = diesel::sql_query("SELECT 1 FROM pg_database WHERE datname = $1").bind::<Text, _>(name);
    Ok(found.execute(conn).map_err(SqlError::from)? > 0)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The URL of the server's maintenance database, and the name of the URL's own database.
fn split(url: &str) -> Result<(String, String), StoreError> {
    let unnamed = || StoreError::Other("the database URL does not name a database".into());
    let (scheme, rest) = url.split_once("://").ok_or_else(unnamed)?;
    let (location, parameters) = rest.split_once('?').map_or((rest, None), |(l, p)| (l, Some(p)));
    let (host, name) = location.split_once('/').ok_or_else(unnamed)?;
    if name.is_empty() {
        return Err(unnamed());
    }
    let parameters = parameters.map(|text| format!("?{text}")).unwrap_or_default();
    Ok((format!("{scheme}://{host}/{MAINTENANCE}{parameters}"), name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maintenance_database_is_on_same_server() {
        let (server, name) = split("postgres://me:secret@db:5433/chit_chat?sslmode=disable").unwrap();
        assert_eq!(server, "postgres://me:secret@db:5433/postgres?sslmode=disable");
        assert_eq!(name, "chit_chat");
        assert!(split("postgres://db").is_err());
        assert!(split("postgres://db/").is_err());
    }

    #[test]
    fn timeouts_of_url_are_kept() {
        assert!(
            with_timeouts("postgres://db/a").starts_with("postgres://db/a?connect_timeout=5&tcp_user_timeout=")
        );
        assert!(with_timeouts("postgres://db/a?b=c").starts_with("postgres://db/a?b=c&connect_timeout=5&"));
        let own = with_timeouts("postgres://db/a?connect_timeout=9");
        assert!(own.starts_with("postgres://db/a?connect_timeout=9&tcp_user_timeout="), "{own}");
    }
}
