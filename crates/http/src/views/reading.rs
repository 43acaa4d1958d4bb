//! What one has read, on the wire.

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

/// Which chatroom the caller has muted or wants to see, or not any more.
#[derive(Serialize)]
pub(crate) struct WhereView {
    chatroom_id: Id<ChatroomId>,
}

impl WhereView {
    pub(crate) fn new(chatroom: ChatroomId) -> Self {
        Self { chatroom_id: Id(chatroom) }
    }
}

/// Which direct chatroom the caller has hidden, and how far its log had come.
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
