//! Rows of sessions.

use chit_chat_domain::session::{SecretHash, Session};
use diesel::prelude::{Queryable, Selectable};

use crate::error::{Sql, SqlError};
use crate::schema::sessions;
use crate::types::{Instant, Key};

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct SessionRow {
    pub user_id: Key,
    pub id: Key,
    pub created_at: Instant,
    pub last_used_at: Instant,
    pub user_agent: Option<String>,
    pub family_hash: Vec<u8>,
    pub current_hash: Vec<u8>,
    pub spent_hash: Option<Vec<u8>>,
    pub spent_at: Option<Instant>,
    pub ended_at: Option<Instant>,
}

impl TryFrom<SessionRow> for Session {
    type Error = SqlError;

    fn try_from(row: SessionRow) -> Sql<Self> {
        Ok(Self {
            id: row.id.into(),
            user_id: row.user_id.into(),
            created_at: row.created_at.into(),
            last_used_at: row.last_used_at.into(),
            user_agent: row.user_agent,
            family: secret_hash(row.family_hash)?,
            current: secret_hash(row.current_hash)?,
            spent: row.spent_hash.map(secret_hash).transpose()?,
            spent_at: row.spent_at.map(Into::into),
            ended_at: row.ended_at.map(Into::into),
        })
    }
}

pub(super) fn secret_hash(bytes: Vec<u8>) -> Sql<SecretHash> {
    let bytes = bytes.try_into().map_err(|_| SqlError::Corrupt("a secret's hash has the wrong length".into()))?;
    Ok(SecretHash::new(bytes))
}
