//! Erasing, piece by piece, what deleted chatrooms leave behind.

use chit_chat_relational::schema::{chatrooms, events, messages};
use chit_chat_relational::{Key, Sql};
use diesel::prelude::*;

use crate::Conn;

/// Erases at most `most` entries of one deleted chatroom; only the last entry of its log stays.
/// Answers whether there was such a chatroom.
pub(crate) fn some(conn: &mut Conn, most: usize) -> Sql<bool> {
    let next: Option<(Key, i64)> = chatrooms::table
        .filter(chatrooms::deleted_at.is_not_null())
        .filter(chatrooms::purged.eq(false))
        .select((chatrooms::id, chatrooms::last_seq))
        .first(conn)
        .optional()?;
    let Some((id, last_seq)) = next else {
        return Ok(false);
    };
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    if messages(conn, id, most)? == 0 && entries(conn, id, last_seq, most)? == 0 {
        diesel::update(chatrooms::table.find(id)).set(chatrooms::purged.eq(true)).execute(conn)?;
    }
    Ok(true)
}

fn messages(conn: &mut Conn, id: Key, most: i64) -> Sql<usize> {
    let all = messages::table.filter(messages::chatroom_id.eq(id));
    let seqs: Vec<i64> = all.order(messages::seq).limit(most).select(messages::seq).load(conn)?;
    match seqs.last() {
        Some(last) => Ok(diesel::delete(all.filter(messages::seq.le(*last))).execute(conn)?),
        None => Ok(0),
    }
}

fn entries(conn: &mut Conn, id: Key, last_seq: i64, most: i64) -> Sql<usize> {
    let all = events::table.filter(events::chatroom_id.eq(id)).filter(events::seq.lt(last_seq));
    let seqs: Vec<i64> = all.order(events::seq).limit(most).select(events::seq).load(conn)?;
    match seqs.last() {
        Some(last) => Ok(diesel::delete(all.filter(events::seq.le(*last))).execute(conn)?),
        None => Ok(0),
    }
}
