//! Revisions on the wire.

use chit_chat_domain::revision::MessageRevision;
use serde::Serialize;
use utoipa::ToSchema;

use super::values::Time;
use crate::openapi::values;

/// A body that a message had, from one edit to the next.
#[derive(Serialize, ToSchema)]
#[schema(as = Revision)]
pub(crate) struct RevisionView {
    #[schema(schema_with = values::revision)]
    revision: i32,
    #[schema(schema_with = values::message_body)]
    body: String,
    #[schema(schema_with = values::time)]
    created_at: Time,
}

impl From<MessageRevision> for RevisionView {
    fn from(MessageRevision { revision, body, created_at }: MessageRevision) -> Self {
        Self { revision, body: body.into_string(), created_at: Time(created_at) }
    }
}
