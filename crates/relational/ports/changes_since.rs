//! Changes since a known state, in one statement for thousands of chatrooms or users.

use std::collections::HashMap;
use std::hash::Hash;

use chit_chat_domain::changes_since::{ChangesSince, JoinedChatroom, UserMemberships, UserVersion};
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::membership::Role;
use chit_chat_domain::reading::ReadState;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::schema::{chatrooms, memberships, user_heads, users};
use chit_chat_relational::{Key, Sql, codes};
use diesel::dsl::exists;
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
            Ok(UserMemberships { version, chatrooms: joined(conn, user, most)? })
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

fn joined(conn: &mut Conn, user: UserId, most: usize) -> Sql<Vec<JoinedChatroom>> {
    let rows: Vec<(Key, Seq, Seq, Seq, bool, Option<Seq>)> = memberships::table
        .inner_join(chatrooms::table)
        .inner_join(users::table)
        .filter(memberships::user_id.eq(Key::from(user)))
        .filter(users::deleted_at.is_null())
        .filter(chatrooms::deleted_at.is_null())
        // Whoever fills a user's list with chatrooms must not push out those that the user takes part in. The order
        // is stable, so that a stream keeps its chatrooms.
        .order((
            memberships::other_id.is_not_null().desc(),
            memberships::role.gt(codes::of_role(Role::Member)).or(memberships::read_seq.is_not_null()).desc(),
            memberships::chatroom_id,
        ))
        .limit(i64::try_from(most).unwrap_or(i64::MAX))
        .select((
            memberships::chatroom_id,
            memberships::joined_seq,
            chatrooms::last_seq,
            fragments::marker(),
            memberships::muted,
            memberships::hidden_seq,
        ))
        .load(conn)?;
    let mut joined: Vec<_> = rows
        .into_iter()
        .map(|(id, joined_seq, head, read_seq, muted, hidden_seq)| JoinedChatroom {
            chatroom_id: id.into(),
            joined_seq,
            head,
            read: ReadState { read_seq, muted, hidden_seq },
        })
        .collect();
    joined.sort_unstable_by_key(|joined| joined.chatroom_id);
    Ok(joined)
}
