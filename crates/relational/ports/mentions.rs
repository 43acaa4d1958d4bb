//! Mentions in SQL: resolves usernames, and finds messages that mention a user.

use std::cmp::Reverse;

use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use chit_chat_domain::mention::MentionRepository;
use chit_chat_domain::message::Message;
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::MessageRow;
use chit_chat_relational::rows::mentions::EVERYBODY;
use chit_chat_relational::schema::{memberships, mentions, messages, users};
use chit_chat_relational::{Key, Sql};
use diesel::prelude::*;

use super::fragments;
use crate::{Conn, Store};

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
    let mine = memberships::chatroom_id.eq(mentions::chatroom_id).and(memberships::user_id.eq(mentions::user_id));
    Ok(mentions::table
        .inner_join(memberships::table.on(mine))
        .inner_join(messages::table.on(is_message()))
        .filter(mentions::user_id.eq(user))
        .filter(mentions::message_id.lt(before))
        .filter(fragments::is_alive(user))
        .order(mentions::message_id.desc())
        .limit(most)
        .select(MessageRow::as_select())
        .load(conn)?)
}

fn to_all(conn: &mut Conn, user: Key, before: Key, most: i64) -> Sql<Vec<MessageRow>> {
    let there = mentions::chatroom_id.eq(memberships::chatroom_id).and(mentions::user_id.eq(EVERYBODY));
    Ok(memberships::table
        .inner_join(mentions::table.on(there))
        .inner_join(messages::table.on(is_message()))
        .filter(memberships::user_id.eq(user))
        .filter(mentions::seq.gt(memberships::joined_seq))
        .filter(mentions::message_id.lt(before))
        .filter(mentions::author_id.ne(user))
        .filter(fragments::is_alive(user))
        .order(mentions::message_id.desc())
        .limit(most)
        .select(MessageRow::as_select())
        .load(conn)?)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn is_message() -> _ {
    messages::chatroom_id.eq(mentions::chatroom_id).and(messages::seq.eq(mentions::seq))
}
