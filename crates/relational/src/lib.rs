//! What both SQL adapters share, once: the types and tables of the schema, rows and what they mean
//! in the domain, pools, migrations, and how failures are told apart.
pub mod bans;
pub mod batcher;
pub mod codes;
pub mod error;
pub mod events;
pub mod heads;
pub mod invitations;
mod line;
mod locked;
pub mod mentions;
pub mod migrations;
pub mod pool;
pub mod pool_metrics;
pub mod rows;
pub mod schema;
mod send_metrics;
pub mod sends;
pub mod text;
pub mod types;
mod writing;

pub use error::{Sql, SqlError};
pub use types::{Instant, Key};
