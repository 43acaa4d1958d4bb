//! Use cases of messages.

mod change;
mod read;
mod send;

use std::sync::Arc;

pub use change::Precondition;
pub use read::History;
pub use send::SendMessage;

use super::{BodyLimit, Message, MessageBody, MessageRepository, find};
use crate::chatroom::{Access, ChatroomRepository, Guard, Right};
use crate::clock::Clock;
use crate::denial::Failure;
use crate::id::{ChatroomId, IdSource, MessageId, UserId};
use crate::membership::Membership;
use crate::mention::{MentionRepository, Mentions, Named};
use crate::policy::MessagePolicies;
use crate::storage::StorageMeter;
use crate::store_error::StoreError;

/// Sends, reads, edits and deletes messages.
pub struct MessageService {
    /// Chatrooms and their members.
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub messages: Arc<dyn MessageRepository>,
    /// Resolves the mentions of a message.
    pub mentions: Arc<dyn MentionRepository>,
    /// Refuses to store more for users whose quota is used up.
    pub storage: Arc<StorageMeter>,
    /// The maximum length of new and edited bodies.
    pub body_limit: BodyLimit,
    /// The rules of this deployment about texts.
    pub policies: MessagePolicies,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
}

impl MessageService {
    /// Resolves the mentions in a text of this member; `@all` requires the right to use it.
    fn mentions_of(&self, body: &MessageBody, access: &Access, me: &Membership) -> Result<Mentions, StoreError> {
        let named = Named::in_text(body.as_str());
        if named.all && access.may(Right::CallAll).is_ok() {
            return Ok(Mentions::everybody());
        }
        if named.usernames.is_empty() {
            return Ok(Mentions::default());
        }
        let mut users = self.mentions.resolve(me.chatroom_id, &named.usernames)?;
        users.retain(|user| *user != me.user_id);
        users.sort_unstable();
        Ok(Mentions::of(users))
    }

    fn read(&self, chatroom: ChatroomId, user: UserId, id: MessageId) -> Result<(Access, Message), Failure> {
        find(&*self.chatrooms, &*self.messages, chatroom, user, id)
    }
}

/// The guard of a message with these mentions.
fn guard(author: UserId, mentions: &Mentions) -> Guard {
    Guard::may(author, if mentions.all { Right::CallAll } else { Right::Speak })
}
