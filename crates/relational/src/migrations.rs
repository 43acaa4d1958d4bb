//! The migrations of both engines, embedded, and whether a database has them all.

use std::error::Error;

use chit_chat_domain::store_error::StoreError;
use diesel::backend::Backend;
use diesel::result::Error as DieselError;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::error::{Sql, SqlError};

/// PostgreSQL's.
pub const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");
/// SQLite's.
pub const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// Runs what is pending. diesel takes no lock: the caller does, or two instances collide.
pub fn run<DB: Backend>(
    harness: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> Result<(), StoreError> {
    harness.run_pending_migrations(migrations).map(drop).map_err(failure)
}

/// Takes every migration back, newest first.
pub fn revert<DB: Backend>(
    harness: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> Result<(), StoreError> {
    harness.revert_all_migrations(migrations).map(drop).map_err(failure)
}

/// Takes the newest migration back.
pub fn revert_newest<DB: Backend>(
    harness: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> Result<(), StoreError> {
    harness.revert_last_migration(migrations).map(drop).map_err(failure)
}

/// Whether nothing is pending. diesel makes the table that records migrations, and so writes, unless
/// it is there: the caller looks first.
pub fn are_current<DB: Backend>(
    harness: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> Sql<bool> {
    harness.has_pending_migration(migrations).map(|pending| !pending).map_err(|error| {
        SqlError::Diesel(match error.downcast() {
            Ok(error) => *error,
            Err(error) => DieselError::QueryBuilderError(error),
        })
    })
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn failure(error: Box<dyn Error + Send + Sync>) -> StoreError {
    StoreError::Other(format!("migrations: {error}"))
}
