//! The database itself: making it, dropping it, and bringing its schema up to date.

use chit_chat_domain::readiness::Readiness;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::pool::Setup;
use chit_chat_relational::{SqlError, migrations};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::CustomizeConnection;
use diesel::sql_types::{Bool, Text};

use crate::{Conn, Store};

/// Where databases are made and dropped from.
const MAINTENANCE: &str = "postgres";
/// Whoever migrates holds this advisory lock; the number means nothing.
const MIGRATION_LOCK: i64 = 0x6368_6974_6368_6174;

impl Store {
    /// Brings the schema up to date; of several instances that start together one does it.
    pub fn migrate(&self) -> Result<(), StoreError> {
        let conn = &mut *self.connections.get()?;
        run(conn, &format!("SET statement_timeout = 0; SELECT pg_advisory_lock({MIGRATION_LOCK})"))?;
        let migrated = migrations::run(conn, migrations::POSTGRES);
        run(conn, &format!("SELECT pg_advisory_unlock({MIGRATION_LOCK}); {SESSION}"))?;
        migrated
    }
}

impl Readiness for Store {
    fn is_current(&self) -> Result<bool, StoreError> {
        self.read(|conn| {
            let migrated = diesel::dsl::sql::<Bool>("to_regclass('__diesel_schema_migrations') IS NOT NULL");
            Ok(diesel::select(migrated).get_result(conn)? && migrations::are_current(conn, migrations::POSTGRES)?)
        })
    }
}

/// Makes the database that the URL names, unless it is there; answers whether it made it.
pub fn create(url: &str) -> Result<bool, StoreError> {
    let (server, name) = split(url)?;
    let conn = &mut connect(&server)?;
    if exists(conn, &name)? {
        return Ok(false);
    }
    run(conn, &format!("CREATE DATABASE {}", quoted(&name)))?;
    Ok(true)
}

/// Drops the database that the URL names; answers whether it was there.
pub fn drop(url: &str) -> Result<bool, StoreError> {
    let (server, name) = split(url)?;
    let conn = &mut connect(&server)?;
    let existed = exists(conn, &name)?;
    run(conn, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(&name)))?;
    Ok(existed)
}

/// No statement of a request may run longer than anybody waits for it.
const SESSION: &str = "SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s'";

pub(crate) fn setup() -> Setup<Conn> {
    Box::new(Session)
}

#[derive(Debug)]
struct Session;

impl CustomizeConnection<Conn, diesel::r2d2::Error> for Session {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        conn.batch_execute(SESSION).map_err(diesel::r2d2::Error::QueryError)
    }
}

/// libpq would wait for a silent host for minutes.
pub(crate) fn with_connect_timeout(url: &str) -> String {
    if url.contains("connect_timeout=") {
        return url.to_owned();
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}connect_timeout=5")
}

fn connect(url: &str) -> Result<Conn, StoreError> {
    Conn::establish(&with_connect_timeout(url)).map_err(|error| StoreError::Unavailable(error.to_string()))
}

fn run(conn: &mut Conn, sql: &str) -> Result<(), StoreError> {
    Ok(conn.batch_execute(sql).map_err(SqlError::from)?)
}

fn exists(conn: &mut Conn, name: &str) -> Result<bool, StoreError> {
    let found = diesel::sql_query("SELECT 1 FROM pg_database WHERE datname = $1").bind::<Text, _>(name);
    Ok(found.execute(conn).map_err(SqlError::from)? > 0)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The URL of the server's maintenance database, and the name of the database that the URL names.
fn split(url: &str) -> Result<(String, String), StoreError> {
    let unnamed = || StoreError::Other("the URL of the database names no database".into());
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
    fn the_maintenance_database_is_on_the_same_server() {
        let (server, name) = split("postgres://me:secret@db:5433/chit_chat?sslmode=disable").unwrap();
        assert_eq!(server, "postgres://me:secret@db:5433/postgres?sslmode=disable");
        assert_eq!(name, "chit_chat");
        assert!(split("postgres://db").is_err());
        assert!(split("postgres://db/").is_err());
    }

    #[test]
    fn a_connect_timeout_of_the_operator_stays() {
        assert_eq!(with_connect_timeout("postgres://db/a"), "postgres://db/a?connect_timeout=5");
        assert_eq!(with_connect_timeout("postgres://db/a?b=c"), "postgres://db/a?b=c&connect_timeout=5");
        assert_eq!(with_connect_timeout("postgres://db/a?connect_timeout=9"), "postgres://db/a?connect_timeout=9");
    }
}
