//! The input and output of listeners.

use std::sync::Arc;

use chit_chat_domain::changes_since::{UserMemberships, UserVersion};
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::{ChatroomId, SessionId, UserId};
use chit_chat_domain::reading::ReadState;

use crate::entry::{EncodedEvent, Entry};

/// The user and session of a listener.
#[derive(Clone, Copy, Debug)]
pub struct Subscriber {
    pub user: UserId,
    pub session: SessionId,
}

/// The starting point in a chatroom.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    pub chatroom: ChatroomId,
    /// Events after it are delivered.
    pub position: Seq,
    /// A seq at which the user was a member.
    pub head: Seq,
    /// The private state that the client knows; streams of one chatroom do not report it.
    pub read: ReadState,
}

/// The chatrooms of a user that a listener follows.
#[derive(Clone, Copy, Debug)]
pub struct Followed {
    /// The version of the memberships that the listener starts with.
    pub version: UserVersion,
    /// The number of the user's chatrooms that it leaves out, because there are too many.
    pub left_out: usize,
}

impl From<&UserMemberships> for Followed {
    fn from(memberships: &UserMemberships) -> Self {
        Self { version: memberships.version, left_out: memberships.left_out }
    }
}

/// The output of a listener.
#[derive(Debug)]
pub enum Update {
    Event(Arc<Entry>),
    Ephemeral(Box<EncodedEvent>),
    /// The user's private state has changed.
    Private(ChatroomId, PrivateChange),
    /// Everything missed at the start has been delivered.
    CaughtUp,
    End(End),
}

/// Changes of a user's private state, which are in no log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivateChange {
    /// The new read marker.
    ReadMarker(Seq),
    /// True if the chatroom is muted now.
    Muted(bool),
    /// The chatroom is hidden until a message after this seq; `None` if it is shown again.
    Hidden(Option<Seq>),
}

/// The reason why a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The instance is stopping.
    Stopping,
    /// The user is no longer a member, or the chatroom was deleted.
    NotAMember,
}
