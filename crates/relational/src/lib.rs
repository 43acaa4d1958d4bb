//! Code that both SQL adapters share: the schema's types and tables, rows and their conversion to the domain,
//! pools, migrations, group commit, and the classification of failures.
pub mod codes;
pub mod commits;
pub mod error;
pub mod group_commit;
pub mod migrations;
pub mod pool;
pub mod pool_metrics;
pub mod rows;
pub mod schema;
mod sqlstate;
pub mod text;
pub mod types;
pub mod writability;

pub use error::{Sql, SqlError};
pub use types::{Instant, Key};
