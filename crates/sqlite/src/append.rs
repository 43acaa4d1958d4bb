//! Sending messages: guards, counters and rows in one transaction under the one write lock.

use std::collections::HashMap;
use std::sync::Arc;

use chit_chat_domain::chatroom::{Guard, Seq};
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::message::{Appended, Message, NewMessage};
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::MessageRow;
use chit_chat_relational::schema::messages;
use chit_chat_relational::sends::{Waiting, WriteMessages};
use chit_chat_relational::{Key, Sql, codes};
use diesel::prelude::*;

use crate::Conn;
use crate::statements::{Held, NewRow, TakeSeqs};
use crate::writer::Writer;

/// Writes messages over the connection of all writes.
pub(crate) struct MessageWriter(pub(crate) Arc<Writer>);

impl WriteMessages for MessageWriter {
    fn write_together(&self, sends: &[Waiting]) -> Result<Vec<Appended>, StoreError> {
        self.0.write_some(sends.len(), |conn| append(conn, sends))
    }

    fn write_alone(&self, send: &Waiting) -> Result<Appended, StoreError> {
        let mut appended = self.write_together(std::slice::from_ref(send))?;
        appended.pop().ok_or_else(|| StoreError::Other("a message got no answer".into()))
    }
}

/// First looks at all of them, then takes each room's seqs at once, then writes the rows.
fn append(conn: &mut Conn, sends: &[Waiting]) -> Sql<Vec<Appended>> {
    let mut guards = Guards::default();
    let mut refusals = Vec::with_capacity(sends.len());
    let mut rooms: HashMap<ChatroomId, i64> = HashMap::new();
    for send in sends {
        let refusal = refusal(conn, &mut guards, send)?;
        if refusal.is_none() {
            *rooms.entry(send.message.chatroom_id).or_default() += 1;
        }
        refusals.push(refusal);
    }
    let mut seqs = take_seqs(conn, rooms)?;
    let answers = sends.iter().zip(refusals).map(|(Waiting { message, .. }, refusal)| match refusal {
        Some(refusal) => Ok(refusal),
        None => store(conn, message, &mut seqs),
    });
    answers.collect()
}

/// Why not to store it.
fn refusal(conn: &mut Conn, guards: &mut Guards, Waiting { message, guard }: &Waiting) -> Sql<Option<Appended>> {
    if !guards.hold(conn, message.chatroom_id, *guard)? {
        return Ok(Some(Appended::Refused));
    }
    let Some(row) = earlier(conn, message)? else {
        return Ok(None);
    };
    let idempotency = row.idempotency()?;
    Ok(Some(Appended::Duplicate(row.into(), idempotency)))
}

/// The guards that were looked at in this transaction; they hold until it ends.
#[derive(Default)]
struct Guards(HashMap<(ChatroomId, Guard), bool>);

impl Guards {
    fn hold(&mut self, conn: &mut Conn, room: ChatroomId, guard: Guard) -> Sql<bool> {
        if let Some(held) = self.0.get(&(room, guard)) {
            return Ok(*held);
        }
        let held = Held { room: room.into(), actor: guard.actor.into(), role: codes::of_role(guard.role) };
        let held = (&held).get_result::<i64>(conn).optional()?.is_some();
        self.0.insert((room, guard), held);
        Ok(held)
    }
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

/// As many seqs of each room as it gets messages; answers with the last that was taken before.
fn take_seqs(conn: &mut Conn, rooms: HashMap<ChatroomId, i64>) -> Sql<HashMap<ChatroomId, Seq>> {
    let take = |(room, count): (ChatroomId, i64)| {
        let last: Seq = (&TakeSeqs { room: Key::from(room), count }).get_result(conn)?;
        Ok((room, last - count))
    };
    rooms.into_iter().map(take).collect()
}

fn store(conn: &mut Conn, message: &NewMessage, seqs: &mut HashMap<ChatroomId, Seq>) -> Sql<Appended> {
    let seq = seqs.entry(message.chatroom_id).or_default();
    *seq += 1;
    NewRow::new(message, *seq).execute(conn)?;
    Ok(Appended::Stored(Message::stored(message.clone(), *seq)))
}
