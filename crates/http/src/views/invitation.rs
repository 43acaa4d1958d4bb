//! Invitations on the wire, for members who can create them.

use chit_chat_domain::id::{ChatroomId, InvitationId, UserId};
use chit_chat_domain::invitation::{Invitation, MaxUses};
use serde::Serialize;
use utoipa::ToSchema;

use super::invitation_code::written_invitation_code;
use super::values::{Id, Time};
use crate::openapi::values;

/// An invitation to a chatroom.
#[derive(Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(crate) struct InvitationView {
    #[schema(schema_with = values::id)]
    id: Id<InvitationId>,
    #[schema(schema_with = values::id)]
    chatroom_id: Id<ChatroomId>,
    #[schema(schema_with = values::invitation_code)]
    code: String,
    #[schema(schema_with = values::id)]
    created_by: Id<UserId>,
    #[schema(schema_with = values::time)]
    created_at: Time,
    #[schema(schema_with = values::time_or_null, required)]
    expires_at: Option<Time>,
    #[schema(schema_with = values::max_uses, required)]
    max_uses: Option<u16>,
    #[schema(schema_with = values::uses)]
    uses: i64,
}

impl From<Invitation> for InvitationView {
    fn from(invitation: Invitation) -> Self {
        Self {
            id: Id(invitation.id),
            chatroom_id: Id(invitation.chatroom_id),
            code: written_invitation_code(&invitation.code()),
            created_by: Id(invitation.created_by),
            created_at: Time(invitation.created_at),
            expires_at: invitation.expires_at.map(Time),
            max_uses: invitation.max_uses.map(MaxUses::get),
            uses: invitation.uses,
        }
    }
}
