//! Users, chatrooms and messages, one line each.

use chit_chat_domain::chatroom::{CreateChatroom, Visibility};
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::message::{Message, PageRange, SendMessage};
use chit_chat_domain::page::Limit;
use chit_chat_domain::user::SignUp;

use crate::Scratch;
use crate::scratch::done;

impl Scratch {
    /// The password of every user.
    pub const PASSWORD: &str = "correct horse battery";

    /// Signs up users with these usernames.
    #[track_caller]
    pub fn people<const N: usize>(&self, usernames: [&str; N]) -> [UserId; N] {
        usernames.map(|username| self.person(username))
    }

    /// Signs up a user with the password [`PASSWORD`](Self::PASSWORD).
    #[track_caller]
    pub fn person(&self, username: &str) -> UserId {
        let entered = SignUp {
            username: username.to_owned(),
            password: Self::PASSWORD.to_owned(),
            email: None,
            display_name: None,
        };
        done(self.services.accounts.sign_up(&entered)).id
    }

    /// Creates a private chatroom with these members.
    #[track_caller]
    pub fn chatroom(&self, owner: UserId, members: &[UserId]) -> ChatroomId {
        self.create(owner, members, Visibility::Private)
    }

    /// Creates a public chatroom with these members, which everybody may join.
    #[track_caller]
    pub fn public_chatroom(&self, owner: UserId, members: &[UserId]) -> ChatroomId {
        self.create(owner, members, Visibility::Public)
    }

    /// Changes a member's role.
    #[track_caller]
    pub fn promote(&self, chatroom: ChatroomId, owner: UserId, member: UserId, role: Role) {
        done(self.services.memberships.change_role(chatroom, owner, member, role.as_str()));
    }

    /// Sends a message.
    #[track_caller]
    pub fn say(&self, chatroom: ChatroomId, author: UserId, body: &str) -> Message {
        done(self.services.messages.send(&SendMessage::new(chatroom, author, body))).message
    }

    /// The texts of the newest 200 messages that `reader` sees, oldest first, without deleted ones.
    #[track_caller]
    pub fn texts(&self, chatroom: ChatroomId, reader: UserId) -> Vec<String> {
        let history = done(self.services.messages.page(chatroom, reader, PageRange::Latest, Limit::MAX));
        let text = |message: Message| message.body.map(|body| body.as_str().to_owned());
        history.page.items.into_iter().filter_map(text).collect()
    }

    #[track_caller]
    fn create(&self, owner: UserId, members: &[UserId], visibility: Visibility) -> ChatroomId {
        let entered = CreateChatroom {
            name: "A room".to_owned(),
            visibility: Some(visibility.as_str().to_owned()),
            member_ids: members.iter().map(ToString::to_string).collect(),
            key: None,
        };
        done(self.services.chatrooms.create(owner, &entered)).chatroom.id
    }
}
