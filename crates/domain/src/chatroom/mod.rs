//! Chatrooms: their settings, their visibility, and the rights to change them.

mod access;
mod change;
mod heads;
mod name;
mod repository;
mod service;
mod settings;

pub use access::{Access, Entrance, Guard};
pub use change::ChatroomChange;
pub use heads::ChatroomHeads;
#[cfg(feature = "mocks")]
pub use heads::MockChatroomHeads;
pub use name::ChatroomName;
#[cfg(feature = "mocks")]
pub use repository::MockChatroomRepository;
pub use repository::{ChatroomRepository, Creation, ListFilter, ListPosition, MyChatroom, NewChatroom};
pub use service::{ChatroomService, CreateChatroom, CreatedChatroom};
pub use settings::{ChatroomChanges, Right, Settings, SlowMode, Topic};

use crate::clock::Timestamp;
use crate::id::ChatroomId;
use crate::violation::Violation;

/// The position of a change in its chatroom's log: 1, 2, 3, ... without gaps.
pub type Seq = i64;

/// The maximum number of initial members of a new chatroom, not counting its creator.
pub const MAX_INITIAL_MEMBERS: usize = 100;

/// The users who may see that a chatroom exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Every signed-in user can find and join it.
    Public,
    /// Only members can see it; they add others.
    Private,
    /// Only its two members can see it, and nobody can join.
    Direct,
}

impl Visibility {
    /// Accepts `public` and `private`; a direct chatroom is never created by its visibility.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        match text {
            "public" => Ok(Self::Public),
            "private" => Ok(Self::Private),
            _ => Err(Violation::NotOneOf("public, private")),
        }
    }

    /// The visibility of a stored word.
    pub fn restore(text: &str) -> Option<Self> {
        [Self::Public, Self::Private, Self::Direct].into_iter().find(|visibility| visibility.as_str() == text)
    }

    /// The word on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Direct => "direct",
        }
    }
}

/// A living chatroom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chatroom {
    pub id: ChatroomId,
    /// The name; `None` for a direct chatroom.
    pub name: Option<ChatroomName>,
    /// The users who may see the chatroom.
    pub visibility: Visibility,
    pub settings: Settings,
    /// The time of the creation.
    pub created_at: Timestamp,
    /// The head of the log.
    pub last_seq: Seq,
}
