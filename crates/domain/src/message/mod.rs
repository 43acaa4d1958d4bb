//! Messages: sent by members, edited by their author, deleted into tombstones.

mod around;
mod body;
mod finding;
mod idempotency;
mod repository;
mod sending;
mod service;

pub use body::{BodyLimit, MessageBody};
pub(crate) use finding::find;
pub use idempotency::{Idempotency, IdempotencyKey};
#[cfg(feature = "mocks")]
pub use repository::MockMessageRepository;
pub use repository::{Appended, Deleter, Excerpt, MessageRepository, NewMessage, PageRange, SlowModeOutcome};
pub use sending::{SendOutcome, Sending, Sent};
pub use service::{History, MessageService, Precondition, SendMessage};

use crate::chatroom::{Guard, Seq};
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::membership::{Membership, Role};
use crate::mention::Mentions;
use crate::reaction::{Emoji, Reactions};

/// The version of a message: 1 when sent, plus 1 with each edit and with the deletion.
pub type Revision = i32;

/// A message, or the tombstone of a deleted one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    pub chatroom_id: ChatroomId,
    /// The position in the chatroom's log.
    pub seq: Seq,
    pub author_id: UserId,
    /// The text; `None` in a tombstone.
    pub body: Option<MessageBody>,
    /// The time of sending.
    pub created_at: Timestamp,
    /// The time of the last edit.
    pub edited_at: Option<Timestamp>,
    /// The time of the deletion.
    pub deleted_at: Option<Timestamp>,
    /// The current version.
    pub revision: Revision,
    /// The idempotency key of the request that sent it.
    pub client_key: Option<IdempotencyKey>,
    /// The message of the same chatroom that this one replies to. It may be deleted.
    pub reply_to: Option<MessageId>,
    /// The number of replies, without deleted ones.
    pub reply_count: i32,
    /// The mentioned members.
    pub mentions: Mentions,
    /// The reactions, which do not change the revision.
    pub reactions: Reactions,
}

impl Message {
    /// Returns whether the message shows changes made after it was sent.
    pub fn has_changed(&self) -> bool {
        self.revision > 1 || self.reply_count > 0 || !self.reactions.is_empty()
    }

    /// A tombstone that hides how and when the message was changed.
    #[must_use]
    pub fn withheld(&self) -> Self {
        Self {
            body: None,
            edited_at: None,
            deleted_at: Some(self.created_at),
            revision: 1,
            reply_count: 0,
            mentions: Mentions::default(),
            reactions: Reactions::default(),
            ..self.clone()
        }
    }

    /// Checks the right to edit: only the author has it, unless the message is deleted.
    pub fn may_edit(&self, by: &Membership) -> Result<(), Denial> {
        if self.author_id != by.user_id {
            return Err(Denial::NotTheAuthor);
        }
        self.not_deleted()
    }

    /// Checks that the message is not deleted, because a deleted message cannot be changed.
    pub fn not_deleted(&self) -> Result<(), Denial> {
        if self.deleted_at.is_some() { Err(Denial::MessageDeleted) } else { Ok(()) }
    }

    /// Checks that the reaction can be added: the message is not deleted and below the limit of different emoji.
    pub fn may_have(&self, reaction: &Emoji) -> Result<(), Denial> {
        self.not_deleted()?;
        self.reactions.may_have(reaction)
    }

    /// The permission by which a member may delete: the author, moderators and owners have one.
    pub fn may_delete(&self, by: &Membership) -> Result<Deleter, Denial> {
        if self.author_id == by.user_id {
            return Ok(Deleter::Author);
        }
        by.at_least(Role::Moderator).map_err(|_| Denial::NotTheAuthorNorAModerator)?;
        Ok(Deleter::Member(Guard::holds(by.user_id, Role::Moderator)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, membership, message, other};

    #[test]
    fn edit_by_other_is_forbidden() {
        let mine = message().build();
        assert!(mine.may_edit(&membership().build()).is_ok());
        let owner = membership().with_user(other()).with_role(Role::Owner).build();
        assert_eq!(mine.may_edit(&owner), Err(Denial::NotTheAuthor));
    }

    #[test]
    fn edit_of_tombstone_is_refused() {
        let gone = message().deleted(NOW).build();
        let author = membership().build();
        assert_eq!(gone.may_edit(&author), Err(Denial::MessageDeleted));
    }

    #[test]
    fn reaction_to_tombstone_is_refused() {
        let thumb = Emoji::parse("👍").unwrap();
        assert_eq!(message().deleted(NOW).build().may_have(&thumb), Err(Denial::MessageDeleted));
        assert_eq!(message().build().may_have(&thumb), Ok(()));
    }

    #[test]
    fn delete_is_allowed_to_author_moderators_and_owners() {
        let mine = message().build();
        assert_eq!(mine.may_delete(&membership().build()), Ok(Deleter::Author));
        for role in [Role::Moderator, Role::Owner] {
            let guard = Guard::holds(other(), Role::Moderator);
            let by = membership().with_user(other()).with_role(role).build();
            assert_eq!(mine.may_delete(&by), Ok(Deleter::Member(guard)));
        }
        let other = membership().with_user(other()).with_role(Role::Member).build();
        assert_eq!(mine.may_delete(&other), Err(Denial::NotTheAuthorNorAModerator));
    }
}
