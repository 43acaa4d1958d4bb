//! The ports on SQLite, the embedded default.
//!
//! `ports` is the source code that both engines share; the other files are SQLite's own. One connection writes,
//! because several would only wait for each other's locks; a few more read.

mod append;
mod backup;
mod chatroom_heads;
mod checkpoints;
mod conn;
mod database;
mod dialect;
mod files;
mod migration;
#[path = "../../relational/ports/mod.rs"]
mod ports;
mod statements;
mod store;
mod write_counter;
mod writeback;
mod writer;

pub use backup::{Backup, backup, same_file};
pub(crate) use conn::{Conn, Tx};
pub use database::{create, drop};
pub use store::Store;
