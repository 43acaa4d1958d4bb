//! Finds the message of a use case.

use super::{Message, MessageRepository};
use crate::chatroom::{Access, ChatroomRepository};
use crate::denial::{Denial, Failure};
use crate::id::{ChatroomId, MessageId, UserId};

/// Returns a message or its tombstone, and the member's access to its chatroom.
pub(crate) fn find(
    chatrooms: &dyn ChatroomRepository,
    messages: &dyn MessageRepository,
    chatroom: ChatroomId,
    user: UserId,
    id: MessageId,
) -> Result<(Access, Message), Failure> {
    let access = chatrooms.require_access(chatroom, user)?;
    access.as_member()?;
    let message = messages.find(chatroom, id)?.ok_or(Denial::MessageNotFound)?;
    Ok((access, message))
}
