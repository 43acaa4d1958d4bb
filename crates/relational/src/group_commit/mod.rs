//! Group commit: concurrent writes and queries are collected and executed together.

mod batcher;
mod heads;
mod line;
mod locked;
mod send_metrics;
mod sends;
mod sync;
mod write_messages;
mod writing;

pub use heads::{Ask, HeadQueue, HeadRequest};
pub use sends::SendQueue;
pub use write_messages::{Waiting, WriteMessages};
