//! Pins: the messages that members keep in sight.

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

/// How many messages of a chatroom can be pinned.
pub const MOST_PINS: u32 = 100;

/// That a message is pinned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The message as it is now.
    pub message: Message,
    pub pinned_by: UserId,
    pub pinned_at: Timestamp,
    /// Its place in the chatroom's log; the order of pins.
    pub seq: Seq,
}
