//! The port that keeps direct chatrooms.

use super::Pair;
use crate::chatroom::Chatroom;
use crate::clock::Timestamp;
use crate::store_error::StoreError;

/// What became of the wish for a direct chatroom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// It is stored, with both as members and its first events.
    Made(Chatroom),
    /// There was one already; if it was hidden from who opens it, it is not any more.
    Found(Chatroom),
    /// One of the two is no living user.
    NoSuchUser,
    /// One of the two blocks the other, and there is no chatroom yet.
    Blocked,
}

/// Keeps direct chatrooms. In everything else they are like other chatrooms.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait DirectRepository: Send + Sync {
    /// The chatroom of two people, made if need be.
    fn open(&self, pair: Pair, at: Timestamp) -> Result<Opening, StoreError>;
}
