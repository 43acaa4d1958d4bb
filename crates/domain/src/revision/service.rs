//! Use cases of revisions.

use std::sync::Arc;

use super::{MessageRevision, RevisionRepository};
use crate::chatroom::ChatroomRepository;
use crate::denial::Failure;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::message::{self, MessageRepository, Revision};
use crate::page::{Limit, Page};
use crate::stores::Stores;

/// Lists revisions.
pub struct RevisionService {
    /// Chatrooms and their members.
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub messages: Arc<dyn MessageRepository>,
    pub revisions: Arc<dyn RevisionRepository>,
}

impl RevisionService {
    /// Connects the service to its ports.
    pub fn over(stores: &Stores) -> Self {
        Self {
            chatrooms: stores.chatrooms.clone(),
            messages: stores.messages.clone(),
            revisions: stores.revisions.clone(),
        }
    }

    /// Lists every revision of a message, oldest first, to members.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], then [`RevisionRepository::list`].
    pub fn list(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        id: MessageId,
        after: Revision,
        limit: Limit,
    ) -> Result<Page<MessageRevision>, Failure> {
        message::find(&*self.chatrooms, &*self.messages, chatroom, reader, id)?;
        Ok(Page::cut(self.revisions.list(chatroom, id, after, limit)?, limit))
    }
}
