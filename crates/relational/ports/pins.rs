//! Pins in SQL.

use chit_chat_domain::chatroom::{Guard, Seq};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::event::Change;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::message::Message;
use chit_chat_domain::page::Limit;
use chit_chat_domain::pin::{MAX_PINS, Pin, PinRepository, Pinning};
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::MessageRow;
use chit_chat_relational::schema::{messages, pins};
use chit_chat_relational::{Instant, Key, Sql};
use diesel::dsl::exists;
use diesel::prelude::*;

use super::{fragments, message_ledger};
use crate::{Conn, Store, Tx};

impl PinRepository for Store {
    fn pin(&self, message: &Message, guard: Guard, at: Timestamp) -> Result<Pinning, StoreError> {
        self.write(|tx| pin(tx, message, guard, at))
    }

    fn unpin(&self, message: &Message, guard: Guard, at: Timestamp) -> Result<Guarded, StoreError> {
        self.write(|tx| unpin(tx, message, guard, at))
    }

    fn list(&self, chatroom: ChatroomId, before: Seq, limit: Limit) -> Result<Vec<Pin>, StoreError> {
        self.read(|conn| {
            let pinned = messages::chatroom_id.eq(pins::chatroom_id).and(messages::id.eq(pins::message_id));
            let rows: Vec<Row> = pins::table
                .inner_join(messages::table.on(pinned))
                .filter(pins::chatroom_id.eq(Key::from(chatroom)))
                .filter(pins::seq.lt(before))
                .order(pins::seq.desc())
                .limit(fragments::limit_plus_one(limit))
                .select((MessageRow::as_select(), pins::pinned_by, pins::pinned_at, pins::seq))
                .load(conn)?;
            Ok(rows.into_iter().map(as_pin).collect())
        })
    }
}

/// A pinned message, the user who pinned it, the time, and the seq of the log entry.
type Row = (MessageRow, Key, Instant, Seq);

fn as_pin((message, pinned_by, pinned_at, seq): Row) -> Pin {
    Pin { message: message.into(), pinned_by: pinned_by.into(), pinned_at: pinned_at.into(), seq }
}

fn pin(tx: &mut Tx<'_>, read: &Message, guard: Guard, at: Timestamp) -> Sql<Pinning> {
    let Some((mut ledger, message)) = message_ledger::open(tx, read, guard, at)? else {
        return Ok(Pinning::Refused);
    };
    if diesel::select(exists(pins::table.find(key(&message)))).get_result(tx.conn)? {
        return Ok(Pinning::Pinned);
    }
    let there = pins::table.filter(pins::chatroom_id.eq(Key::from(message.chatroom_id)));
    if there.count().get_result::<i64>(tx.conn)? >= i64::from(MAX_PINS) {
        return Ok(Pinning::TooMany);
    }
    let (chatroom, id) = key(&message);
    diesel::insert_into(pins::table)
        .values((
            pins::chatroom_id.eq(chatroom),
            pins::message_id.eq(id),
            pins::pinned_by.eq(Key::from(guard.actor)),
            pins::pinned_at.eq(Instant::from(at)),
            pins::seq.eq(ledger.record(Change::PinCreated { message_id: message.id })?),
        ))
        .execute(tx.conn)?;
    ledger.close(tx)?;
    Ok(Pinning::Pinned)
}

fn unpin(tx: &mut Tx<'_>, read: &Message, guard: Guard, at: Timestamp) -> Sql<Guarded> {
    let Some((mut ledger, message)) = message_ledger::open(tx, read, guard, at)? else {
        return Ok(Guarded::Refused);
    };
    if diesel::delete(pins::table.find(key(&message))).execute(tx.conn)? == 0 {
        return Ok(Guarded::Done(()));
    }
    ledger.record(Change::PinDeleted { message_id: message.id })?;
    ledger.close(tx)?;
    Ok(Guarded::Done(()))
}

fn key(message: &Message) -> (Key, Key) {
    (message.chatroom_id.into(), message.id.into())
}

/// Deletes the pin of a deleted message.
pub(crate) fn erase(conn: &mut Conn, message: &Message) -> Sql<()> {
    diesel::delete(pins::table.find(key(message))).execute(conn)?;
    Ok(())
}
