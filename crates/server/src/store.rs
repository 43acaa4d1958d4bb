//! Opens the configured store.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use chit_chat_domain::store_error::StoreError;
pub(crate) use chit_chat_domain::stores::Stores;
use chit_chat_http::StoreConnections;
use chit_chat_postgres::Pooling;
use secrecy::ExposeSecret;

use crate::config::Config;
use crate::database::{Database, Pooler};

/// Opens the database and migrates its schema. Creates an SQLite file if it is absent.
pub(crate) fn open(config: &Config) -> Result<Stores, StoreError> {
    let database = &config.database_url;
    match database {
        Database::Sqlite(path) => open_sqlite(path),
        Database::Postgres(url) => {
            let open = || open_postgres(url.expose_secret(), config.database_pooler);
            open().map_err(|error| with_hint(error, database))
        }
    }
}

fn open_postgres(url: &str, pooler: Pooler) -> Result<Stores, StoreError> {
    let store = connect(url, pooler)?;
    if store.migrate()? {
        tracing::info!("the database was new and empty");
    }
    Ok(store.into())
}

fn connect(url: &str, pooler: Pooler) -> Result<Arc<chit_chat_postgres::Store>, StoreError> {
    let pooling = match pooler {
        Pooler::Transaction => Pooling::Transactions,
        Pooler::Auto if chit_chat_postgres::pools_transactions(url)? => {
            tracing::info!("a pooler gives each transaction another connection of PostgreSQL");
            Pooling::Transactions
        }
        Pooler::Auto | Pooler::None => Pooling::Sessions,
    };
    chit_chat_postgres::Store::with(url, pooling).map(Arc::new)
}

/// Opens an existing, migrated database: a command next to a running server creates and migrates nothing.
pub(crate) fn open_existing(config: &Config) -> Result<Stores, Box<dyn Error>> {
    let database = &config.database_url;
    let stores: Stores = match database {
        Database::Sqlite(path) => {
            require_file(path)?;
            Arc::new(chit_chat_sqlite::Store::open(path)?).into()
        }
        Database::Postgres(url) => {
            let connected = connect(url.expose_secret(), config.database_pooler);
            connected.map_err(|error| with_hint(error, database))?.into()
        }
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

/// The connections that requests share.
pub(crate) fn connections(database: &Database) -> StoreConnections {
    match database {
        Database::Sqlite(_) => {
            StoreConnections { reads: chit_chat_sqlite::Store::READERS, writes: chit_chat_sqlite::Store::CHANGERS }
        }
        Database::Postgres(_) => StoreConnections {
            reads: chit_chat_postgres::Store::READERS,
            writes: chit_chat_postgres::Store::CHANGERS,
        },
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
    if chit_chat_sqlite::create(path)? {
        tracing::info!("created a new, empty database: {}", path.display());
    }
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
