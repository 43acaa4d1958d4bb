//! Finds a message, and opens the ledger of its chatroom to change it.

use chit_chat_domain::chatroom::Guard;
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::id::{ChatroomId, MessageId};
use chit_chat_domain::message::Message;
use chit_chat_relational::rows::MessageRow;
use chit_chat_relational::schema::messages;
use chit_chat_relational::{Key, Sql};
use diesel::prelude::*;

use super::ledger::Ledger;
use crate::Conn;

/// Finds the message or its tombstone.
pub(crate) fn find(conn: &mut Conn, chatroom: ChatroomId, id: MessageId) -> Sql<Option<Message>> {
    let row = messages::table
        .filter(messages::chatroom_id.eq(Key::from(chatroom)))
        .filter(messages::id.eq(Key::from(id)))
        .select(MessageRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Into::into))
}

/// Locks the chatroom of a message if the guard holds and the message is not deleted. The returned message
/// cannot change until the transaction ends.
pub(crate) fn open(
    conn: &mut Conn,
    read: &Message,
    guard: Guard,
    at: Timestamp,
) -> Sql<Option<(Ledger, Message)>> {
    let Some(ledger) = Ledger::open_guarded(conn, read.chatroom_id, guard, at)? else {
        return Ok(None);
    };
    let now = find(conn, read.chatroom_id, read.id)?.filter(|now| now.not_deleted().is_ok());
    Ok(now.map(|now| (ledger, now)))
}
