//! Queues questions for the heads of chatrooms.

use chit_chat_domain::chatroom::{ChatroomHeads, Seq};
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::pending::Pending;

use crate::Store;

impl ChatroomHeads for Store {
    fn head(&self, chatroom: ChatroomId, reader: UserId) -> Pending<Option<Seq>> {
        self.heads.push(chatroom, reader)
    }
}
