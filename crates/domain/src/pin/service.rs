//! Use cases of pins.

use std::sync::Arc;

use super::{Pin, PinRepository, Pinning};
use crate::chatroom::{ChatroomRepository, Guard, Right, Seq};
use crate::clock::Clock;
use crate::denial::{Denial, Failure};
use crate::event::Kind;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::message::{self, Message, MessageRepository};
use crate::page::{Limit, Page};
use crate::retry::retry_until_written;
use crate::storage::StorageMeter;

/// Pins, unpins and lists messages.
pub struct PinService {
    /// Chatrooms and their members.
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub messages: Arc<dyn MessageRepository>,
    pub pins: Arc<dyn PinRepository>,
    /// Refuses to store more for users whose quota is used up.
    pub storage: Arc<StorageMeter>,
    pub clock: Arc<dyn Clock>,
}

impl PinService {
    /// Pins a message; pinning it again changes nothing.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], then [`PinRepository::pin`].
    pub fn pin(&self, chatroom: ChatroomId, actor: UserId, id: MessageId) -> Result<(), Failure> {
        retry_until_written(|| {
            let message = self.pinnable(chatroom, actor, id)?;
            self.storage.check(actor, Kind::PinCreated)?;
            match self.pins.pin(&message, Guard::may(actor, Right::Speak), self.clock.now())? {
                Pinning::Pinned => Ok(Guarded::Done(())),
                Pinning::TooMany => Err(Denial::TooManyPins.into()),
                Pinning::Refused => Ok(Guarded::Refused),
            }
        })
    }

    /// Unpins a message; does nothing if it is not pinned.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], then [`PinRepository::unpin`].
    pub fn unpin(&self, chatroom: ChatroomId, actor: UserId, id: MessageId) -> Result<(), Failure> {
        retry_until_written(|| {
            let message = self.pinnable(chatroom, actor, id)?;
            self.storage.check(actor, Kind::PinDeleted)?;
            Ok(self.pins.unpin(&message, Guard::may(actor, Right::Speak), self.clock.now())?)
        })
    }

    /// Lists a chatroom's pins, newest first, to members.
    ///
    /// Asks [`ChatroomRepository::access`], then [`PinRepository::list`].
    pub fn list(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        before: Seq,
        limit: Limit,
    ) -> Result<Page<Pin>, Failure> {
        self.chatrooms.require_access(chatroom, reader)?.as_member()?;
        Ok(Page::cut(self.pins.list(chatroom, before, limit)?, limit))
    }

    /// Returns the message if the actor may pin and unpin it.
    fn pinnable(&self, chatroom: ChatroomId, actor: UserId, id: MessageId) -> Result<Message, Failure> {
        let (access, message) = message::find(&*self.chatrooms, &*self.messages, chatroom, actor, id)?;
        access.may(Right::Speak)?;
        message.not_deleted()?;
        Ok(message)
    }
}
