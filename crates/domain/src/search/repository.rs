//! The port that searches names.

use super::{NameQuery, SearchPosition};
use crate::chatroom::Chatroom;
use crate::id::{ChatroomId, UserId};
use crate::page::Limit;
use crate::store_error::StoreError;
use crate::user::User;

/// A page of results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T, I> {
    /// At most the limit. May be fewer, even none, although more results follow: the work for a page is bounded.
    pub items: Vec<T>,
    /// The position at which the next page starts; `None` if no results follow.
    pub next: Option<SearchPosition<I>>,
}

/// Searches names. Results are in the order of [`Rank`](super::Rank): exact names come first. Each is found once.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait SearchRepository: Send + Sync {
    /// Living users whose username or display name contains the text.
    fn users(
        &self,
        query: NameQuery,
        after: Option<SearchPosition<UserId>>,
        limit: Limit,
    ) -> Result<Found<User, UserId>, StoreError>;

    /// Public chatrooms whose name contains the text.
    fn public_chatrooms(
        &self,
        query: NameQuery,
        after: Option<SearchPosition<ChatroomId>>,
        limit: Limit,
    ) -> Result<Found<Chatroom, ChatroomId>, StoreError>;

    /// Indexes at most `most` users and chatrooms that were stored before the index, or whose names were folded by
    /// an earlier version of the rules, and returns whether any may be left.
    fn index(&self, most: usize) -> Result<bool, StoreError>;
}
