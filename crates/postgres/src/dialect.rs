//! The statements that lock rows on PostgreSQL.

use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_relational::rows::{ChatroomRow, UserRow};
use chit_chat_relational::schema::{chatrooms, memberships, messages, users};
use chit_chat_relational::{Key, Sql, migrations};
use diesel::dsl::Eq;
use diesel::prelude::*;

use crate::Conn;

/// Locks a living chatroom against every other change of its log.
pub(crate) fn lock_chatroom(conn: &mut Conn, id: ChatroomId) -> Sql<Option<ChatroomRow>> {
    Ok(chatrooms::table
        .filter(chatrooms::id.eq(Key::from(id)))
        .filter(chatrooms::deleted_at.is_null())
        .select(ChatroomRow::as_select())
        .for_no_key_update()
        .first(conn)
        .optional()?)
}

/// Locks the chatrooms of a user, in the same order as sends.
pub(crate) fn lock_chatrooms_of(conn: &mut Conn, user: UserId) -> Sql<()> {
    let theirs =
        memberships::table.filter(memberships::user_id.eq(Key::from(user))).select(memberships::chatroom_id);
    let _locked: Vec<Key> = chatrooms::table
        .filter(chatrooms::id.eq_any(theirs))
        .order(chatrooms::id)
        .select(chatrooms::id)
        .for_no_key_update()
        .load(conn)?;
    Ok(())
}

/// Locks a living user against every other change of the account.
pub(crate) fn lock_user(conn: &mut Conn, id: UserId) -> Sql<Option<UserRow>> {
    Ok(users::table
        .filter(users::id.eq(Key::from(id)))
        .filter(users::deleted_at.is_null())
        .select(UserRow::as_select())
        .for_no_key_update()
        .first(conn)
        .optional()?)
}

/// Locks the living users among these, so that they stay alive until the transaction ends and keep the setting that
/// is returned with them.
pub(crate) fn share_living_users(conn: &mut Conn, ids: Vec<UserId>) -> Sql<Vec<(Key, i16)>> {
    let keys: Vec<Key> = ids.into_iter().map(Key::from).collect();
    Ok(users::table
        .filter(users::id.eq_any(keys))
        .filter(users::deleted_at.is_null())
        .order(users::id)
        .select((users::id, users::who_can_add_me))
        .for_share()
        .load(conn)?)
}

/// The condition that messages found by their ids are in this chatroom.
pub(crate) fn found_by_id_in(chatroom: Key) -> Eq<messages::chatroom_id, Key> {
    messages::chatroom_id.eq(chatroom)
}

/// The id of everybody, as a literal.
pub(crate) const EVERYBODY: &str = "'00000000-0000-0000-0000-000000000000'";

/// Joins each room with the rows of its own query, at most `$3` of them, as `own`.
pub(crate) fn newest_in_each(rooms: &str, _: &str, _: &str, _: &str, query: &str) -> String {
    format!("{rooms} CROSS JOIN LATERAL ({query} LIMIT $3) AS own")
}

pub(crate) const MIGRATIONS: migrations::EmbeddedMigrations = migrations::POSTGRES;

/// Whether diesel's table of migrations exists.
pub(crate) const IS_MIGRATED: &str = "to_regclass('__diesel_schema_migrations') IS NOT NULL";
