//! The embedded migrations of both engines.

use std::error::Error;

use chit_chat_domain::store_error::StoreError;
use diesel::backend::Backend;
use diesel::result::Error as DieselError;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::error::{Sql, SqlError};

/// The migrations of PostgreSQL.
pub const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");
/// The migrations of SQLite.
pub const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// Runs pending migrations. diesel takes no lock, so the caller must, or two instances collide.
pub fn run<DB: Backend>(
    harness: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> Result<(), StoreError> {
    harness.run_pending_migrations(migrations).map(drop).map_err(failure)
}

/// Reverts every migration, newest first.
pub fn revert<DB: Backend>(
    harness: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> Result<(), StoreError> {
    harness.revert_all_migrations(migrations).map(drop).map_err(failure)
}

/// Reverts the newest migration.
pub fn revert_newest<DB: Backend>(
    harness: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> Result<(), StoreError> {
    harness.revert_last_migration(migrations).map(drop).map_err(failure)
}

/// Returns whether no migration is pending. diesel creates its table of migrations if it is absent, which is a
/// write, so the caller checks for the table first.
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
