//! Migrates the schema.

use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::{SqlError, migrations};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::database::{require_encoding, run};
use crate::dialect::IS_MIGRATED;
use crate::session::Pooling;
use crate::{Conn, Store};

/// The advisory lock of migrations; the number is arbitrary.
const MIGRATION_LOCK: i64 = 0x6368_6974_6368_6174;

impl Store {
    /// Migrates the schema, and returns whether the database was empty. If several instances start together, one of
    /// them does it.
    pub fn migrate(&self) -> Result<bool, StoreError> {
        let conn = &mut **self.changers.get()?;
        match self.pooling {
            Pooling::Sessions => self.migrate_in_session(conn),
            Pooling::Transactions => self.migrate_in_transaction(conn),
        }
    }

    fn migrate_in_session(&self, conn: &mut Conn) -> Result<bool, StoreError> {
        run(conn, &format!("SET statement_timeout = 0; SELECT pg_advisory_lock({MIGRATION_LOCK})"))?;
        let migrated = migrate(conn);
        run(conn, &format!("SELECT pg_advisory_unlock({MIGRATION_LOCK}); {}", self.settings))?;
        migrated
    }

    /// Runs all pending migrations in one transaction: through a pooler, only that keeps a lock, a setting and a
    /// prepared statement.
    fn migrate_in_transaction(&self, conn: &mut Conn) -> Result<bool, StoreError> {
        let begin = format!(
            "{}SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({MIGRATION_LOCK})",
            self.settings
        );
        let mut migrated = Ok(false);
        let committed = conn.transaction(|conn| {
            migrated = run(conn, &begin).and_then(|()| migrate(conn));
            if migrated.is_ok() { Ok(()) } else { Err(diesel::result::Error::RollbackTransaction) }
        });
        let was_empty = migrated?;
        committed.map_err(SqlError::from)?;
        Ok(was_empty)
    }
}

/// Migrates the schema, and returns whether there was none.
fn migrate(conn: &mut Conn) -> Result<bool, StoreError> {
    require_encoding(conn)?;
    let is_migrated = diesel::select(sql::<Bool>(IS_MIGRATED)).get_result::<bool>(conn).map_err(SqlError::from)?;
    migrations::run(conn, migrations::POSTGRES)?;
    Ok(!is_migrated)
}
