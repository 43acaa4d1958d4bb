//! Searches of users and public chatrooms in SQL, and the upkeep of their index.

use chit_chat_domain::chatroom::{Chatroom, Visibility};
use chit_chat_domain::folding;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::page::Limit;
use chit_chat_domain::search::{Found, NameParts, NameQuery, SearchPosition, SearchRepository};
use chit_chat_domain::store_error::StoreError;
use chit_chat_domain::user::User;
use chit_chat_relational::rows::{ChatroomRow, UserRow};
use chit_chat_relational::schema::{chatrooms, users};
use chit_chat_relational::{Key, Sql, codes};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::name_parts::{self, Kind, Loaded};
use super::{chatrooms as rooms, users as people};
use crate::{Conn, Store};

impl SearchRepository for Store {
    fn users(
        &self,
        query: NameQuery,
        after: Option<SearchPosition<UserId>>,
        limit: Limit,
    ) -> Result<Found<User, UserId>, StoreError> {
        self.read(|conn| name_parts::search(conn, Kind::User, &query, position(after.as_ref()), limit, load_users))
    }

    fn public_chatrooms(
        &self,
        query: NameQuery,
        after: Option<SearchPosition<ChatroomId>>,
        limit: Limit,
    ) -> Result<Found<Chatroom, ChatroomId>, StoreError> {
        let kind = Kind::PublicChatroom;
        self.read(|conn| {
            name_parts::search(conn, kind, &query, position(after.as_ref()), limit, load_public_chatrooms)
        })
    }

    fn index(&self, most: usize) -> Result<bool, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let users: Vec<Key> = self.read(|conn| users_to_index(conn, most))?;
        let chatrooms: Vec<Key> = self.read(|conn| chatrooms_to_index(conn, most))?;
        let any_left = [users.len(), chatrooms.len()].into_iter().any(|count| i64::try_from(count) == Ok(most));
        if !users.is_empty() {
            self.write(|tx| users.iter().try_for_each(|id| people::index_again(tx, *id)))?;
        }
        if !chatrooms.is_empty() {
            self.write(|tx| chatrooms.iter().try_for_each(|id| rooms::index_again(tx, *id)))?;
        }
        Ok(any_left)
    }
}

fn position<I: Copy>(after: Option<&SearchPosition<I>>) -> Option<SearchPosition<Key>>
where
    Key: From<I>,
{
    after.map(|SearchPosition { rank, part, id }| SearchPosition {
        rank: *rank,
        part: part.clone(),
        id: Key::from(*id),
    })
}

/// Loads users by their ids alone. Deleted ones have no names, so they match nothing; a condition for them would let
/// PostgreSQL read an index of all living users as long as it has no statistics.
fn load_users(conn: &mut Conn, keys: &[Key]) -> Sql<Loaded<User>> {
    let rows: Vec<UserRow> =
        users::table.filter(users::id.eq_any(keys)).select(UserRow::as_select()).load(conn)?;
    rows.into_iter().map(|row| Ok((row.id, (people::parts_of(&row), row.try_into()?)))).collect()
}

fn load_public_chatrooms(conn: &mut Conn, keys: &[Key]) -> Sql<Loaded<Chatroom>> {
    let rows: Vec<ChatroomRow> = chatrooms::table
        .filter(chatrooms::id.eq_any(keys))
        .filter(chatrooms::visibility.eq(codes::of_visibility(Visibility::Public)))
        .filter(chatrooms::deleted_at.is_null())
        .select(ChatroomRow::as_select())
        .load(conn)?;
    let loaded = |row: ChatroomRow| Ok((row.id, (NameParts::of([row.name.as_str()]), row.try_into()?)));
    rows.into_iter().map(loaded).collect()
}

fn users_to_index(conn: &mut Conn, most: i64) -> Sql<Vec<Key>> {
    let outdated = users::table.filter(is_outdated()).filter(users::deleted_at.is_null());
    Ok(outdated.order(users::id).limit(most).select(users::id).load(conn)?)
}

fn chatrooms_to_index(conn: &mut Conn, most: i64) -> Sql<Vec<Key>> {
    let outdated = chatrooms::table.filter(is_outdated()).filter(chatrooms::deleted_at.is_null());
    Ok(outdated.order(chatrooms::id).limit(most).select(chatrooms::id).load(conn)?)
}

/// The condition of the indexes `users_to_index` and `chatrooms_to_index`, which have the number in their text. A
/// migration that comes with a new version replaces them.
fn is_outdated() -> SqlLiteral<Bool> {
    sql(&format!("folding < {}", folding::VERSION))
}
