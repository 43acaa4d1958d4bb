//! Creates and drops the database, and checks its encoding.

use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::SqlError;
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;
use percent_encoding::percent_decode_str;

use crate::Conn;
use crate::session::with_timeouts;

/// The database from which others are created and dropped.
const MAINTENANCE: &str = "postgres";

/// The database that new ones are copies of.
const TEMPLATE: &str = "template1";
/// The encoding of every text that clients send and read.
const ENCODING: &str = "UTF8";
/// The options for a server whose [`TEMPLATE`] has another encoding: the locale `C` is on every server, and fits.
const OTHER_TEMPLATE: &str = " TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'";

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
    let encoding = if encoding_of(conn, TEMPLATE)? == ENCODING { "" } else { OTHER_TEMPLATE };
    run(conn, &format!("CREATE DATABASE {}{encoding}", quoted(&name)))?;
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

pub(crate) fn connect(url: &str) -> Result<Conn, StoreError> {
    Conn::establish(&with_timeouts(url)).map_err(|error| StoreError::Unavailable(error.to_string()))
}

pub(crate) fn run(conn: &mut Conn, sql: &str) -> Result<(), StoreError> {
    Ok(conn.batch_execute(sql).map_err(SqlError::from)?)
}

fn database_exists(conn: &mut Conn, name: &str) -> Result<bool, StoreError> {
    let found = diesel::sql_query("SELECT 1 FROM pg_database WHERE datname = $1").bind::<Text, _>(name);
    Ok(found.execute(conn).map_err(SqlError::from)? > 0)
}

/// Refuses a database that cannot store every text.
pub(crate) fn require_encoding(conn: &mut Conn) -> Result<(), StoreError> {
    let name = diesel::select(sql::<Text>("current_database()::text")).get_result::<String>(conn);
    let name = name.map_err(SqlError::from)?;
    let encoding = encoding_of(conn, &name)?;
    if encoding == ENCODING {
        return Ok(());
    }
    Err(StoreError::Other(format!(
        "the database {name} has the encoding {encoding} and must have UTF8; `chit-chat db create` makes one that has it"
    )))
}

fn encoding_of(conn: &mut Conn, database: &str) -> Result<String, StoreError> {
    let query = sql::<Text>("SELECT pg_encoding_to_char(encoding)::text FROM pg_database WHERE datname = ");
    let found: QueryResult<Option<String>> = query.bind::<Text, _>(database).get_result(conn).optional();
    Ok(found.map_err(SqlError::from)?.unwrap_or_default())
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
    let decoded = percent_decode_str(name).decode_utf8();
    let name = decoded.map_err(|_| StoreError::Other("the name of the database is not valid UTF-8".into()))?;
    Ok((format!("{scheme}://{host}/{MAINTENANCE}{parameters}"), name.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maintenance_database_is_on_same_server() {
        let (server, name) = split("postgres://me:secret@db:5433/chit_chat?sslmode=disable").unwrap();
        assert_eq!(server, "postgres://me:secret@db:5433/postgres?sslmode=disable");
        assert_eq!(name, "chit_chat");
        assert_eq!(split("postgres://db/with%20space").unwrap().1, "with space");
        assert!(split("postgres://db/%ff").is_err());
        assert!(split("postgres://db").is_err());
        assert!(split("postgres://db/").is_err());
    }
}
