//! What both SQL adapters share, once: the types and tables of the schema, rows and what they mean
//! in the domain, pools, migrations, group commit, and how failures are told apart.
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

pub use error::{Sql, SqlError};
pub use types::{Instant, Key};
