//! Group commit: concurrent writes and queries are collected and executed together.

mod batch_writer;
mod batcher;
mod heads;
mod lane_queue;
mod locked_rooms;
mod send_metrics;
mod sends;
mod sync;
mod write_messages;

pub use heads::{Ask, HeadQueue, HeadRequest};
pub use sends::SendQueue;
pub use write_messages::{QueuedSend, WriteMessages};
