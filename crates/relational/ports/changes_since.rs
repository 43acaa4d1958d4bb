//! Changes since a known state, in one statement for thousands of chatrooms or users.

use std::collections::HashMap;
use std::hash::Hash;

use chit_chat_domain::changes_since::{ChangesSince, JoinedChatroom, UserMemberships, UserVersion};
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::reading::ReadState;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::schema::{chatrooms, memberships, messages, user_heads, users};
use chit_chat_relational::{Key, Sql};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::fragments;
use crate::{Conn, Store};

/// The number of ids that fit into one statement on both engines.
const CHUNK: usize = 10_000;

impl ChangesSince for Store {
    fn of_chatrooms(&self, known: &[(ChatroomId, Seq)]) -> Result<Vec<(ChatroomId, Seq)>, StoreError> {
        self.follow(|conn| {
            in_chunks(known, |ids| {
                let heads = chatrooms::table.filter(chatrooms::id.eq_any(ids));
                Ok(heads.select((chatrooms::id, chatrooms::last_seq)).load(conn)?)
            })
        })
    }

    fn of_users(&self, known: &[(UserId, UserVersion)]) -> Result<Vec<(UserId, UserVersion)>, StoreError> {
        self.follow(|conn| {
            in_chunks(known, |ids| {
                let versions = user_heads::table.filter(user_heads::user_id.eq_any(ids));
                Ok(versions.select((user_heads::user_id, user_heads::version)).load(conn)?)
            })
        })
    }

    fn memberships(&self, user: UserId, most: usize) -> Result<UserMemberships, StoreError> {
        // The version is read first, so that a change in between is found later.
        self.read(|conn| {
            let version = version(conn, user)?;
            let (chatrooms, left_out) = joined(conn, user, most)?;
            Ok(UserMemberships { version, chatrooms, left_out })
        })
    }

    fn seen_in(&self, user: UserId, most: usize) -> Result<Vec<(ChatroomId, Seq)>, StoreError> {
        self.read(|conn| {
            let (known, _) = joined(conn, user, most)?;
            let mut heads: Vec<_> = known.into_iter().map(|joined| (joined.chatroom_id, joined.head)).collect();
            let left = i64::try_from(most.saturating_sub(heads.len())).unwrap_or(i64::MAX);
            let unknown =
                living().filter(memberships::user_id.eq(Key::from(user))).filter(not(fragments::is_known()));
            let unknown: Vec<(Key, Seq)> =
                unknown.select((memberships::chatroom_id, chatrooms::last_seq)).limit(left).load(conn)?;
            heads.extend(unknown.into_iter().map(|(id, head)| (id.into(), head)));
            heads.sort_unstable();
            Ok(heads)
        })
    }

    fn is_member(&self, user: UserId, chatroom: ChatroomId) -> Result<bool, StoreError> {
        self.read(|conn| {
            let membership = memberships::table
                .inner_join(chatrooms::table)
                .inner_join(users::table)
                .filter(memberships::chatroom_id.eq(Key::from(chatroom)))
                .filter(memberships::user_id.eq(Key::from(user)))
                .filter(users::deleted_at.is_null())
                .filter(chatrooms::deleted_at.is_null());
            Ok(diesel::select(exists(membership)).get_result(conn)?)
        })
    }
}

/// Reads these ids in chunks, and returns those that differ from the known values.
fn in_chunks<I: Copy + Eq + Hash + Into<Key> + From<Key>>(
    known: &[(I, i64)],
    mut read: impl FnMut(Vec<Key>) -> Sql<Vec<(Key, i64)>>,
) -> Sql<Vec<(I, i64)>> {
    let mut moved = Vec::new();
    for chunk in known.chunks(CHUNK) {
        let before: HashMap<I, i64> = chunk.iter().copied().collect();
        let now = read(chunk.iter().map(|(id, _)| (*id).into()).collect())?;
        let now = now.into_iter().map(|(id, count)| (I::from(id), count));
        moved.extend(now.filter(|(id, count)| before.get(id) != Some(count)));
    }
    Ok(moved)
}

fn version(conn: &mut Conn, user: UserId) -> Sql<UserVersion> {
    let version = user_heads::table.find(Key::from(user)).select(user_heads::version).first(conn);
    Ok(version.optional()?.unwrap_or_default())
}

type JoinedColumns = (
    memberships::chatroom_id,
    memberships::joined_seq,
    chatrooms::last_seq,
    memberships::read_seq,
    memberships::muted,
    memberships::hidden_seq,
);
type JoinedRow = (Key, Seq, Seq, Option<Seq>, bool, Option<Seq>);

/// The chatrooms of a user, by id, and the number of those beyond `most`.
fn joined(conn: &mut Conn, user: UserId, most: usize) -> Sql<(Vec<JoinedChatroom>, usize)> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let all = living().filter(memberships::user_id.eq(Key::from(user))).filter(fragments::is_known());
    let mut rows: Vec<JoinedRow> = all.select(joined_columns()).limit(limit.saturating_add(1)).load(conn)?;
    let mut left_out = 0;
    if rows.len() > most {
        let count: i64 = all.count().get_result(conn)?;
        left_out = usize::try_from(count).unwrap_or(most).saturating_sub(most);
        rows = preferred(conn, user, limit)?;
    }
    let mut joined: Vec<_> = rows.into_iter().map(joined_chatroom).collect();
    joined.sort_unstable_by_key(|joined| joined.chatroom_id);
    Ok((joined, left_out))
}

/// The chatrooms that matter most to a user. Strangers who fill a user's list, by adding the user or by opening direct
/// chatrooms, must not push out those that the user takes part in.
fn preferred(conn: &mut Conn, user: UserId, limit: i64) -> Sql<Vec<JoinedRow>> {
    let is_latest =
        messages::chatroom_id.eq(chatrooms::id).and(messages::seq.nullable().eq(chatrooms::last_message_seq));
    Ok(living()
        .left_join(messages::table.on(is_latest))
        .filter(memberships::user_id.eq(Key::from(user)))
        .filter(fragments::is_known())
        .order((
            memberships::read_seq.is_not_null().desc(),
            memberships::other_id.is_not_null().desc(),
            // A chatroom without a message counts as older than any.
            messages::created_at.nullable().is_not_null().desc(),
            messages::created_at.nullable().desc(),
            memberships::chatroom_id,
        ))
        .limit(limit)
        .select(joined_columns())
        .load(conn)?)
}

/// Memberships of living users in living chatrooms.
#[diesel::dsl::auto_type(no_type_alias)]
fn living() -> _ {
    memberships::table
        .inner_join(chatrooms::table)
        .inner_join(users::table)
        .filter(users::deleted_at.is_null())
        .filter(chatrooms::deleted_at.is_null())
}

fn joined_columns() -> JoinedColumns {
    (
        memberships::chatroom_id,
        memberships::joined_seq,
        chatrooms::last_seq,
        memberships::read_seq,
        memberships::muted,
        memberships::hidden_seq,
    )
}

fn joined_chatroom((id, joined_seq, head, read_seq, muted, hidden_seq): JoinedRow) -> JoinedChatroom {
    let read = ReadState { read_seq: read_seq.unwrap_or(joined_seq), muted, hidden_seq };
    JoinedChatroom { chatroom_id: id.into(), joined_seq, head, read }
}
