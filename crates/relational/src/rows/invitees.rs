//! Rows of invitees.

use chit_chat_domain::invitee::Invitee;
use diesel::prelude::{Insertable, Queryable, Selectable};

use crate::schema::invitees;
use crate::types::{Instant, Key};

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = invitees)]
pub struct InviteeRow {
    pub user_id: Key,
    pub chatroom_id: Key,
    pub invited_by: Key,
    pub created_at: Instant,
}

impl From<Invitee> for InviteeRow {
    fn from(invitee: Invitee) -> Self {
        Self {
            user_id: invitee.user_id.into(),
            chatroom_id: invitee.chatroom_id.into(),
            invited_by: invitee.invited_by.into(),
            created_at: invitee.created_at.into(),
        }
    }
}

impl From<InviteeRow> for Invitee {
    fn from(row: InviteeRow) -> Self {
        Self {
            user_id: row.user_id.into(),
            chatroom_id: row.chatroom_id.into(),
            invited_by: row.invited_by.into(),
            created_at: row.created_at.into(),
        }
    }
}
