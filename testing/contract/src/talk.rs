//! Messages.

use chit_chat_domain::chatroom::{Guard, Right, Visibility};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, IdSource, MessageId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::mention::Mentions;
use chit_chat_domain::message::{
    Appended, Deleter, Idempotency, IdempotencyKey, Message, MessageBody, NewMessage, PageRange, SlowModeOutcome,
};
use chit_chat_domain::page::Limit;

use crate::{World, stored};

impl World {
    /// A draft of a message.
    pub fn draft(&self, room: ChatroomId, author: UserId, text: &str) -> NewMessage {
        let id = MessageId::from(self.ids.next());
        NewMessage::new(id, room, author, MessageBody::parse(text).unwrap(), self.tick())
    }

    /// A draft of a message with an idempotency key.
    pub fn keyed_draft(&self, room: ChatroomId, author: UserId, text: &str, key: &str) -> NewMessage {
        NewMessage { idempotency: Some(idempotency(key, text)), ..self.draft(room, author, text) }
    }

    /// Sends a message as its author, and waits for the outcome. The first message of a direct chatroom is refused,
    /// and then sent like one in slow mode.
    pub fn send(&self, draft: NewMessage) -> Appended {
        let guard = Guard::holds(draft.author_id, Role::Member);
        let appended = self.messages.append(draft.clone(), guard).wait().unwrap();
        let access = self.chatrooms.access(draft.chatroom_id, draft.author_id).unwrap();
        let visibility = access.map(|access| access.chatroom.visibility);
        if appended != Appended::Refused || visibility != Some(Visibility::Direct) {
            return appended;
        }
        let guard = Guard::may(draft.author_id, Right::Speak);
        match self.messages.append_in_slow_mode(draft, guard).unwrap() {
            SlowModeOutcome::Taken(appended) => appended,
            SlowModeOutcome::TooSoon(_) => panic!("a direct chatroom has no slow mode"),
        }
    }

    /// Sends a message and returns it.
    pub fn say(&self, room: ChatroomId, author: UserId, text: &str) -> Message {
        stored(self.send(self.draft(room, author, text)))
    }

    /// The current state of the message, which may be a tombstone.
    pub fn message(&self, room: ChatroomId, id: MessageId) -> Message {
        self.messages.find(room, id).unwrap().unwrap()
    }

    /// Edits a message as its author.
    pub fn edit(&self, read: &Message, text: &str) -> Guarded<Message> {
        let guard = Guard::holds(read.author_id, Role::Member);
        let body = MessageBody::parse(text).unwrap();
        self.messages.edit(read, body, Mentions::default(), guard, self.tick()).unwrap()
    }

    /// Deletes a message as its author.
    pub fn erase(&self, read: &Message) -> Guarded<Message> {
        self.messages.delete(read, Deleter::Author, self.tick()).unwrap()
    }

    /// A page as the store returns it, with the extra row beyond the limit.
    pub fn page(&self, room: ChatroomId, reader: UserId, range: PageRange, limit: u64) -> Vec<Message> {
        let excerpt = self.messages.page(room, reader, range, Limit::parse(limit).unwrap()).unwrap();
        excerpt.map(|excerpt| excerpt.messages).unwrap_or_default()
    }
}

/// The result of a write whose guard held. Fails if it was refused.
pub fn done<T>(outcome: Guarded<T>) -> T {
    match outcome {
        Guarded::Done(done) => done,
        Guarded::Refused => panic!("refused"),
    }
}

/// An idempotency key with the digest of a text.
pub fn idempotency(key: &str, text: &str) -> Idempotency {
    Idempotency::new(IdempotencyKey::parse(key).unwrap(), &[text])
}
