//! Rows of earlier bodies of messages.

use chit_chat_domain::message::MessageBody;
use chit_chat_domain::revision::MessageRevision;
use diesel::prelude::Insertable;

use crate::schema::message_revisions;
use crate::types::{Instant, Key};

#[derive(Debug, Insertable)]
#[diesel(table_name = message_revisions)]
pub struct RevisionRow<'a> {
    pub chatroom_id: Key,
    pub message_id: Key,
    pub revision: i32,
    pub body: &'a str,
    pub created_at: Instant,
}

/// A revision from its columns: number, body and time.
pub fn revision((revision, body, created_at): (i32, String, Instant)) -> MessageRevision {
    MessageRevision { revision, body: MessageBody::restore(body), created_at: created_at.into() }
}
