//! Deletes the messages of deleted accounts piece by piece.
//!
//! An account that has left its chatrooms writes nothing any more, so a chatroom that is done stays done. The row of the erasure remembers
//! the last such chatroom. It is written in the transaction that deletes the account, and deleted after the last
//! message; so neither a crash nor another instance makes a difference.

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::id::UserId;
use chit_chat_relational::rows::MessageRow;
use chit_chat_relational::schema::{erasures, memberships, messages};
use chit_chat_relational::{Key, Sql};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use uuid::Uuid;

use super::ledger::Ledger;
use super::messages as messages_port;
use crate::{Conn, Tx};

/// Marks the messages of an account that is being deleted.
pub(crate) fn begin(conn: &mut Conn, user: UserId) -> Sql<()> {
    let before_all = erasures::after_chatroom_id.eq(Key(Uuid::nil()));
    diesel::insert_into(erasures::table)
        .values((erasures::user_id.eq(Key::from(user)), before_all))
        .execute(conn)?;
    Ok(())
}

/// Deletes at most `most` messages of one account in one chatroom, and returns whether there was such an account.
pub(crate) fn some(tx: &mut Tx<'_>, at: Timestamp, most: usize) -> Sql<bool> {
    // A send that waited for a chatroom's lock may still be stored until its author has left it.
    let theirs = memberships::table.filter(memberships::user_id.eq(erasures::user_id));
    let departed = erasures::table.filter(not(exists(theirs)));
    let first = departed.order(erasures::user_id).select(erasures::user_id);
    let Some(user) = first.first::<Key>(tx.conn).optional()? else {
        return Ok(false);
    };
    // Another instance may have completed the erasure since.
    let Some(done) = lock(tx, user)? else {
        return Ok(true);
    };
    match next_chatroom(tx, user, done)? {
        Some(chatroom) => {
            if !in_chatroom(tx, user, chatroom, at, most)? {
                let row = diesel::update(erasures::table.find(user));
                row.set(erasures::after_chatroom_id.eq(chatroom)).execute(tx.conn)?;
            }
        }
        None => {
            diesel::delete(erasures::table.find(user)).execute(tx.conn)?;
        }
    }
    Ok(true)
}

/// Locks the row of an erasure, so that instances take turns, and returns the last chatroom that is done.
fn lock(conn: &mut Conn, user: Key) -> Sql<Option<Key>> {
    let row = diesel::update(erasures::table.find(user));
    let unchanged = row.set(erasures::after_chatroom_id.eq(erasures::after_chatroom_id));
    Ok(unchanged.returning(erasures::after_chatroom_id).get_result(conn).optional()?)
}

/// The first chatroom after the one that is done in which the user has messages.
fn next_chatroom(conn: &mut Conn, user: Key, done: Key) -> Sql<Option<Key>> {
    let own = messages::table
        .filter(messages::author_id.eq(user))
        .filter(messages::deleted_at.is_null())
        .filter(messages::chatroom_id.gt(done))
        .order(messages::chatroom_id)
        .select(messages::chatroom_id);
    Ok(own.first(conn).optional()?)
}

/// Deletes messages of the user, and returns whether any may be left. The purge erases those of deleted chatrooms.
fn in_chatroom(tx: &mut Tx<'_>, user: Key, chatroom: Key, at: Timestamp, most: usize) -> Sql<bool> {
    let Some(mut ledger) = Ledger::open(tx, chatroom.into(), user.into(), at)? else {
        return Ok(false);
    };
    let rows: Vec<MessageRow> = messages::table
        .filter(messages::author_id.eq(user))
        .filter(messages::chatroom_id.eq(chatroom))
        .filter(messages::deleted_at.is_null())
        .order(messages::id)
        .limit(i64::try_from(most).unwrap_or(i64::MAX))
        .select(MessageRow::as_select())
        .load(tx.conn)?;
    let any_left = rows.len() >= most;
    for row in rows {
        messages_port::erase(tx, &mut ledger, &row.into())?;
    }
    ledger.close(tx)?;
    Ok(any_left)
}
