//! Revisions in SQL: earlier ones are in their own table, the current one is in the message's row.

use chit_chat_domain::id::{ChatroomId, MessageId};
use chit_chat_domain::message::{Message, Revision};
use chit_chat_domain::page::Limit;
use chit_chat_domain::revision::{MessageRevision, RevisionRepository};
use chit_chat_domain::store_error::StoreError;
use chit_chat_relational::rows::{RevisionRow, revision};
use chit_chat_relational::schema::{message_revisions, messages};
use chit_chat_relational::{Instant, Key, Sql};
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::query_dsl::positional_order_dsl::PositionalOrderDsl;

use super::fragments;
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

/// Stores the current body of a message as a revision, before an edit.
pub(crate) fn keep(conn: &mut Conn, read: &Message) -> Sql<()> {
    let Some(body) = &read.body else {
        return Ok(());
    };
    let row = RevisionRow {
        chatroom_id: read.chatroom_id.into(),
        message_id: read.id.into(),
        revision: read.revision,
        body: body.as_str(),
        created_at: read.edited_at.unwrap_or(read.created_at).into(),
    };
    diesel::insert_into(message_revisions::table).values(&row).execute(conn)?;
    Ok(())
}

/// Deletes the revisions of a deleted message.
pub(crate) fn erase(conn: &mut Conn, message: &Message) -> Sql<()> {
    let all = message_revisions::table
        .filter(message_revisions::chatroom_id.eq(Key::from(message.chatroom_id)))
        .filter(message_revisions::message_id.eq(Key::from(message.id)));
    diesel::delete(all).execute(conn)?;
    Ok(())
}
