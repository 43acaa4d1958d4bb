//! Reading messages.

use super::MessageService;
use crate::chatroom::Seq;
use crate::denial::Failure;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::message::{Excerpt, Message, PageRange, around};
use crate::page::{Limit, Page};

#[cfg(doc)]
use crate::chatroom::ChatroomRepository;
#[cfg(doc)]
use crate::message::MessageRepository;

/// A page of a chatroom's messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    pub page: Page<Message>,
    /// True if older messages precede a page around a seq; false for other pages.
    pub earlier: bool,
    /// The head, as in [`Excerpt`]; unknown if the page is empty.
    pub head: Option<Seq>,
}

impl MessageService {
    /// Returns a page of a chatroom's messages, to members.
    ///
    /// Asks [`MessageRepository::page`], then [`ChatroomRepository::access`] if that finds nothing.
    pub fn page(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        range: PageRange,
        limit: Limit,
    ) -> Result<History, Failure> {
        let Some(Excerpt { head, mut messages }) = self.messages.page(chatroom, reader, range, limit)? else {
            // An empty page has no messages or is not visible to the reader; only then is the membership read.
            self.chatrooms.require_access(chatroom, reader)?.as_member()?;
            return Ok(History { page: Page { items: Vec::new(), more: false }, earlier: false, head: None });
        };
        if let PageRange::Around(seq) = range {
            let (page, earlier) = around::cut(messages, seq, limit);
            return Ok(History { page, earlier, head: Some(head) });
        }
        let more = messages.len() > limit.get();
        if more && range.reads_backwards() {
            messages.remove(0);
        }
        messages.truncate(limit.get());
        Ok(History { page: Page { items: messages, more }, earlier: false, head: Some(head) })
    }

    /// Lists the replies to a message or its tombstone, oldest first, to members.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], then [`MessageRepository::replies`].
    pub fn replies(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        parent: MessageId,
        after: Seq,
        limit: Limit,
    ) -> Result<Page<Message>, Failure> {
        self.read(chatroom, reader, parent)?;
        Ok(Page::cut(self.messages.replies(chatroom, parent, after, limit)?, limit))
    }

    /// Returns a message or its tombstone, to members.
    ///
    /// Asks [`ChatroomRepository::access`], then [`MessageRepository::find`].
    pub fn show(&self, chatroom: ChatroomId, reader: UserId, id: MessageId) -> Result<Message, Failure> {
        self.read(chatroom, reader, id).map(|(_, message)| message)
    }
}
