//! The ports on PostgreSQL.
//!
//! `ports` is the source code that both engines share; `append`, `chatroom_heads`, `database` and `dialect` are
//! PostgreSQL's own.

mod append;
mod chatroom_heads;
mod conn;
mod database;
mod dialect;
mod migration;
#[path = "../../relational/ports/mod.rs"]
mod ports;
mod store;

pub use append::send_statement;
pub(crate) use conn::{Conn, Connections, Tx};
pub use database::{create, drop, exists};
pub use store::Store;
