//! What people see of revisions.

use std::sync::Arc;

use super::{MessageRevision, RevisionRepository};
use crate::chatroom::ChatroomRepository;
use crate::denial::Failure;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::message::{self, MessageRepository, Revision};
use crate::page::{Limit, Page};

/// Reading what messages said.
pub struct RevisionService {
    /// Chatrooms and who belongs to them.
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub messages: Arc<dyn MessageRepository>,
    pub revisions: Arc<dyn RevisionRepository>,
}

impl RevisionService {
    /// Every text of a message, oldest first, for members.
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
