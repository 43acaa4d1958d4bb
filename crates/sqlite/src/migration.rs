//! Migrates the schema.

use chit_chat_domain::readiness::Readiness;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::migrations;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::Store;

impl Store {
    /// Migrates the schema. If several processes start together, one of them does it.
    pub fn migrate(&self) -> Result<(), StoreError> {
        self.writer.alone(|conn| {
            let mut outcome = Ok(());
            let transaction = conn.immediate_transaction(|conn| {
                outcome = migrations::run(conn, migrations::SQLITE);
                if outcome.is_ok() { Ok(()) } else { Err(diesel::result::Error::RollbackTransaction) }
            });
            outcome?;
            transaction.map_err(|error| StoreError::Other(error.to_string()))
        })
    }
}

impl Readiness for Store {
    fn is_current(&self) -> Result<bool, StoreError> {
        self.read(|conn| {
            let migrated = diesel::dsl::sql::<Bool>(
                "EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '__diesel_schema_migrations')",
            );
            Ok(diesel::select(migrated).get_result(conn)? && migrations::are_current(conn, migrations::SQLITE)?)
        })
    }
}
