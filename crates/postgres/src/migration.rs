//! Migrates the schema.

use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::migrations;

use crate::Store;
use crate::database::{SESSION, run};

/// The advisory lock of migrations; the number is arbitrary.
const MIGRATION_LOCK: i64 = 0x6368_6974_6368_6174;

impl Store {
    /// Migrates the schema. If several instances start together, one of them does it.
    pub fn migrate(&self) -> Result<(), StoreError> {
        let conn = &mut *self.changers.get()?;
        run(conn, &format!("SET statement_timeout = 0; SELECT pg_advisory_lock({MIGRATION_LOCK})"))?;
        let migrated = migrations::run(conn, migrations::POSTGRES);
        run(conn, &format!("SELECT pg_advisory_unlock({MIGRATION_LOCK}); {SESSION}"))?;
        migrated
    }
}
