//! The port that reads the heads of chatrooms.

use super::Seq;
use crate::id::{ChatroomId, UserId};
use crate::pending::Pending;

/// Reads the heads of chatrooms. Every change takes the next seq, so data of a chatroom is current as long as
/// its head has not moved.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ChatroomHeads: Send + Sync {
    /// The head as of the call or later; `None` if the reader is not a member. The answer arrives later, as for
    /// sends, because concurrent calls share a query.
    fn head(&self, chatroom: ChatroomId, reader: UserId) -> Pending<Option<Seq>>;
}
