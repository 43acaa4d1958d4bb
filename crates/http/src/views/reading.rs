//! Reading state on the wire.

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::id::ChatroomId;
use serde::Serialize;
use utoipa::ToSchema;

use super::values::Id;
use crate::openapi::values;

/// The position up to which the caller has read a chatroom.
#[derive(Serialize, ToSchema)]
#[schema(as = ReadMarker)]
pub(crate) struct ReadMarkerView {
    #[schema(schema_with = values::id)]
    chatroom_id: Id<ChatroomId>,
    #[schema(schema_with = values::read_seq)]
    seq: Seq,
}

impl ReadMarkerView {
    pub(crate) fn new(chatroom: ChatroomId, seq: Seq) -> Self {
        Self { chatroom_id: Id(chatroom), seq }
    }
}

/// A chatroom that the caller has muted, unmuted or opened again.
#[derive(Serialize)]
pub(crate) struct WhereView {
    chatroom_id: Id<ChatroomId>,
}

impl WhereView {
    pub(crate) fn new(chatroom: ChatroomId) -> Self {
        Self { chatroom_id: Id(chatroom) }
    }
}

/// A direct chatroom that the caller has hidden, and the head of its log at that time.
#[derive(Serialize)]
pub(crate) struct HiddenView {
    chatroom_id: Id<ChatroomId>,
    seq: Seq,
}

impl HiddenView {
    pub(crate) fn new(chatroom: ChatroomId, seq: Seq) -> Self {
        Self { chatroom_id: Id(chatroom), seq }
    }
}
