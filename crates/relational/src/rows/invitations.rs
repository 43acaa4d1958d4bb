//! Rows of invitations.

use chit_chat_domain::invitation::{Invitation, InvitationSecret, MaxUses};
use diesel::prelude::{Insertable, Queryable, Selectable};

use crate::error::{Sql, SqlError};
use crate::schema::invitations;
use crate::types::{Instant, Key};

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = invitations)]
pub struct InvitationRow {
    pub chatroom_id: Key,
    pub id: Key,
    pub secret: Vec<u8>,
    pub created_by: Key,
    pub created_at: Instant,
    pub expires_at: Option<Instant>,
    pub max_uses: Option<i64>,
    pub uses: i64,
    pub revoked_at: Option<Instant>,
}

impl From<&Invitation> for InvitationRow {
    fn from(invitation: &Invitation) -> Self {
        Self {
            chatroom_id: invitation.chatroom_id.into(),
            id: invitation.id.into(),
            secret: invitation.secret.reveal().to_vec(),
            created_by: invitation.created_by.into(),
            created_at: invitation.created_at.into(),
            expires_at: invitation.expires_at.map(Into::into),
            max_uses: invitation.max_uses.map(|most| most.get().into()),
            uses: invitation.uses,
            revoked_at: invitation.revoked_at.map(Into::into),
        }
    }
}

impl TryFrom<InvitationRow> for Invitation {
    type Error = SqlError;

    fn try_from(row: InvitationRow) -> Sql<Self> {
        Ok(Self {
            id: row.id.into(),
            chatroom_id: row.chatroom_id.into(),
            secret: secret(row.secret)?,
            created_by: row.created_by.into(),
            created_at: row.created_at.into(),
            expires_at: row.expires_at.map(Into::into),
            max_uses: row.max_uses.map(max_uses).transpose()?,
            uses: row.uses,
            revoked_at: row.revoked_at.map(Into::into),
        })
    }
}

fn secret(bytes: Vec<u8>) -> Sql<InvitationSecret> {
    let wrong = |_| SqlError::Corrupt("an invitation's secret has the wrong length".into());
    Ok(InvitationSecret::new(bytes.try_into().map_err(wrong)?))
}

fn max_uses(count: i64) -> Sql<MaxUses> {
    MaxUses::parse(count).map_err(|_| SqlError::Corrupt(format!("an invitation with {count} uses")))
}
