//! Direct chatrooms: the one chatroom that two users share.

mod pair;
mod repository;
mod service;

pub use pair::{DirectKey, Pair};
#[cfg(feature = "mocks")]
pub use repository::MockDirectRepository;
pub use repository::{DirectRepository, Opening};
pub use service::{DirectService, OpenedDirect};
