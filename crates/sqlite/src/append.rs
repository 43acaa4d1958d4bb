//! Sending a message: guard, counter and row in one transaction under the one write lock.

use chit_chat_domain::message::{Appended, Message, NewMessage};
use chit_chat_relational::rows::MessageRow;
use chit_chat_relational::schema::messages;
use chit_chat_relational::sends::Waiting;
use chit_chat_relational::types::Id;
use chit_chat_relational::{Key, Sql, codes};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, SmallInt};
use diesel::sqlite::Sqlite;

use crate::Conn;

/// Stores one message, or tells why not.
pub(crate) fn append(conn: &mut Conn, Waiting { message, guard }: &Waiting) -> Sql<Appended> {
    let room = Key::from(message.chatroom_id);
    let held = Held { room, actor: guard.actor.into(), role: codes::of_role(guard.role) };
    if (&held).get_result::<i64>(conn).optional()?.is_none() {
        return Ok(Appended::Refused);
    }
    if let Some(row) = earlier(conn, message)? {
        let idempotency = row.idempotency()?;
        return Ok(Appended::Duplicate(row.into(), idempotency));
    }
    let seq = (&NextSeq { room }).get_result::<i64>(conn)?;
    diesel::insert_into(messages::table).values(new_row(message, seq)).execute(conn)?;
    Ok(Appended::Stored(Message::stored(message.clone(), seq)))
}

/// The message that the author sent with the same key before.
fn earlier(conn: &mut Conn, message: &NewMessage) -> Sql<Option<MessageRow>> {
    let Some(idempotency) = &message.idempotency else {
        return Ok(None);
    };
    Ok(messages::table
        .filter(messages::chatroom_id.eq(Key::from(message.chatroom_id)))
        .filter(messages::author_id.eq(Key::from(message.author_id)))
        .filter(messages::idempotency_key.eq(idempotency.key.as_str()))
        .select(MessageRow::as_select())
        .first(conn)
        .optional()?)
}

fn new_row(message: &NewMessage, seq: i64) -> MessageRow {
    let idempotency = message.idempotency.as_ref();
    MessageRow {
        chatroom_id: message.chatroom_id.into(),
        seq,
        id: message.id.into(),
        author_id: message.author_id.into(),
        body: Some(message.body.as_str().to_owned()),
        idempotency_key: idempotency.map(|idempotency| idempotency.key.as_str().to_owned()),
        digest: idempotency.map(|idempotency| Key(idempotency.digest)),
        created_at: message.created_at.into(),
        edited_at: None,
        deleted_at: None,
        revision: 1,
    }
}

/// Finds a row if the guard holds.
struct Held {
    room: Key,
    actor: Key,
    role: i16,
}

/// Takes the room's next seq for a message. Written out, for diesel never keeps an `UPDATE` prepared.
struct NextSeq {
    room: Key,
}

impl QueryId for Held {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryId for NextSeq {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for &Held {
    type SqlType = BigInt;
}

impl Query for &NextSeq {
    type SqlType = BigInt;
}

impl RunQueryDsl<Conn> for &Held {}
impl RunQueryDsl<Conn> for &NextSeq {}

impl QueryFragment<Sqlite> for Held {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(
            "SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id JOIN chatrooms c ON c.id = m.chatroom_id \
             WHERE u.deleted_at IS NULL AND c.deleted_at IS NULL AND m.chatroom_id = ",
        );
        out.push_bind_param::<Id, _>(&self.room)?;
        out.push_sql(" AND m.user_id = ");
        out.push_bind_param::<Id, _>(&self.actor)?;
        out.push_sql(" AND m.role >= ");
        out.push_bind_param::<SmallInt, _>(&self.role)
    }
}

impl QueryFragment<Sqlite> for NextSeq {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("UPDATE chatrooms SET last_seq = last_seq + 1, last_message_seq = last_seq + 1 WHERE id = ");
        out.push_bind_param::<Id, _>(&self.room)?;
        out.push_sql(" RETURNING last_seq");
        Ok(())
    }
}
