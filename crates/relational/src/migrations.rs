//! The embedded migrations of both engines.

use std::collections::BTreeSet;
use std::error::Error;

use chit_chat_domain::store_error::StoreError;
use diesel::backend::Backend;
use diesel::migration::MigrationSource;
use diesel::result::Error as DieselError;
pub use diesel_migrations::EmbeddedMigrations;
use diesel_migrations::{MigrationHarness, embed_migrations};

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

/// Returns whether each migration is among those applied. diesel's own check would create its table of migrations,
/// which a read-only database refuses.
pub fn are_among<DB: Backend>(migrations: &EmbeddedMigrations, applied: &BTreeSet<String>) -> Sql<bool> {
    let known = MigrationSource::<DB>::migrations(migrations);
    let known = known.map_err(|error| SqlError::Diesel(DieselError::QueryBuilderError(error)))?;
    Ok(known.iter().all(|migration| applied.contains(&migration.name().version().to_string())))
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn failure(error: Box<dyn Error + Send + Sync>) -> StoreError {
    StoreError::Other(format!("migrations: {error}"))
}
