//! Opens the configured store.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use chit_chat_domain::store_error::StoreError;
pub(crate) use chit_chat_domain::stores::Stores;
use secrecy::ExposeSecret;

use crate::database::Database;

/// Opens the database and migrates its schema. Creates an SQLite file if it is absent.
pub(crate) fn open(database: &Database) -> Result<Stores, StoreError> {
    match database {
        Database::Sqlite(path) => open_sqlite(path),
        Database::Postgres(url) => {
            let store = Arc::new(chit_chat_postgres::Store::new(url.expose_secret())?);
            store.migrate().map_err(|error| with_hint(error, database))?;
            Ok(store.into())
        }
    }
}

/// Opens an existing, migrated database: a command next to a running server creates and migrates nothing.
pub(crate) fn open_existing(database: &Database) -> Result<Stores, Box<dyn Error>> {
    let stores: Stores = match database {
        Database::Sqlite(path) => {
            require_file(path)?;
            Arc::new(chit_chat_sqlite::Store::open(path)?).into()
        }
        Database::Postgres(url) => Arc::new(chit_chat_postgres::Store::new(url.expose_secret())?).into(),
    };
    if stores.readiness.is_current().map_err(|error| with_hint(error, database))? {
        Ok(stores)
    } else {
        Err(format!("{database}: the schema is not up to date; run `chit-chat db migrate`").into())
    }
}

/// Checks that an SQLite file exists, because opening it would create it.
pub(crate) fn require_file(path: &Path) -> Result<(), String> {
    if path.exists() {
        Ok(())
    } else {
        Err(format!("{} does not exist; run `chit-chat db create`", path.display()))
    }
}

/// Creates the database; returns whether it was absent.
pub(crate) fn create(database: &Database) -> Result<bool, StoreError> {
    match database {
        Database::Sqlite(path) => chit_chat_sqlite::create(path),
        Database::Postgres(url) => chit_chat_postgres::create(url.expose_secret()),
    }
}

/// Deletes the database; returns whether it existed.
pub(crate) fn drop(database: &Database) -> Result<bool, StoreError> {
    match database {
        Database::Sqlite(path) => chit_chat_sqlite::drop(path),
        Database::Postgres(url) => chit_chat_postgres::drop(url.expose_secret()),
    }
}

fn open_sqlite(path: &Path) -> Result<Stores, StoreError> {
    chit_chat_sqlite::create(path)?;
    let store = Arc::new(chit_chat_sqlite::Store::open(path)?);
    store.migrate()?;
    Ok(store.into())
}

/// Adds a hint if the PostgreSQL database does not exist, because opening does not create it. libpq has no
/// SQLSTATE for a failed connection, and its text may be in any language, so this asks the server.
fn with_hint(error: StoreError, database: &Database) -> StoreError {
    match (error, database) {
        (StoreError::Unavailable(why), Database::Postgres(url))
            if chit_chat_postgres::exists(url.expose_secret()) == Ok(false) =>
        {
            StoreError::Unavailable(format!("{}; run `chit-chat db create`", why.trim_end()))
        }
        (other, _) => other,
    }
}
