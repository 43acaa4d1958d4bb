//! Direct chatrooms and blocks.

use chit_chat_domain::block::{Blocking, MAX_BLOCKS};
use chit_chat_domain::direct::{Opening, Pair};
use chit_chat_domain::id::{ChatroomId, UserId};

use crate::World;

impl World {
    /// Opens the direct chatroom of two users, as the first of them.
    pub fn open(&self, me: UserId, other: UserId) -> Opening {
        self.direct.open(Pair::new(me, other).unwrap(), self.tick()).unwrap()
    }

    /// Creates the direct chatroom of two users, as the first of them.
    pub fn direct_room(&self, me: UserId, other: UserId) -> ChatroomId {
        match self.open(me, other) {
            Opening::Made(chatroom) => chatroom.id,
            other => panic!("{other:?}"),
        }
    }

    /// Creates the direct chatroom of two users, and shows it to both before there is a message.
    pub fn shown_direct_room(&self, me: UserId, other: UserId) -> ChatroomId {
        let room = self.direct_room(me, other);
        self.open(other, me);
        room
    }

    /// Blocks the second user as the first.
    pub fn block(&self, me: UserId, other: UserId) {
        let blocked = self.blocks.block(Pair::new(me, other).unwrap(), MAX_BLOCKS, self.tick());
        assert_eq!(blocked, Ok(Blocking::Blocked));
    }

    /// Unblocks the second user as the first.
    pub fn unblock(&self, me: UserId, other: UserId) {
        assert_eq!(self.blocks.unblock(Pair::new(me, other).unwrap(), self.tick()), Ok(Some(())));
    }
}
