//! Mentions in SQL: resolves usernames, and finds messages that mention a user.

use std::cmp::Reverse;

use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use chit_chat_domain::mention::MentionRepository;
use chit_chat_domain::message::Message;
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::MessageRow;
use chit_chat_relational::schema::{memberships, users};
use chit_chat_relational::{Key, Sql};
use diesel::prelude::*;

use super::fragments;
use super::newest_in_rooms::{self, Source};
use crate::{Conn, Store, dialect};

impl MentionRepository for Store {
    fn resolve(&self, chatroom: ChatroomId, usernames: &[String]) -> Result<Vec<UserId>, StoreError> {
        self.read(|conn| {
            let keys: Vec<Key> = users::table
                .inner_join(memberships::table)
                .filter(users::username_folded.eq_any(usernames))
                .filter(users::deleted_at.is_null())
                .filter(memberships::chatroom_id.eq(Key::from(chatroom)))
                .select(users::id)
                .load(conn)?;
            Ok(keys.into_iter().map(Into::into).collect())
        })
    }

    fn of_user(&self, user: UserId, after: Option<MessageId>, limit: Limit) -> Result<Vec<Message>, StoreError> {
        let newest = Key(uuid::Uuid::max());
        let (user, before) = (Key::from(user), after.map_or(newest, Key::from));
        self.read(|conn| {
            let mut rows = by_name(conn, user, before, fragments::limit_plus_one(limit))?;
            rows.extend(to_all(conn, user, before, fragments::limit_plus_one(limit))?);
            rows.sort_unstable_by_key(|row| Reverse(row.id));
            rows.truncate(limit.get() + 1);
            Ok(rows.into_iter().map(Into::into).collect())
        })
    }
}

/// Messages that mention the user by name. A message mentions either everybody or users by name, so the two
/// queries never overlap.
fn by_name(conn: &mut Conn, user: Key, before: Key, most: i64) -> Sql<Vec<MessageRow>> {
    let mentions = Source { table: "mentions", id: "message_id", condition: "user_id = $1".into() };
    newest_in_rooms::read(conn, &mentions, user, before, most)
}

fn to_all(conn: &mut Conn, user: Key, before: Key, most: i64) -> Sql<Vec<MessageRow>> {
    let condition = format!("author_id <> $1 AND user_id = {} AND seq > room.joined_seq", dialect::EVERYBODY);
    let mentions = Source { table: "mentions", id: "message_id", condition };
    newest_in_rooms::read(conn, &mentions, user, before, most)
}
