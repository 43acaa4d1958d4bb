//! What people do about reactions.

use std::sync::Arc;

use super::{Emoji, Reaction, ReactionRepository};
use crate::chatroom::{Access, ChatroomRepository, Guard, Right, Seq};
use crate::clock::Clock;
use crate::denial::Failure;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::message::{self, Message, MessageRepository};
use crate::page::{Limit, Page};
use crate::retry::decide_until_written;

/// Reacting to messages, and seeing who does.
pub struct ReactionService {
    /// Chatrooms and who belongs to them.
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub messages: Arc<dyn MessageRepository>,
    pub reactions: Arc<dyn ReactionRepository>,
    pub clock: Arc<dyn Clock>,
}

impl ReactionService {
    /// Reacts to a message; by the same emoji again changes nothing.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], then [`ReactionRepository::add`].
    pub fn add(&self, chatroom: ChatroomId, actor: UserId, id: MessageId, emoji: &Emoji) -> Result<(), Failure> {
        decide_until_written(|| {
            let (access, message) = self.read(chatroom, actor, id)?;
            access.may(Right::Speak)?;
            message.may_have(emoji)?;
            let guard = Guard::may(actor, Right::Speak);
            Ok(self.reactions.add(&message, emoji, guard, self.clock.now())?)
        })
    }

    /// Takes a reaction of one's own back; one that is not there is taken back already.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], then [`ReactionRepository::remove`].
    pub fn remove(
        &self,
        chatroom: ChatroomId,
        actor: UserId,
        id: MessageId,
        emoji: &Emoji,
    ) -> Result<(), Failure> {
        decide_until_written(|| {
            let (access, message) = self.read(chatroom, actor, id)?;
            access.may(Right::Speak)?;
            message.not_deleted()?;
            let guard = Guard::may(actor, Right::Speak);
            Ok(self.reactions.remove(&message, emoji, guard, self.clock.now())?)
        })
    }

    /// Who reacts to a message, or by one emoji, in the order of time, for members.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], then [`ReactionRepository::list`].
    pub fn list(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        id: MessageId,
        emoji: Option<Emoji>,
        after: Seq,
        limit: Limit,
    ) -> Result<Page<Reaction>, Failure> {
        self.read(chatroom, reader, id)?;
        Ok(Page::cut(self.reactions.list(chatroom, id, emoji, after, limit)?, limit))
    }

    fn read(&self, chatroom: ChatroomId, user: UserId, id: MessageId) -> Result<(Access, Message), Failure> {
        message::find(&*self.chatrooms, &*self.messages, chatroom, user, id)
    }
}
