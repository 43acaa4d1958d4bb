//! The port that stores bans.

use super::Ban;
use crate::chatroom::{Guard, Seq};
use crate::clock::Timestamp;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, UserId};
use crate::membership::Membership;
use crate::page::Limit;
use crate::store_error::StoreError;

/// A ban about to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBan {
    pub chatroom_id: ChatroomId,
    pub user_id: UserId,
    /// The user's membership as it was read; the ban ends it.
    pub membership: Option<Membership>,
    pub at: Timestamp,
}

/// The outcome of a ban.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Banned {
    /// The user is banned now.
    Banned(Ban),
    /// The user had been banned before; nothing changed.
    Already(Ban),
    /// There is no such living user.
    NoSuchUser,
    /// The chatroom has reached the limit of bans.
    TooMany,
    /// The guard did not hold, or the user's membership had changed since it was read.
    Refused,
}

/// Stores bans. Every write takes the chatroom's next seqs and logs its events atomically.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait BanRepository: Send + Sync {
    /// Bans a user, and ends their membership if there is one. The chatroom has at most `most` bans afterwards.
    fn ban(&self, ban: NewBan, most: usize, guard: Guard) -> Result<Banned, StoreError>;

    /// Lifts a ban, if there is one.
    fn lift(&self, chatroom: ChatroomId, user: UserId, guard: Guard, at: Timestamp)
    -> Result<Guarded, StoreError>;

    /// The bans of a chatroom, newest first, starting after `after`; one more than the limit.
    fn list(&self, chatroom: ChatroomId, after: Option<Seq>, limit: Limit) -> Result<Vec<Ban>, StoreError>;
}
