//! Keys on the wire, for their owners.

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::id::{ChatroomId, KeyId};
use chit_chat_domain::key::{ApiKey, Issued};
use chit_chat_domain::scope::Scope;
use serde::Serialize;
use utoipa::ToSchema;

use super::values::{Id, Time};
use crate::openapi::values;

/// A key, without its text.
#[derive(Serialize, ToSchema)]
#[schema(as = Key)]
pub(crate) struct KeyView {
    #[schema(schema_with = values::id)]
    id: Id<KeyId>,
    #[schema(schema_with = values::key_name)]
    name: String,
    #[schema(schema_with = values::scopes)]
    scopes: Vec<&'static str>,
    #[schema(schema_with = values::reach, required)]
    chatrooms: Option<Vec<Id<ChatroomId>>>,
    #[schema(schema_with = values::time)]
    created_at: Time,
    #[schema(schema_with = values::key_expires_at, required)]
    expires_at: Option<Time>,
    #[schema(schema_with = values::last_used_at, required)]
    last_used_at: Option<Time>,
    /// The time until which the key's text before the last rotation works. Null if it no longer does.
    #[schema(schema_with = values::time_or_null, required)]
    replaced_until: Option<Time>,
}

/// A new key, or a new text of a key.
#[derive(Serialize, ToSchema)]
#[schema(as = IssuedKey)]
pub(crate) struct IssuedKeyView {
    #[serde(flatten)]
    key: KeyView,
    #[schema(schema_with = values::key_secret)]
    secret: String,
}

impl KeyView {
    pub(crate) fn new(key: ApiKey, now: Timestamp) -> Self {
        let chatrooms = key.reach.list().map(|list| list.iter().copied().map(Id).collect());
        let replaced_until = key.replaced.map(|(_, until)| until).filter(|until| *until > now);
        Self {
            id: Id(key.id),
            name: key.name.as_str().to_owned(),
            scopes: key.scopes.iter().map(Scope::as_str).collect(),
            chatrooms,
            created_at: Time(key.created_at),
            expires_at: key.expires_at.map(Time),
            last_used_at: key.last_used_at.map(Time),
            replaced_until: replaced_until.map(Time),
        }
    }
}

impl IssuedKeyView {
    pub(crate) fn new(Issued { key, text }: Issued, now: Timestamp) -> Self {
        Self { key: KeyView::new(key, now), secret: text.reveal().to_owned() }
    }
}
