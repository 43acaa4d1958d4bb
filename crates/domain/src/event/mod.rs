//! Events: the log of everything durable that happened in a chatroom.

mod repository;

pub use repository::EventRepository;
#[cfg(feature = "mocks")]
pub use repository::MockEventRepository;

use crate::chatroom::{ChatroomName, Seq, Settings, Visibility};
use crate::clock::Timestamp;
use crate::id::{ChatroomId, InvitationId, MessageId, UserId};
use crate::membership::{LeaveReason, Role};
use crate::message::Message;
use crate::reaction::Tally;

/// One entry of a chatroom's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub chatroom_id: ChatroomId,
    /// Its place: one more than the entry before.
    pub seq: Seq,
    pub at: Timestamp,
    /// Who did it.
    pub actor_id: UserId,
    pub change: Change,
    /// What the message that it shows answers.
    pub parent: Option<Parent>,
}

/// A message that another one answers, as far as it changes with its replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    pub id: MessageId,
    /// As it is now, like all of a message.
    pub reply_count: i32,
}

impl Event {
    /// A message's row is its own entry: it tells of its sending.
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

    /// The message that it shows, if it shows one.
    pub fn message(&self) -> Option<&Message> {
        match &self.change {
            Change::MessageCreated(message)
            | Change::MessageUpdated(message)
            | Change::MessageDeleted(message) => Some(message),
            _ => None,
        }
    }

    /// Whether what was done after it may show in it.
    pub fn shows_later_changes(&self) -> bool {
        self.parent.is_some() || self.shown_as_it_is_now().is_some_and(Message::has_changed)
    }

    /// Of a deletion nothing that follows is shown.
    fn shown_as_it_is_now(&self) -> Option<&Message> {
        match &self.change {
            Change::MessageCreated(message) | Change::MessageUpdated(message) => Some(message),
            _ => None,
        }
    }

    /// For somebody who was no member any more when what it shows was changed; `None` if nothing later shows in it.
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

/// What happened. Messages appear as they are now, so that an edited or deleted text is never replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The chatroom was made.
    ChatroomCreated { name: Option<ChatroomName>, visibility: Visibility },
    /// The chatroom is named and set like this now.
    ChatroomUpdated { name: Option<ChatroomName>, visibility: Visibility, settings: Settings },
    /// The chatroom is gone; the last entry of its log.
    ChatroomDeleted,
    /// Somebody joined or was added.
    MembershipCreated { user_id: UserId, role: Role },
    /// Somebody has another role.
    MembershipUpdated { user_id: UserId, role: Role },
    /// Somebody left or was removed.
    MembershipDeleted { user_id: UserId, reason: MembershipEnd },
    /// Somebody is kept out.
    BanCreated { user_id: UserId },
    /// Somebody is kept out no more.
    BanDeleted { user_id: UserId },
    /// Somebody made an invitation; its code is not for all.
    InvitationCreated { invitation_id: InvitationId },
    /// An invitation was revoked, or used for the last time.
    InvitationDeleted { invitation_id: InvitationId },
    /// A message was sent.
    MessageCreated(Message),
    /// A message was edited.
    MessageUpdated(Message),
    /// A message was deleted, and its reactions and pin with it.
    MessageDeleted(Message),
    /// Somebody reacts to a message.
    ReactionCreated { message_id: MessageId, user_id: UserId, tally: Tally },
    /// Somebody took a reaction back.
    ReactionDeleted { message_id: MessageId, user_id: UserId, tally: Tally },
    /// A message was pinned.
    PinCreated { message_id: MessageId },
    /// A message was unpinned.
    PinDeleted { message_id: MessageId },
}

/// Why a membership ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembershipEnd {
    /// By the member.
    Left,
    /// By a moderator or owner.
    Removed,
    /// Likewise, and for good unless the ban is lifted.
    Banned,
    /// With the member's account.
    AccountDeleted,
}

impl MembershipEnd {
    pub const ALL: [Self; 4] = [Self::Left, Self::Removed, Self::Banned, Self::AccountDeleted];

    /// The reason behind a word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// The word for it.
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
    fn what_became_of_a_message_can_be_withheld() {
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
    fn a_deletion_is_told_as_it_was() {
        let gone = message().deleted(NOW).build();
        let event = Event { change: Change::MessageDeleted(gone.clone()), ..Event::of_sending(gone) };
        assert_eq!(event.withheld(), None);
    }

    #[test]
    fn how_often_its_parent_was_answered_later_can_be_withheld() {
        let reply = Event::of_sending(message().with_body("yes").build());
        let parent = Some(Parent { id: reply.message().unwrap().id, reply_count: 2 });
        assert_eq!(Event { parent, ..reply.clone() }.withheld(), Some(reply));
    }
}
