//! Writes messages: guards, counters and rows in one transaction, under the write lock.

use std::collections::HashMap;
use std::sync::Arc;

use chit_chat_domain::chatroom::{Guard, Seq};
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::message::{Appended, Message, NewMessage};
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::group_commit::{QueuedSend, WriteMessages};
use chit_chat_relational::{Key, Sql};
use diesel::prelude::*;

use crate::Conn;
use crate::ports::{replies_and_mentions, slow_mode};
use crate::statements::{GuardQuery, NewRow, TakeSeqs};
use crate::writer::Writer;

/// Writes messages over the single writing connection.
pub(crate) struct MessageWriter(pub(crate) Arc<Writer>);

impl WriteMessages for MessageWriter {
    fn write_batch(&self, sends: &[QueuedSend]) -> Result<Vec<Appended>, StoreError> {
        let written = self.0.write_some(sends.len(), |conn| append(conn, sends));
        written.map_err(|error| match error {
            // All rooms share one lock, so any other attempt would also time out.
            StoreError::Contention => StoreError::Unavailable("the database is locked by another process".into()),
            other => other,
        })
    }

    fn write_one(&self, send: &QueuedSend) -> Result<Appended, StoreError> {
        let mut appended = self.write_batch(std::slice::from_ref(send))?;
        appended.pop().ok_or_else(|| StoreError::Other("a message was appended without a result".into()))
    }
}

/// Checks all messages, then takes the seqs of each room at once, then inserts the rows.
fn append(conn: &mut Conn, sends: &[QueuedSend]) -> Sql<Vec<Appended>> {
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
    let answers = sends.iter().zip(refusals).map(|(QueuedSend { message, .. }, refusal)| match refusal {
        Some(refusal) => Ok(refusal),
        None => store(conn, message, &mut seqs),
    });
    answers.collect()
}

/// Returns the outcome of a message that is refused or was stored before; `None` if it may be stored.
fn refusal(conn: &mut Conn, guards: &mut Guards, send: &QueuedSend) -> Sql<Option<Appended>> {
    let message = &send.message;
    if !guards.hold(conn, send)? {
        return Ok(Some(Appended::Refused));
    }
    slow_mode::find_earlier(conn, message)
}

/// The guards evaluated in this transaction; their results hold until it ends.
#[derive(Default)]
struct Guards(HashMap<(ChatroomId, Guard), bool>);

impl Guards {
    fn hold(&mut self, conn: &mut Conn, send: &QueuedSend) -> Sql<bool> {
        let (room, guard) = (send.message.chatroom_id, send.guard);
        if let Some(held) = self.0.get(&(room, guard)) {
            return Ok(*held);
        }
        let held = GuardQuery { room: room.into(), actor: guard.actor.into(), role: send.least_role() };
        let held = (&held).get_result::<i64>(conn).optional()?.is_some();
        self.0.insert((room, guard), held);
        Ok(held)
    }
}

/// Takes a seq for each message of each room, and returns the last seq before them.
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
    let stored = Message::stored(message.clone(), *seq);
    if !message.is_plain() {
        replies_and_mentions::write_references(conn, &[&stored])?;
    }
    Ok(Appended::Stored(stored))
}
