//! Rows of reactions.

use chit_chat_domain::reaction::{Emoji, Reaction};
use diesel::prelude::{Insertable, Queryable, Selectable};

use crate::schema::reactions;
use crate::types::{Instant, Key};

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = reactions)]
pub struct ReactionRow {
    pub chatroom_id: Key,
    pub message_id: Key,
    pub user_id: Key,
    pub emoji: String,
    pub created_at: Instant,
    pub seq: i64,
}

impl From<ReactionRow> for Reaction {
    fn from(row: ReactionRow) -> Self {
        Self {
            user_id: row.user_id.into(),
            emoji: Emoji::restore(row.emoji),
            created_at: row.created_at.into(),
            seq: row.seq,
        }
    }
}
