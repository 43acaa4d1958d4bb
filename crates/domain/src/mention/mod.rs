//! Mentions of users in messages.

mod named;
mod names;
mod repository;

pub use named::Named;
pub use repository::MentionRepository;
#[cfg(feature = "mocks")]
pub use repository::MockMentionRepository;

use crate::id::UserId;

/// The maximum number of users that one message mentions; further names are ignored.
pub const MAX_MENTIONED: usize = 50;

/// The mentions of a message, as resolved when the message was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Members other than the author, without duplicates; empty if everybody is mentioned.
    pub users: Vec<UserId>,
    /// True if everybody in the chatroom is mentioned.
    pub all: bool,
}

impl Mentions {
    /// Mentions everybody.
    pub fn everybody() -> Self {
        Self { users: Vec::new(), all: true }
    }

    /// Mentions these members.
    pub fn of(users: Vec<UserId>) -> Self {
        Self { users, all: false }
    }

    /// Returns whether nobody is mentioned.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && !self.all
    }
}
