//! The port that stores direct chatrooms.

use super::Pair;
use crate::chatroom::Chatroom;
use crate::clock::Timestamp;
use crate::store_error::StoreError;

/// The outcome of opening a direct chatroom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The chatroom is created, with both users as members and its first events.
    Made(Chatroom),
    /// The chatroom existed. If it was hidden from the opening user, it is shown again.
    Found(Chatroom),
    /// One of the two is not a living user.
    NoSuchUser,
    /// One of the two blocks the other, and there is no chatroom yet.
    Blocked,
}

/// Opens direct chatrooms. All other operations use the same ports as for other chatrooms.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait DirectRepository: Send + Sync {
    /// Returns whether the chatroom of two users exists, shown or hidden.
    fn exists(&self, pair: Pair) -> Result<bool, StoreError>;

    /// Returns the chatroom of two users, and creates it if it does not exist. It is neither in the list of the other
    /// user nor among the memberships that their streams follow, until they open it too or it has a message.
    fn open(&self, pair: Pair, at: Timestamp) -> Result<Opening, StoreError>;
}
