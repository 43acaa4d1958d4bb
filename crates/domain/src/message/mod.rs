//! Messages: sent by members, edited by their author, deleted into tombstones.

mod body;
mod finding;
mod idempotency;
mod repository;
mod service;

pub use body::MessageBody;
pub(crate) use finding::find;
pub use idempotency::{Idempotency, IdempotencyKey};
#[cfg(feature = "mocks")]
pub use repository::MockMessageRepository;
pub use repository::{Appended, Excerpt, MessageRepository, NewMessage, PageRange, Turn};
pub use service::{History, MessageService, Precondition, SendMessage, Sent};

use crate::chatroom::Seq;
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::membership::{Membership, Role};
use crate::mention::Mentions;
use crate::reaction::{Emoji, Reactions};

/// How often a message was written: 1 when sent, one more with each edit and with its deletion.
pub type Revision = i32;

/// A message, or the tombstone of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    pub chatroom_id: ChatroomId,
    /// Its place in the chatroom's log.
    pub seq: Seq,
    pub author_id: UserId,
    /// What it says; `None` in a tombstone.
    pub body: Option<MessageBody>,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it was edited last.
    pub edited_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// How often it was written.
    pub revision: Revision,
    /// The idempotency key that it was sent with.
    pub client_key: Option<IdempotencyKey>,
    /// The message of the same chatroom that it answers, which may be a tombstone by now.
    pub reply_to: Option<MessageId>,
    /// How many messages answer it, without tombstones.
    pub reply_count: i32,
    /// Whom it mentions.
    pub mentions: Mentions,
    /// They change without a new revision.
    pub reactions: Reactions,
}

impl Message {
    /// Whether it shows what was done after it was sent.
    pub fn has_changed(&self) -> bool {
        self.revision > 1 || self.reply_count > 0 || !self.reactions.is_empty()
    }

    /// As a tombstone that does not tell what became of it, nor when.
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

    /// The author edits, as long as the message is not deleted.
    pub fn may_edit(&self, by: &Membership) -> Result<(), Denial> {
        if self.author_id != by.user_id {
            return Err(Denial::NotTheAuthor);
        }
        self.not_deleted()
    }

    /// Of a tombstone nothing is changed any more.
    pub fn not_deleted(&self) -> Result<(), Denial> {
        if self.deleted_at.is_some() { Err(Denial::MessageDeleted) } else { Ok(()) }
    }

    /// People react to a message that is not deleted, by so many emoji at most.
    pub fn may_have(&self, reaction: &Emoji) -> Result<(), Denial> {
        self.not_deleted()?;
        self.reactions.may_have(reaction)
    }

    /// The author deletes, and so do moderators and owners of the chatroom.
    pub fn may_delete(&self, by: &Membership) -> Result<(), Denial> {
        if self.author_id == by.user_id || by.at_least(Role::Moderator).is_ok() {
            Ok(())
        } else {
            Err(Denial::NotTheAuthorNorAModerator)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, membership, message, other};

    #[test]
    fn only_the_author_edits() {
        let mine = message().build();
        assert!(mine.may_edit(&membership().build()).is_ok());
        let owner = membership().with_user(other()).with_role(Role::Owner).build();
        assert_eq!(mine.may_edit(&owner), Err(Denial::NotTheAuthor));
    }

    #[test]
    fn a_tombstone_is_not_edited() {
        let gone = message().deleted(NOW).build();
        let author = membership().build();
        assert_eq!(gone.may_edit(&author), Err(Denial::MessageDeleted));
    }

    #[test]
    fn nobody_reacts_to_a_tombstone() {
        let thumb = Emoji::parse("👍").unwrap();
        assert_eq!(message().deleted(NOW).build().may_have(&thumb), Err(Denial::MessageDeleted));
        assert_eq!(message().build().may_have(&thumb), Ok(()));
    }

    #[test]
    fn author_moderators_and_owners_delete() {
        let mine = message().build();
        assert!(mine.may_delete(&membership().build()).is_ok());
        assert!(mine.may_delete(&membership().with_user(other()).with_role(Role::Owner).build()).is_ok());
        assert!(mine.may_delete(&membership().with_user(other()).with_role(Role::Moderator).build()).is_ok());
        let other = membership().with_user(other()).with_role(Role::Member).build();
        assert_eq!(mine.may_delete(&other), Err(Denial::NotTheAuthorNorAModerator));
    }
}
