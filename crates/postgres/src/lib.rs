//! The ports on PostgreSQL.
//!
//! `ports` is the source code that both engines share; the other files are PostgreSQL's own.

mod append;
mod chatroom_heads;
mod conn;
mod database;
mod dialect;
mod migration;
mod pooler;
#[path = "../../relational/ports/mod.rs"]
mod ports;
mod session;
mod store;

pub use append::send_statement;
pub(crate) use conn::{Conn, Connections, Tx};
pub use database::{create, drop, exists};
pub use pooler::pools_transactions;
pub use session::Pooling;
pub use store::Store;
