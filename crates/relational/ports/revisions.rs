//! Revisions in SQL: earlier ones are in their own table, the current one is in the message's row.

use chit_chat_domain::id::{ChatroomId, MessageId};
use chit_chat_domain::message::{Message, Revision};
use chit_chat_domain::page::Limit;
use chit_chat_domain::revision::{MessageRevision, RevisionRepository, newest_forgotten};
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::{RevisionRow, revision};
use chit_chat_relational::schema::{message_revisions, messages};
use chit_chat_relational::{Instant, Key, Sql};
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::query_dsl::positional_order_dsl::PositionalOrderDsl;

use super::storage::octet_length;
use super::{fragments, storage};
use crate::{Conn, Store};

impl RevisionRepository for Store {
    fn list(
        &self,
        chatroom: ChatroomId,
        message: MessageId,
        after: Revision,
        limit: Limit,
    ) -> Result<Vec<MessageRevision>, StoreError> {
        self.read(|conn| {
            let (chatroom, message) = (Key::from(chatroom), Key::from(message));
            let former = message_revisions::table
                .filter(message_revisions::chatroom_id.eq(chatroom))
                .filter(message_revisions::message_id.eq(message))
                .filter(message_revisions::revision.gt(after))
                .select((message_revisions::revision, message_revisions::body, message_revisions::created_at));
            let present = messages::table
                .filter(messages::chatroom_id.eq(chatroom))
                .filter(messages::id.eq(message))
                .filter(messages::revision.gt(after))
                .filter(messages::body.is_not_null())
                .select((
                    messages::revision,
                    messages::body.assume_not_null(),
                    case_when(messages::edited_at.is_not_null(), messages::edited_at.assume_not_null())
                        .otherwise(messages::created_at),
                ));
            // One statement, because an edit between two would move a body from one table to the other.
            let all = former.union_all(present).positional_order_by(1).limit(fragments::limit_plus_one(limit));
            let rows: Vec<(Revision, String, Instant)> = all.load(conn)?;
            Ok(rows.into_iter().map(revision).collect())
        })
    }
}

/// Stores the body that an edit replaces as a revision, and deletes the revisions that are too old to keep.
/// Returns the bytes that the deleted ones counted.
pub(crate) fn keep(conn: &mut Conn, read: &Message, new: &Message) -> Sql<i64> {
    let Some(body) = &read.body else {
        return Ok(0);
    };
    let row = RevisionRow {
        chatroom_id: read.chatroom_id.into(),
        message_id: read.id.into(),
        revision: read.revision,
        body: body.as_str(),
        created_at: read.edited_at.unwrap_or(read.created_at).into(),
    };
    diesel::insert_into(message_revisions::table).values(&row).execute(conn)?;
    let forgotten = newest_forgotten(new.revision);
    if forgotten < 1 {
        return Ok(0);
    }
    // Usually one. More if the message was edited before revisions were bounded.
    let old = of(read.chatroom_id.into(), read.id.into()).filter(message_revisions::revision.le(forgotten));
    Ok(sum(diesel::delete(old).returning(length()).load(conn)?))
}

/// Deletes the revisions of a deleted message, and returns the bytes that they counted.
pub(crate) fn erase(conn: &mut Conn, message: &Message) -> Sql<i64> {
    let all = of(message.chatroom_id.into(), message.id.into());
    Ok(sum(diesel::delete(all).returning(length()).load(conn)?))
}

/// The length of a revision's body in bytes.
#[diesel::dsl::auto_type(no_type_alias)]
fn length() -> _ {
    octet_length(message_revisions::body.nullable())
}

fn sum(lengths: Vec<Option<i32>>) -> i64 {
    lengths.into_iter().map(storage::bytes_of).sum()
}

/// The stored revisions of a message.
#[diesel::dsl::auto_type(no_type_alias)]
fn of(chatroom: Key, message: Key) -> _ {
    message_revisions::table
        .filter(message_revisions::chatroom_id.eq(chatroom))
        .filter(message_revisions::message_id.eq(message))
}
