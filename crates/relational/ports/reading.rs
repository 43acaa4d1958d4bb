//! Read markers and mutes in SQL: columns of the user's own membership, whose row lock prevents races.

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::guarded::Guarded;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::reading::{Mark, ReadRepository, ReadState, Reading};
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::schema::{chatrooms, memberships};
use chit_chat_relational::{Key, Sql};
use diesel::prelude::*;

use super::{fragments, user_heads};
use crate::{Conn, Store, Tx};

impl ReadRepository for Store {
    fn find(&self, chatroom: ChatroomId, reader: UserId) -> Result<Option<Reading>, StoreError> {
        self.read(|conn| find(conn, chatroom, reader))
    }

    fn mark(&self, chatroom: ChatroomId, reader: UserId, mark: Mark) -> Result<Guarded<Seq>, StoreError> {
        self.write(|tx| move_marker(tx, chatroom, reader, mark))
    }

    fn set_muted(&self, chatroom: ChatroomId, reader: UserId, muted: bool) -> Result<Guarded, StoreError> {
        self.write(|tx| set_muted(tx, chatroom, reader, muted))
    }
}

fn find(conn: &mut Conn, chatroom: ChatroomId, reader: UserId) -> Sql<Option<Reading>> {
    let (chatroom, reader) = (Key::from(chatroom), Key::from(reader));
    let found: Option<(Seq, bool, Option<Seq>, Seq)> = memberships::table
        .inner_join(chatrooms::table)
        .filter(memberships::chatroom_id.eq(chatroom))
        .filter(memberships::user_id.eq(reader))
        .filter(fragments::is_alive(reader))
        .select((fragments::marker(), memberships::muted, memberships::hidden_seq, chatrooms::last_seq))
        .first(conn)
        .optional()?;
    Ok(found.map(|(read_seq, muted, hidden_seq, head)| Reading {
        state: ReadState { read_seq, muted, hidden_seq },
        head,
    }))
}

/// Moves the read marker, under the condition of [`Mark::moves`].
fn move_marker(tx: &mut Tx<'_>, chatroom: ChatroomId, reader: UserId, mark: Mark) -> Sql<Guarded<Seq>> {
    let key = (Key::from(chatroom), Key::from(reader));
    let mine = memberships::table.find(key).filter(fragments::is_alive(reader.into()));
    let to = memberships::read_seq.eq(mark.seq);
    let moved = if mark.force {
        diesel::update(mine.filter(fragments::marker().ne(mark.seq))).set(to).execute(tx.conn)?
    } else {
        diesel::update(mine.filter(fragments::marker().lt(mark.seq))).set(to).execute(tx.conn)?
    };
    if moved > 0 {
        user_heads::bump(tx, [reader])?;
        return Ok(Guarded::Done(mark.seq));
    }
    Ok(find(tx, chatroom, reader)?.map_or(Guarded::Refused, |reading| Guarded::Done(reading.state.read_seq)))
}

fn set_muted(tx: &mut Tx<'_>, chatroom: ChatroomId, reader: UserId, muted: bool) -> Sql<Guarded> {
    let key = (Key::from(chatroom), Key::from(reader));
    let mine = memberships::table.find(key).filter(fragments::is_alive(reader.into()));
    let differs = mine.filter(memberships::muted.ne(muted));
    let changed = diesel::update(differs).set(memberships::muted.eq(muted)).execute(tx.conn)?;
    if changed > 0 {
        user_heads::bump(tx, [reader])?;
    }
    Ok(find(tx, chatroom, reader)?.map_or(Guarded::Refused, |_| Guarded::Done(())))
}
