//! Editing and deleting messages.

use super::{MessageService, guard};
use crate::chatroom::Right;
use crate::denial::{Denial, Failure};
use crate::event::Kind;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::message::{Deleter, Message, Revision};
use crate::policy::{Draft, Judgement};
use crate::retry::retry_until_written;

#[cfg(doc)]
use crate::chatroom::ChatroomRepository;
#[cfg(doc)]
use crate::mention::MentionRepository;
#[cfg(doc)]
use crate::message::MessageRepository;

/// The revisions that the caller expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// Any revision.
    None,
    /// One of these revisions.
    Revisions(Vec<Revision>),
}

impl MessageService {
    /// Replaces the body of the author's own message.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], [`MentionRepository::resolve`] if the
    /// text names anybody, then [`MessageRepository::edit`]. The policies of the deployment, if it has any, are asked
    /// before the last two.
    pub fn edit(
        &self,
        chatroom: ChatroomId,
        actor: UserId,
        id: MessageId,
        body: &str,
        precondition: &Precondition,
    ) -> Result<Message, Failure> {
        let body = self.body_limit.parse(body).map_err(|violation| Failure::invalid("body", violation))?;
        let mut judgement = Judgement::by(&self.policies);
        retry_until_written(|| {
            let (access, message) = self.read(chatroom, actor, id)?;
            let me = access.may(Right::Speak)?;
            message.may_edit(me)?;
            precondition.check(message.revision)?;
            if message.body.as_ref() == Some(&body) {
                return Ok(Guarded::Done(message));
            }
            self.storage.check(actor, Kind::MessageUpdated)?;
            let draft = Draft {
                chatroom: &access.chatroom,
                author: me,
                body: &body,
                edited: Some(&message),
                at: self.clock.now(),
            };
            let body = judgement.on(&draft)?;
            let mentions = self.mentions_of(&body, &access, me)?;
            let guard = guard(actor, &mentions);
            Ok(self.messages.edit(&message, body, mentions, guard, draft.at)?)
        })
    }

    /// Turns a message into a tombstone; deleting it again changes nothing. Authors may do so even if they have left
    /// the chatroom, were removed or banned: their words remain theirs.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], or [`MessageRepository::find_own`] for
    /// outsiders, then [`MessageRepository::delete`].
    pub fn delete(
        &self,
        chatroom: ChatroomId,
        actor: UserId,
        id: MessageId,
        precondition: &Precondition,
    ) -> Result<(), Failure> {
        retry_until_written(|| {
            let (message, deleter) = self.deletable(chatroom, actor, id)?;
            precondition.check(message.revision)?;
            if message.deleted_at.is_some() {
                return Ok(Guarded::Done(()));
            }
            self.storage.check(actor, Kind::MessageDeleted)?;
            Ok(self.messages.delete(&message, deleter, self.clock.now())?.map(drop))
        })
    }

    /// Returns a message that the user may delete, and by which permission. Outsiders learn only of their own ones.
    fn deletable(
        &self,
        chatroom: ChatroomId,
        actor: UserId,
        id: MessageId,
    ) -> Result<(Message, Deleter), Failure> {
        let outside = match self.read(chatroom, actor, id) {
            Ok((access, message)) => {
                let deleter = message.may_delete(access.as_member()?)?;
                return Ok((message, deleter));
            }
            Err(Failure::Denied(outside @ (Denial::ChatroomNotFound | Denial::NotAMember))) => outside,
            Err(failure) => return Err(failure),
        };
        let own = self.messages.find_own(chatroom, id, actor)?.ok_or(outside)?;
        Ok((own, Deleter::Author))
    }
}

impl Precondition {
    fn check(&self, revision: Revision) -> Result<(), Denial> {
        match self {
            Self::Revisions(named) if !named.contains(&revision) => Err(Denial::RevisionMismatch),
            _ => Ok(()),
        }
    }
}
