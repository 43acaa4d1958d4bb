//! Finding the message that somebody does something with.

use super::{Message, MessageRepository};
use crate::chatroom::{Access, ChatroomRepository};
use crate::denial::{Denial, Failure};
use crate::id::{ChatroomId, MessageId, UserId};

/// One message or its tombstone, and what its chatroom is to the member who asks.
pub(crate) fn find(
    chatrooms: &dyn ChatroomRepository,
    messages: &dyn MessageRepository,
    chatroom: ChatroomId,
    user: UserId,
    id: MessageId,
) -> Result<(Access, Message), Failure> {
    let access = chatrooms.access(chatroom, user)?.ok_or(Denial::ChatroomNotFound)?;
    access.as_member()?;
    let message = messages.find(chatroom, id)?.ok_or(Denial::MessageNotFound)?;
    Ok((access, message))
}
