//! Conditions, columns and queries that several ports share.

use chit_chat_domain::direct::Pair;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::page::Limit;
use chit_chat_relational::schema::{bans, blocks, chatrooms, memberships, users};
use chit_chat_relational::{Key, Sql};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use crate::Conn;

diesel::define_sql_function!(fn coalesce(value: Nullable<BigInt>, or: BigInt) -> BigInt);

/// The condition that a user is alive.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn is_alive(user: Key) -> _ {
    exists(users::table.find(user).filter(users::deleted_at.is_null()))
}

/// The read marker of a membership.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn marker() -> _ {
    coalesce(memberships::read_seq, memberships::joined_seq)
}

/// The condition that a message is unread, in SQL over its row, or that of a mention, and its reader's membership. The
/// counts of unread messages and mentions use it, and so does the list of mentions.
pub(crate) const IS_UNREAD: &str = "seq > coalesce(memberships.read_seq, memberships.joined_seq)";

/// The condition that a chatroom is not hidden from a member.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn is_shown() -> _ {
    memberships::hidden_seq.is_null().or(chatrooms::last_message_seq.gt(memberships::hidden_seq))
}

/// The condition that a member knows of a chatroom: of a direct one that the other user opened only once it has a
/// message. Until then `hidden_seq` is zero, which is before every message.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn is_known() -> _ {
    memberships::hidden_seq.is_null().or(memberships::hidden_seq.gt(0_i64))
}

/// Returns whether one of the two blocks the other.
pub(crate) fn are_blocking(conn: &mut Conn, pair: Pair) -> Sql<bool> {
    let (me, other) = (Key::from(pair.me()), Key::from(pair.other()));
    let blocked = |by, user| exists(blocks::table.find((by, user)));
    Ok(diesel::select(blocked(me, other).or(blocked(other, me))).get_result(conn)?)
}

/// The users among these who block this user, by id.
pub(crate) fn blockers_of(conn: &mut Conn, user: UserId, of: &[UserId]) -> Sql<Vec<UserId>> {
    let of: Vec<Key> = of.iter().copied().map(Key::from).collect();
    let who: Vec<Key> = blocks::table
        .filter(blocks::user_id.eq_any(of))
        .filter(blocks::blocked_id.eq(Key::from(user)))
        .order(blocks::user_id)
        .select(blocks::user_id)
        .load(conn)?;
    Ok(who.into_iter().map(Into::into).collect())
}

/// Returns whether a user is banned; called under the chatroom's lock, before adding a member.
pub(crate) fn is_banned(conn: &mut Conn, chatroom: ChatroomId, user: UserId) -> Sql<bool> {
    let theirs = bans::table.find((Key::from(chatroom), Key::from(user)));
    Ok(diesel::select(exists(theirs)).get_result(conn)?)
}

/// The limit of a query: one row beyond the page shows that more follow.
pub(crate) fn limit_plus_one(limit: Limit) -> i64 {
    i64::try_from(limit.get()).unwrap_or(i64::MAX - 1) + 1
}
