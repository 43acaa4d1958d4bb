//! The counterparts of statements that lock rows on other engines. On SQLite a writing transaction holds the write
//! lock from its start, so everything that it reads stays valid until it ends.

use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_relational::rows::{ChatroomRow, UserRow};
use chit_chat_relational::schema::{chatrooms, users};
use chit_chat_relational::types::Id;
use chit_chat_relational::{Key, Sql, migrations};
use diesel::dsl::{Eq, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;

use crate::Conn;

pub(crate) fn lock_chatroom(conn: &mut Conn, id: ChatroomId) -> Sql<Option<ChatroomRow>> {
    Ok(chatrooms::table
        .filter(chatrooms::id.eq(Key::from(id)))
        .filter(chatrooms::deleted_at.is_null())
        .select(ChatroomRow::as_select())
        .first(conn)
        .optional()?)
}

#[expect(clippy::unnecessary_wraps, reason = "where rows are locked, that can fail")]
pub(crate) fn lock_chatrooms_of(_: &mut Conn, _: UserId) -> Sql<()> {
    Ok(())
}

pub(crate) fn lock_user(conn: &mut Conn, id: UserId) -> Sql<Option<UserRow>> {
    Ok(users::table
        .filter(users::id.eq(Key::from(id)))
        .filter(users::deleted_at.is_null())
        .select(UserRow::as_select())
        .first(conn)
        .optional()?)
}

pub(crate) fn share_living_users(conn: &mut Conn, ids: Vec<UserId>) -> Sql<Vec<(Key, i16)>> {
    let keys: Vec<Key> = ids.into_iter().map(Key::from).collect();
    Ok(users::table
        .filter(users::id.eq_any(keys))
        .filter(users::deleted_at.is_null())
        .select((users::id, users::who_can_add_me))
        .load(conn)?)
}

/// Compares the chatroom without its index: for three ids SQLite would otherwise scan the whole chatroom. The
/// plus prevents that.
pub(crate) fn found_by_id_in(chatroom: Key) -> Eq<SqlLiteral<Id>, Key> {
    sql("+messages.chatroom_id").eq(chatroom)
}

/// The id of everybody, as a literal.
pub(crate) const EVERYBODY: &str = "X'00000000000000000000000000000000'";

/// Joins each room with the rows of its own query, about `$3` of them, as `own`. SQLite has no lateral joins, so the
/// last id of each room is found first.
pub(crate) fn newest_in_each(rooms: &str, table: &str, id: &str, condition: &str, query: &str) -> String {
    format!(
        "{rooms} CROSS JOIN {table} AS own WHERE {condition} AND own.chatroom_id = room.chatroom_id \
         AND own.{id} < $2 AND own.{id} >= coalesce(({query} LIMIT 1 OFFSET $3), X'')"
    )
}

pub(crate) const MIGRATIONS: migrations::EmbeddedMigrations = migrations::SQLITE;

/// Whether diesel's table of migrations exists.
pub(crate) const IS_MIGRATED: &str =
    "EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '__diesel_schema_migrations')";
