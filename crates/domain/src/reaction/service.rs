//! Use cases of reactions.

use std::sync::Arc;

use super::{Emoji, Reaction, ReactionRepository};
use crate::chatroom::{Access, ChatroomRepository, Guard, Right, Seq};
use crate::clock::Clock;
use crate::denial::Failure;
use crate::event::Kind;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::message::{self, Message, MessageRepository};
use crate::page::{Limit, Page};
use crate::retry::retry_until_written;
use crate::storage::StorageMeter;

/// Adds, removes and lists reactions.
pub struct ReactionService {
    /// Chatrooms and their members.
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub messages: Arc<dyn MessageRepository>,
    pub reactions: Arc<dyn ReactionRepository>,
    /// Refuses to store more for users whose quota is used up.
    pub storage: Arc<StorageMeter>,
    pub clock: Arc<dyn Clock>,
}

impl ReactionService {
    /// Reacts to a message; reacting again with the same emoji changes nothing.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], then [`ReactionRepository::add`].
    pub fn add(&self, chatroom: ChatroomId, actor: UserId, id: MessageId, emoji: &Emoji) -> Result<(), Failure> {
        retry_until_written(|| {
            let (access, message) = self.read(chatroom, actor, id)?;
            access.may(Right::Speak)?;
            message.may_have(emoji)?;
            self.storage.check(actor, Kind::ReactionCreated)?;
            let guard = Guard::may(actor, Right::Speak);
            Ok(self.reactions.add(&message, emoji, guard, self.clock.now())?)
        })
    }

    /// Removes the actor's own reaction; does nothing if there is none.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], then [`ReactionRepository::remove`].
    pub fn remove(
        &self,
        chatroom: ChatroomId,
        actor: UserId,
        id: MessageId,
        emoji: &Emoji,
    ) -> Result<(), Failure> {
        retry_until_written(|| {
            let (access, message) = self.read(chatroom, actor, id)?;
            access.may(Right::Speak)?;
            message.not_deleted()?;
            self.storage.check(actor, Kind::ReactionDeleted)?;
            let guard = Guard::may(actor, Right::Speak);
            Ok(self.reactions.remove(&message, emoji, guard, self.clock.now())?)
        })
    }

    /// Lists the reactions to a message, or those with one emoji, in order of time, to members.
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
