//! What people do about pins.

use std::sync::Arc;

use super::{Pin, PinRepository, Pinning};
use crate::chatroom::{ChatroomRepository, Guard, Right, Seq};
use crate::clock::Clock;
use crate::denial::{Denial, Failure};
use crate::guarded::Guarded;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::message::{self, Message, MessageRepository};
use crate::page::{Limit, Page};
use crate::retry::decide_until_written;

/// Pinning messages, and seeing which are pinned.
pub struct PinService {
    /// Chatrooms and who belongs to them.
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub messages: Arc<dyn MessageRepository>,
    pub pins: Arc<dyn PinRepository>,
    pub clock: Arc<dyn Clock>,
}

impl PinService {
    /// Pins a message; pinning it again changes nothing.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], then [`PinRepository::pin`].
    pub fn pin(&self, chatroom: ChatroomId, actor: UserId, id: MessageId) -> Result<(), Failure> {
        decide_until_written(|| {
            let message = self.pinnable(chatroom, actor, id)?;
            match self.pins.pin(&message, Guard::may(actor, Right::Speak), self.clock.now())? {
                Pinning::Pinned => Ok(Guarded::Done(())),
                Pinning::TooMany => Err(Denial::TooManyPins.into()),
                Pinning::Refused => Ok(Guarded::Refused),
            }
        })
    }

    /// Unpins a message; one that is not pinned is unpinned already.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], then [`PinRepository::unpin`].
    pub fn unpin(&self, chatroom: ChatroomId, actor: UserId, id: MessageId) -> Result<(), Failure> {
        decide_until_written(|| {
            let message = self.pinnable(chatroom, actor, id)?;
            Ok(self.pins.unpin(&message, Guard::may(actor, Right::Speak), self.clock.now())?)
        })
    }

    /// A chatroom's pins, newest first, for members.
    ///
    /// Asks [`ChatroomRepository::access`], then [`PinRepository::list`].
    pub fn list(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        before: Seq,
        limit: Limit,
    ) -> Result<Page<Pin>, Failure> {
        self.chatrooms.access(chatroom, reader)?.ok_or(Denial::ChatroomNotFound)?.as_member()?;
        Ok(Page::cut(self.pins.list(chatroom, before, limit)?, limit))
    }

    /// A message that the actor may pin and unpin.
    fn pinnable(&self, chatroom: ChatroomId, actor: UserId, id: MessageId) -> Result<Message, Failure> {
        let (access, message) = message::find(&*self.chatrooms, &*self.messages, chatroom, actor, id)?;
        access.may(Right::Speak)?;
        message.not_deleted()?;
        Ok(message)
    }
}
