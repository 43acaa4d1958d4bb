//! Migrates the schema.

use chit_chat_domain::readiness::Readiness;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::migrations;
use diesel::prelude::*;
use diesel::sql_types::Bool;

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

impl Readiness for Store {
    fn is_current(&self) -> Result<bool, StoreError> {
        self.read(|conn| {
            let migrated = diesel::dsl::sql::<Bool>("to_regclass('__diesel_schema_migrations') IS NOT NULL");
            Ok(diesel::select(migrated).get_result(conn)? && migrations::are_current(conn, migrations::POSTGRES)?)
        })
    }
}
