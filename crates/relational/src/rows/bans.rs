//! Rows of bans.

use chit_chat_domain::ban::Ban;
use diesel::prelude::{Insertable, Queryable, Selectable};

use crate::schema::bans;
use crate::types::{Instant, Key};

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = bans)]
pub struct BanRow {
    pub chatroom_id: Key,
    pub user_id: Key,
    pub banned_by: Key,
    pub created_at: Instant,
    pub seq: i64,
}

impl From<Ban> for BanRow {
    fn from(ban: Ban) -> Self {
        Self {
            chatroom_id: ban.chatroom_id.into(),
            user_id: ban.user_id.into(),
            banned_by: ban.banned_by.into(),
            created_at: ban.created_at.into(),
            seq: ban.seq,
        }
    }
}

impl From<BanRow> for Ban {
    fn from(row: BanRow) -> Self {
        Self {
            chatroom_id: row.chatroom_id.into(),
            user_id: row.user_id.into(),
            banned_by: row.banned_by.into(),
            created_at: row.created_at.into(),
            seq: row.seq,
        }
    }
}
