//! The real server and PostgreSQL clusters, for programs that test them from outside. Linux only.

mod cluster;
mod database;
mod process;
mod server;
mod wait;

pub use cluster::Cluster;
pub use database::Database;
pub use process::{Frozen, Process};
pub use server::Server;
pub use wait::until;
