//! Migrates the schema.

use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::migrations;

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
