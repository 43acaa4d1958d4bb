//! A fresh database on either engine, behind the domain's ports.

use std::ops::Deref;
use std::sync::Arc;

use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::stores::Stores;

use crate::engine::Engine;
use crate::postgres::Database;
use crate::raw::Raw;
use crate::sqlite::File;

/// A database and a store on it, deleted on drop.
pub struct TestStore {
    // Declared before the database, so that it is dropped first.
    stores: Stores,
    database: AnyDatabase,
}

enum AnyDatabase {
    Sqlite(File),
    Postgres(Database),
}

impl TestStore {
    /// Creates a store on an empty, migrated database.
    pub fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let store = Self::unmigrated(engine);
                store.migrate().unwrap();
                store
            }
            Engine::Postgres => Self::on(AnyDatabase::Postgres(Database::migrated())),
        }
    }

    /// Creates a store on a database without tables.
    pub fn unmigrated(engine: Engine) -> Self {
        Self::on(match engine {
            Engine::Sqlite => AnyDatabase::Sqlite(File::create()),
            Engine::Postgres => AnyDatabase::Postgres(Database::create()),
        })
    }

    fn on(database: AnyDatabase) -> Self {
        Self { stores: database.open(), database }
    }

    /// Opens another store on the same database, as another instance does.
    pub fn open_another(&self) -> Stores {
        self.database.open()
    }

    /// Migrates the schema to the newest version, as an instance does at start.
    pub fn migrate(&self) -> Result<(), StoreError> {
        match &self.database {
            AnyDatabase::Sqlite(file) => file.open().migrate(),
            AnyDatabase::Postgres(database) => database.open().migrate().map(drop),
        }
    }

    /// A connection that bypasses the ports. On PostgreSQL the database is then not reused.
    pub fn raw(&self) -> Raw {
        match &self.database {
            AnyDatabase::Sqlite(file) => Raw::sqlite(file.path().to_str().unwrap()),
            AnyDatabase::Postgres(database) => Raw::postgres(database.lend_url()),
        }
    }

    /// The database URL, as in the configuration.
    pub fn url(&self) -> String {
        match &self.database {
            AnyDatabase::Sqlite(file) => format!("sqlite://{}", file.path().display()),
            AnyDatabase::Postgres(database) => database.lend_url().to_owned(),
        }
    }

    pub fn engine(&self) -> Engine {
        match &self.database {
            AnyDatabase::Sqlite(_) => Engine::Sqlite,
            AnyDatabase::Postgres(_) => Engine::Postgres,
        }
    }
}

impl Deref for TestStore {
    type Target = Stores;

    fn deref(&self) -> &Stores {
        &self.stores
    }
}

impl AnyDatabase {
    fn open(&self) -> Stores {
        match self {
            Self::Sqlite(file) => Arc::new(file.open()).into(),
            Self::Postgres(database) => Arc::new(database.open()).into(),
        }
    }
}
