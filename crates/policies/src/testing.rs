//! A draft of a message, for the tests of policies.

use chit_chat_domain::chatroom::Chatroom;
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::membership::Membership;
use chit_chat_domain::message::{Message, MessageBody};
use chit_chat_domain::policy::{Draft, MessagePolicy, Verdict};
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::testing::{NOW, chatroom, me, membership};

/// My new message in a private chatroom.
pub(crate) struct Written {
    chatroom: Chatroom,
    author: Membership,
    body: MessageBody,
    edited: Option<Message>,
    at: Timestamp,
}

pub(crate) fn written(text: &str) -> Written {
    Written { chatroom: chatroom().build(), author: membership().build(), body: body(text), edited: None, at: NOW }
}

pub(crate) fn body(text: &str) -> MessageBody {
    MessageBody::parse(text).unwrap()
}

impl Written {
    pub(crate) fn by(mut self, author: Membership) -> Self {
        self.author = author;
        self
    }

    pub(crate) fn at(mut self, at: Timestamp) -> Self {
        self.at = at;
        self
    }

    pub(crate) fn instead_of(mut self, message: Message) -> Self {
        self.edited = Some(message);
        self
    }

    pub(crate) fn judged_by(&self, policy: &dyn MessagePolicy) -> Result<Verdict, StoreError> {
        assert!(self.author.user_id == me() || self.edited.is_none(), "nobody edits for others");
        policy.judge(&Draft {
            chatroom: &self.chatroom,
            author: &self.author,
            body: &self.body,
            edited: self.edited.as_ref(),
            at: self.at,
        })
    }
}

/// The code of a rejection.
#[track_caller]
pub(crate) fn code(verdict: Result<Verdict, StoreError>) -> String {
    match verdict {
        Ok(Verdict::Reject(rejection)) => rejection.code,
        other => panic!("not rejected: {other:?}"),
    }
}
