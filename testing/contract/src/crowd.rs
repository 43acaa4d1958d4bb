//! Many users who send to many chatrooms at once.

use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::message::{Message, NewMessage};

use crate::{Engine, World};

/// Some users, and some chatrooms that all of them are members of.
pub struct Crowd {
    pub world: World,
    /// The users; the first owns the chatrooms.
    pub people: Vec<UserId>,
    pub rooms: Vec<ChatroomId>,
}

impl Crowd {
    pub fn new(engine: Engine, people: usize, rooms: usize) -> Self {
        let world = World::new(engine);
        let people: Vec<UserId> = (0..people).map(|n| world.user(&format!("user_{n}"))).collect();
        let (owner, members) = people.split_first().unwrap();
        let rooms = (0..rooms).map(|_| world.room(*owner, members)).collect();
        Self { world, people, rooms }
    }

    /// Drafts by all users to all chatrooms, mixed so that neighbours differ in author and chatroom.
    pub fn drafts(&self, how_many: usize) -> Vec<NewMessage> {
        let draft = |n: usize| {
            let author = self.people.iter().cycle().nth(n * 5 % self.people.len()).unwrap();
            let room = self.rooms.iter().cycle().nth(n * 7 % self.rooms.len()).unwrap();
            self.world.draft(*room, *author, &format!("message {n}"))
        };
        (0..how_many).map(draft).collect()
    }

    /// Fails unless the logs of the chatrooms hold exactly these messages.
    pub fn assert_logged(&self, sent: &[Message]) {
        for room in &self.rooms {
            let mut here = messages_of(*room, sent);
            here.sort_by_key(|message| message.seq);
            assert_eq!(self.world.logged(*room), here);
        }
    }

    /// Fails unless the logs of the chatrooms hold exactly these messages, each log in this order.
    pub fn assert_logged_in_order(&self, sent: &[Message]) {
        for room in &self.rooms {
            assert_eq!(self.world.logged(*room), messages_of(*room, sent));
        }
    }
}

/// The messages that belong to this chatroom.
pub fn messages_of(room: ChatroomId, messages: &[Message]) -> Vec<Message> {
    messages.iter().filter(|message| message.chatroom_id == room).cloned().collect()
}
