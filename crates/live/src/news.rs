//! Who listens from where on, and what they hear.

use std::sync::Arc;

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::{ChatroomId, SessionId, UserId};
use chit_chat_domain::reading::ReadState;

use crate::entry::{Entry, Written};

/// Who listens, by which session.
#[derive(Clone, Copy, Debug)]
pub struct Who {
    pub user: UserId,
    pub session: SessionId,
}

/// Where listening to a chatroom starts.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    pub chatroom: ChatroomId,
    /// What is behind it will be heard.
    pub position: Seq,
    /// Where the user was a member for sure.
    pub head: Seq,
    /// What the client can know; whoever listens to one chatroom is not told of it.
    pub read: ReadState,
}

/// What a listener hears.
#[derive(Debug)]
pub enum News {
    Event(Arc<Entry>),
    Aside(Box<Written>),
    /// Something changed for the user alone.
    Own(ChatroomId, Own),
    /// What was missing at the start has been heard.
    CaughtUp,
    End(End),
}

/// What changes for a user alone, and is in no log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// The read marker is here now.
    ReadMarker(Seq),
    /// The chatroom is muted, or not any more.
    Muted(bool),
    /// The chatroom is hidden unless a message came behind this; or not any more.
    Hidden(Option<Seq>),
}

/// Why there is no more to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The instance stops.
    Stopping,
    /// The user is no member any more, or the chatroom is gone.
    NotAMember,
}
