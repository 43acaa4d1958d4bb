//! Mentions in SQL: resolves usernames, and finds messages that mention a user.

use std::cmp::Reverse;

use chit_chat_domain::id::{ChatroomId, MessageId, UserId};
use chit_chat_domain::mention::MentionRepository;
use chit_chat_domain::message::Message;
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::MessageRow;
use chit_chat_relational::schema::{memberships, messages, users};
use chit_chat_relational::{Key, Sql};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::fragments;
use super::newest_in_rooms::{self, Source};
use crate::{Conn, Store, dialect};

/// The number of mentions of everybody in a chatroom that may be sent at once. Each gets its id before its seq, so
/// among so many the order of ids can differ from that of seqs.
const SENT_AT_ONCE: usize = 10;

/// The condition that a user does not block the author of a mention; the user and `)` have to follow. Lists and counts
/// use it, so a block also hides earlier mentions, and the author cannot tell from a message. Both engines read the
/// blocks of the user once, and not for each mention: that is 17 times as fast where there are many.
pub(crate) const BY_UNBLOCKED: &str = "author_id NOT IN (SELECT blocked_id FROM blocks WHERE blocks.user_id =";

/// The condition that a mention of everybody is one of this member, in SQL over its row: it was sent since the user
/// joined. Lists and counts use it.
pub(crate) fn since_joining(membership: &str) -> String {
    format!("seq > {membership}.joined_seq")
}

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

    fn unread(&self, user: UserId, listed: Vec<MessageId>) -> Result<Vec<MessageId>, StoreError> {
        if listed.is_empty() {
            return Ok(Vec::new());
        }
        let listed: Vec<Key> = listed.into_iter().map(Key::from).collect();
        self.read(|conn| {
            let keys: Vec<Key> = messages::table
                .inner_join(memberships::table.on(memberships::chatroom_id.eq(messages::chatroom_id)))
                .filter(messages::id.eq_any(&listed))
                .filter(memberships::user_id.eq(Key::from(user)))
                .filter(sql::<Bool>(fragments::IS_UNREAD))
                .order(messages::id.desc())
                .select(messages::id)
                .load(conn)?;
            Ok(keys.into_iter().map(Into::into).collect())
        })
    }
}

/// Messages that mention the user by name. A message mentions either everybody or users by name, so the two
/// queries never overlap.
fn by_name(conn: &mut Conn, user: Key, before: Key, most: i64) -> Sql<Vec<MessageRow>> {
    let condition = format!("user_id = $1 AND {BY_UNBLOCKED} $1)");
    let mentions = Source { table: "mentions", id: "message_id", condition };
    newest_in_rooms::read(conn, &mentions, user, before, most)
}

/// Messages that mention everybody, since the user joined. Those before are not read, however many there are. The `+`
/// keeps SQLite from reading all since then by the primary key.
fn to_all(conn: &mut Conn, user: Key, before: Key, most: i64) -> Sql<Vec<MessageRow>> {
    let (everybody, since, earliest) = (dialect::EVERYBODY, since_joining("room"), earliest_to_all());
    let condition = format!(
        "author_id <> $1 AND user_id = {everybody} AND +{since} AND message_id >= {earliest} \
         AND {BY_UNBLOCKED} $1)"
    );
    let mentions = Source { table: "mentions", id: "message_id", condition };
    newest_in_rooms::read(conn, &mentions, user, before, most)
}

/// A lower bound for the ids of mentions of everybody since the user joined `room`: an id from before.
fn earliest_to_all() -> String {
    let everybody = dialect::EVERYBODY;
    format!(
        "coalesce((SELECT earlier.message_id FROM mentions AS earlier \
         WHERE earlier.chatroom_id = room.chatroom_id AND earlier.user_id = {everybody} \
         AND earlier.seq <= room.joined_seq ORDER BY earlier.seq DESC LIMIT 1 OFFSET {SENT_AT_ONCE}), {everybody})"
    )
}
