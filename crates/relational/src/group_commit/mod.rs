//! Group commit: concurrent writes and questions are gathered, and done together.

mod batcher;
mod heads;
mod line;
mod locked;
mod send_metrics;
mod sends;
mod writing;

pub use heads::{Ask, HeadQueue, Question};
pub use sends::{SendQueue, Waiting, WriteMessages};
