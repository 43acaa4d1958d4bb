//! A listener's chatrooms and its position in each.

use std::sync::Arc;

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::reading::ReadState;

use crate::mailbox::Subscription;
use crate::room::Room;

/// A listener's state in one chatroom.
pub(crate) struct Cursor {
    pub(crate) room: Arc<Room>,
    pub(crate) subscription: Arc<Subscription>,
    pub(crate) taken: Seq,
    pub(crate) delivered: Seq,
    /// A seq at which the user was a member; removals up to it end an earlier membership.
    pub(crate) member_at: Seq,
    /// The private state last sent to the client.
    pub(crate) read: ReadState,
    pub(crate) catches_up_at: Option<Seq>,
    /// True if a page of the log has been or will be requested.
    pub(crate) reading: bool,
}

/// A vector sorted by chatroom: most listeners have few chatrooms, and a tree would take a kilobyte each.
#[derive(Default)]
pub(crate) struct Cursors(Vec<(ChatroomId, Cursor)>);

impl Cursors {
    pub(crate) fn get(&self, chatroom: ChatroomId) -> Option<&Cursor> {
        let at = self.find(chatroom).ok()?;
        self.0.get(at).map(|(_, cursor)| cursor)
    }

    pub(crate) fn get_mut(&mut self, chatroom: ChatroomId) -> Option<&mut Cursor> {
        let at = self.find(chatroom).ok()?;
        self.0.get_mut(at).map(|(_, cursor)| cursor)
    }

    /// Creates a list with room for so many chatrooms.
    pub(crate) fn with_capacity(chatrooms: usize) -> Self {
        Self(Vec::with_capacity(chatrooms))
    }

    /// Inserts a chatroom that is not in the list.
    pub(crate) fn insert(&mut self, chatroom: ChatroomId, cursor: Cursor) {
        if let Err(at) = self.find(chatroom) {
            if self.0.capacity() == 0 {
                self.0.reserve_exact(1);
            }
            self.0.insert(at, (chatroom, cursor));
        }
    }

    pub(crate) fn remove(&mut self, chatroom: ChatroomId) -> Option<Cursor> {
        let at = self.find(chatroom).ok()?;
        Some(self.0.remove(at).1)
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (ChatroomId, &Cursor)> {
        self.0.iter().map(|(id, cursor)| (*id, cursor))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (ChatroomId, &mut Cursor)> {
        self.0.iter_mut().map(|(id, cursor)| (*id, cursor))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find(&self, chatroom: ChatroomId) -> Result<usize, usize> {
        self.0.binary_search_by_key(&chatroom, |(id, _)| *id)
    }
}
