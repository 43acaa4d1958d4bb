//! Rows of keys.

use chit_chat_domain::id::{ChatroomId, SecretId};
use chit_chat_domain::key::{ApiKey, KeyName, KeyOwner, Reach, StoredSecret};
use chit_chat_domain::scope::Scopes;
use diesel::prelude::{Insertable, Queryable, Selectable};
use uuid::Uuid;

use crate::codes;
use crate::error::{Sql, SqlError};
use crate::rows::sessions::secret_hash;
use crate::schema::api_keys;
use crate::types::{Instant, Key};

const ID: usize = 16;

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = api_keys)]
pub struct KeyRow {
    pub id: Key,
    pub kind: i16,
    pub user_id: Option<Key>,
    pub name: String,
    pub scopes: i64,
    pub chatrooms: Option<Vec<u8>>,
    pub created_at: Instant,
    pub expires_at: Option<Instant>,
    pub last_used_at: Option<Instant>,
    pub secret_id: Key,
    pub secret_hash: Vec<u8>,
    pub replaced_id: Option<Key>,
    pub replaced_hash: Option<Vec<u8>>,
    pub replaced_until: Option<Instant>,
}

impl From<&ApiKey> for KeyRow {
    fn from(key: &ApiKey) -> Self {
        let replaced = key.replaced.as_ref();
        Self {
            id: key.id.into(),
            kind: codes::of_key_kind(key.kind),
            user_id: key.owner.user().map(Key::from),
            name: key.name.as_str().to_owned(),
            scopes: key.scopes.bits().into(),
            chatrooms: key.reach.list().map(joined),
            created_at: key.created_at.into(),
            expires_at: key.expires_at.map(Instant::from),
            last_used_at: key.last_used_at.map(Instant::from),
            secret_id: key.secret.id.into(),
            secret_hash: key.secret.hash.as_bytes().to_vec(),
            replaced_id: replaced.map(|(secret, _)| secret.id.into()),
            replaced_hash: replaced.map(|(secret, _)| secret.hash.as_bytes().to_vec()),
            replaced_until: replaced.map(|(_, until)| Instant::from(*until)),
        }
    }
}

impl TryFrom<KeyRow> for ApiKey {
    type Error = SqlError;

    fn try_from(row: KeyRow) -> Sql<Self> {
        let replaced = match (row.replaced_id, row.replaced_hash, row.replaced_until) {
            (Some(id), Some(hash), Some(until)) => Some((stored(id, hash)?, until.into())),
            _ => None,
        };
        Ok(Self {
            id: row.id.into(),
            kind: codes::key_kind(row.kind)?,
            owner: row.user_id.map_or(KeyOwner::Application, |user| KeyOwner::User(user.into())),
            name: KeyName::restore(row.name),
            scopes: Scopes::from_bits(u32::try_from(row.scopes).unwrap_or_default()),
            reach: row.chatrooms.as_deref().map_or(Ok(Reach::ALL), split)?,
            created_at: row.created_at.into(),
            expires_at: row.expires_at.map(Into::into),
            last_used_at: row.last_used_at.map(Into::into),
            secret: stored(row.secret_id, row.secret_hash)?,
            replaced,
        })
    }
}

fn stored(id: Key, hash: Vec<u8>) -> Sql<StoredSecret> {
    Ok(StoredSecret { id: SecretId::from(id), hash: secret_hash(hash)? })
}

fn joined(chatrooms: &[ChatroomId]) -> Vec<u8> {
    chatrooms.iter().flat_map(|id| Uuid::from(*id).into_bytes()).collect()
}

fn split(bytes: &[u8]) -> Sql<Reach> {
    let (ids, rest) = bytes.as_chunks::<ID>();
    if !rest.is_empty() {
        return Err(SqlError::Corrupt("a list of chatrooms is cut off".into()));
    }
    let ids = ids.iter().map(|id| ChatroomId::from(Uuid::from_bytes(*id))).collect();
    Reach::only(ids).map_err(|violation| SqlError::Corrupt(format!("a list of chatrooms {violation}")))
}
