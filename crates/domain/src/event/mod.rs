//! Events: the log of every durable change in a chatroom.

mod change;
mod repository;

pub use change::{Change, Kind};
pub use repository::EventRepository;
#[cfg(feature = "mocks")]
pub use repository::MockEventRepository;

use crate::chatroom::Seq;
use crate::clock::Timestamp;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::membership::LeaveReason;
use crate::message::Message;

/// An entry of a chatroom's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub chatroom_id: ChatroomId,
    /// The position in the log: one more than that of the previous entry.
    pub seq: Seq,
    pub at: Timestamp,
    /// The user who acted.
    pub actor_id: UserId,
    pub change: Change,
    /// The message that the event's message replies to.
    pub parent: Option<Parent>,
}

/// A message with replies, reduced to the fields that change with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    pub id: MessageId,
    /// The current count, like every field of a message.
    pub reply_count: i32,
}

impl Event {
    /// The event of sending a message. It is not stored: the message's row serves as the log entry.
    pub fn of_sending(message: Message) -> Self {
        Self {
            chatroom_id: message.chatroom_id,
            seq: message.seq,
            at: message.created_at,
            actor_id: message.author_id,
            change: Change::MessageCreated(message),
            parent: None,
        }
    }

    /// The message in the event, if any.
    pub fn message(&self) -> Option<&Message> {
        match &self.change {
            Change::MessageCreated(message)
            | Change::MessageUpdated(message)
            | Change::MessageDeleted(message) => Some(message),
            _ => None,
        }
    }

    /// Returns whether later changes can be visible in the event.
    pub fn shows_later_changes(&self) -> bool {
        self.parent.is_some() || self.current_message().is_some_and(Message::has_changed)
    }

    /// The message that the event shows in its current state; `MessageDeleted` shows no later changes.
    fn current_message(&self) -> Option<&Message> {
        match &self.change {
            Change::MessageCreated(message) | Change::MessageUpdated(message) => Some(message),
            _ => None,
        }
    }

    /// The event for a user who was no longer a member when its content was changed. `None` if no later change is
    /// visible in it.
    pub fn withheld(&self) -> Option<Self> {
        if !self.shows_later_changes() {
            return None;
        }
        let mut event = Self { parent: None, ..self.clone() };
        if let Change::MessageCreated(message) | Change::MessageUpdated(message) = &mut event.change
            && message.has_changed()
        {
            *message = message.withheld();
        }
        Some(event)
    }
}

/// The reason why a membership ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembershipEnd {
    /// The member left.
    Left,
    /// A moderator or an owner removed the member.
    Removed,
    /// A moderator or an owner banned the member.
    Banned,
    /// The member's account was deleted.
    AccountDeleted,
}

impl MembershipEnd {
    pub const ALL: [Self; 4] = [Self::Left, Self::Removed, Self::Banned, Self::AccountDeleted];

    /// The reason with this word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// The word on the wire and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Removed => "removed",
            Self::Banned => "banned",
            Self::AccountDeleted => "account_deleted",
        }
    }
}

impl From<LeaveReason> for MembershipEnd {
    fn from(reason: LeaveReason) -> Self {
        match reason {
            LeaveReason::Left => Self::Left,
            LeaveReason::AccountDeleted => Self::AccountDeleted,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::{NOW, message};

    fn withheld(message: Message) -> Option<Message> {
        match Event::of_sending(message).withheld()?.change {
            Change::MessageCreated(message) => Some(message),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn withheld_hides_later_message_state() {
        let sent = message().build();
        assert_eq!(withheld(sent.clone()), None, "nothing became of it");
        let tombstone = Message {
            body: None,
            revision: 2,
            deleted_at: Some(NOW.plus(Duration::from_secs(9))),
            ..sent.clone()
        };
        let edited = Message { revision: 2, edited_at: tombstone.deleted_at, ..sent.clone() };
        for later in [edited, Message { reply_count: 1, ..sent.clone() }, tombstone] {
            let shown = withheld(later).unwrap();
            assert_eq!((shown.body, shown.revision, shown.reply_count), (None, 1, 0));
            assert_eq!((shown.edited_at, shown.deleted_at), (None, Some(sent.created_at)), "nor when");
        }
    }

    #[test]
    fn withheld_keeps_deletion() {
        let gone = message().deleted(NOW).build();
        let event = Event { change: Change::MessageDeleted(gone.clone()), ..Event::of_sending(gone) };
        assert_eq!(event.withheld(), None);
    }

    #[test]
    fn withheld_hides_reply_count_of_parent() {
        let reply = Event::of_sending(message().with_body("yes").build());
        let parent = Some(Parent { id: reply.message().unwrap().id, reply_count: 2 });
        assert_eq!(Event { parent, ..reply.clone() }.withheld(), Some(reply));
    }
}
