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
        require_encoding(conn)?;
        let was_empty = !is_migrated(conn).map_err(SqlError::from)?;
        match self.pooling {
            Pooling::Sessions => self.migrate_in_session(conn)?,
            Pooling::Transactions => migrate_in_transaction(conn)?,
        }
        Ok(was_empty)
    }

    fn migrate_in_session(&self, conn: &mut Conn) -> Result<(), StoreError> {
        run(conn, &format!("SET statement_timeout = 0; SELECT pg_advisory_lock({MIGRATION_LOCK})"))?;
        let migrated = migrations::run(conn, migrations::POSTGRES);
        run(conn, &format!("SELECT pg_advisory_unlock({MIGRATION_LOCK}); {}", self.session))?;
        migrated
    }
}

/// Runs all pending migrations in one transaction: through a pooler, only that keeps a lock and a setting.
fn migrate_in_transaction(conn: &mut Conn) -> Result<(), StoreError> {
    let mut outcome = Ok(());
    let committed = conn.transaction(|conn| {
        let begin = format!("SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({MIGRATION_LOCK})");
        outcome = run(conn, &begin).and_then(|()| migrations::run(conn, migrations::POSTGRES));
        if outcome.is_ok() { Ok(()) } else { Err(diesel::result::Error::RollbackTransaction) }
    });
    outcome?;
    Ok(committed.map_err(SqlError::from)?)
}

fn is_migrated(conn: &mut Conn) -> QueryResult<bool> {
    diesel::select(sql::<Bool>(IS_MIGRATED)).get_result(conn)
}
