//! Pins: the messages that members have pinned.

mod repository;
mod service;

#[cfg(feature = "mocks")]
pub use repository::MockPinRepository;
pub use repository::{PinRepository, Pinning};
pub use service::PinService;

use crate::chatroom::Seq;
use crate::clock::Timestamp;
use crate::id::UserId;
use crate::message::Message;

/// The maximum number of pinned messages of a chatroom.
pub const MAX_PINS: u32 = 100;

/// A pinned message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The message in its current state.
    pub message: Message,
    pub pinned_by: UserId,
    pub pinned_at: Timestamp,
    /// The pin's seq in the chatroom's log, which orders pins.
    pub seq: Seq,
}
