//! The port that tells how far chatrooms have come.

use super::Seq;
use crate::id::{ChatroomId, UserId};
use crate::pending::Pending;

/// Tells the heads of chatrooms. Since every change takes the next seq, what was read of a chatroom
/// is current as long as its head has not moved.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ChatroomHeads: Send + Sync {
    /// The head, if the reader is a member: as it was after the question came in, or later. Answers
    /// later, like sending does: concurrent questions are asked together.
    fn head(&self, chatroom: ChatroomId, reader: UserId) -> Pending<Option<Seq>>;
}
