//! Mentions: whom a message calls by name.

mod named;
mod repository;

pub use named::Named;
pub use repository::MentionRepository;
#[cfg(feature = "mocks")]
pub use repository::MockMentionRepository;

use crate::id::UserId;

/// So many people at most are mentioned by one message; who is named after them is not.
pub const MOST_MENTIONED: usize = 50;

/// Whom a message mentions, as it was resolved when the message was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Members other than the author, each once; none of them if all are mentioned.
    pub users: Vec<UserId>,
    /// Everybody in the chatroom.
    pub all: bool,
}

impl Mentions {
    /// Everybody.
    pub fn everybody() -> Self {
        Self { users: Vec::new(), all: true }
    }

    /// These members.
    pub fn of(users: Vec<UserId>) -> Self {
        Self { users, all: false }
    }

    /// Whether nobody is mentioned.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && !self.all
    }
}
