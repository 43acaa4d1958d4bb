//! Reactions and pins.

use chit_chat_domain::chatroom::{Guard, Right};
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::message::Message;
use chit_chat_domain::page::Limit;
use chit_chat_domain::pin::{Pin, Pinning};
use chit_chat_domain::reaction::{Emoji, Reaction};

use crate::World;

impl World {
    /// Adds a reaction as a member.
    pub fn react(&self, message: &Message, user: UserId, by: &Emoji) -> Guarded {
        self.reactions.add(message, by, Guard::may(user, Right::Speak), self.tick()).unwrap()
    }

    /// Removes a reaction as a member.
    pub fn take_back(&self, message: &Message, user: UserId, by: &Emoji) -> Guarded {
        self.reactions.remove(message, by, Guard::may(user, Right::Speak), self.tick()).unwrap()
    }

    /// The reactions to a message, at most 200.
    pub fn reactions_to(&self, message: &Message) -> Vec<Reaction> {
        self.reactions.list(message.chatroom_id, message.id, None, 0, Limit::MAX).unwrap()
    }

    /// The current reaction counts of a message, as `👍 2, 🎉 1`.
    pub fn counts(&self, message: &Message) -> String {
        let reactions = self.message(message.chatroom_id, message.id).reactions;
        let counts: Vec<_> = reactions.iter().map(|it| format!("{} {}", it.emoji.as_str(), it.count)).collect();
        counts.join(", ")
    }

    /// Pins a message as a member.
    pub fn pin(&self, message: &Message, user: UserId) -> Pinning {
        self.pins.pin(message, Guard::may(user, Right::Speak), self.tick()).unwrap()
    }

    /// Unpins a message as a member.
    pub fn unpin(&self, message: &Message, user: UserId) -> Guarded {
        self.pins.unpin(message, Guard::may(user, Right::Speak), self.tick()).unwrap()
    }

    /// The pins, newest first.
    pub fn pinned(&self, room: ChatroomId) -> Vec<Pin> {
        self.pins.list(room, i64::MAX, Limit::MAX).unwrap()
    }
}

/// Parses one emoji.
pub fn emoji(text: &str) -> Emoji {
    Emoji::parse(text).unwrap()
}

/// Many different emoji.
pub fn flags() -> impl Iterator<Item = Emoji> {
    let letters = || '\u{1f1e6}'..='\u{1f1ff}';
    letters().flat_map(move |a| letters().map(move |b| format!("{a}{b}"))).filter_map(|it| Emoji::parse(&it).ok())
}
