//! Rows of messages.

use chit_chat_domain::message::{Idempotency, IdempotencyKey, Message, MessageBody, NewMessage};
use diesel::prelude::{Insertable, Queryable, Selectable};

use super::{mentions, reactions};
use crate::error::{Sql, SqlError};
use crate::schema::messages;
use crate::types::{Instant, Key};

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = messages)]
pub struct MessageRow {
    pub chatroom_id: Key,
    pub seq: i64,
    pub id: Key,
    pub author_id: Key,
    pub body: Option<String>,
    pub idempotency_key: Option<String>,
    pub digest: Option<Key>,
    pub created_at: Instant,
    pub edited_at: Option<Instant>,
    pub deleted_at: Option<Instant>,
    pub revision: i32,
    pub reply_to: Option<Key>,
    pub reply_count: i32,
    pub mentions: Option<String>,
    pub reactions: Option<String>,
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        Self {
            id: row.id.into(),
            chatroom_id: row.chatroom_id.into(),
            seq: row.seq,
            author_id: row.author_id.into(),
            body: row.body.map(MessageBody::restore),
            created_at: row.created_at.into(),
            edited_at: row.edited_at.map(Into::into),
            deleted_at: row.deleted_at.map(Into::into),
            revision: row.revision,
            client_key: row.idempotency_key.map(IdempotencyKey::restore),
            reply_to: row.reply_to.map(Into::into),
            reply_count: row.reply_count,
            mentions: row.mentions.as_deref().map(mentions::read).unwrap_or_default(),
            reactions: row.reactions.as_deref().map(reactions::read).unwrap_or_default(),
        }
    }
}

impl MessageRow {
    /// The row of a draft at this position in the log.
    pub fn new(draft: &NewMessage, seq: i64) -> Self {
        const FIRST: i32 = 1;
        Self {
            chatroom_id: draft.chatroom_id.into(),
            seq,
            id: draft.id.into(),
            author_id: draft.author_id.into(),
            body: Some(draft.body.as_str().to_owned()),
            idempotency_key: draft.idempotency.as_ref().map(|idempotency| idempotency.key.as_str().to_owned()),
            digest: draft.idempotency.as_ref().map(|idempotency| Key(idempotency.digest)),
            created_at: draft.created_at.into(),
            edited_at: None,
            deleted_at: None,
            revision: FIRST,
            reply_to: draft.reply_to.map(Into::into),
            reply_count: 0,
            mentions: mentions::column(&draft.mentions),
            reactions: None,
        }
    }

    /// The idempotency key and digest of the message.
    pub fn idempotency(&self) -> Sql<Idempotency> {
        match (&self.idempotency_key, self.digest) {
            (Some(key), Some(digest)) => {
                Ok(Idempotency { key: IdempotencyKey::restore(key.clone()), digest: digest.0 })
            }
            _ => {
                Err(SqlError::Corrupt("a message has an idempotency key without a digest, or the reverse".into()))
            }
        }
    }
}
