//! Invitees on the wire, for the chatroom and for the invited user.

use chit_chat_domain::chatroom::ChatroomName;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::invitee::{Invitee, ReceivedInvitation};
use serde::Serialize;
use utoipa::ToSchema;

use super::values::{Id, Time};
use crate::openapi::values;

/// A user who is invited to a chatroom and has not answered yet.
#[derive(Serialize, ToSchema)]
#[schema(as = Invitee)]
pub(crate) struct InviteeView {
    #[schema(schema_with = values::id)]
    chatroom_id: Id<ChatroomId>,
    #[schema(schema_with = values::id)]
    user_id: Id<UserId>,
    #[schema(schema_with = values::id)]
    invited_by: Id<UserId>,
    #[schema(schema_with = values::time)]
    created_at: Time,
}

/// An invitation that waits for your answer.
#[derive(Serialize, ToSchema)]
#[schema(as = ReceivedInvitation)]
pub(crate) struct ReceivedInvitationView {
    chatroom: InvitingChatroomView,
    #[schema(schema_with = values::id)]
    invited_by: Id<UserId>,
    #[schema(schema_with = values::time)]
    created_at: Time,
}

/// The part of a chatroom that invited users see.
#[derive(Serialize, ToSchema)]
#[schema(as = InvitingChatroom)]
struct InvitingChatroomView {
    #[schema(schema_with = values::id)]
    id: Id<ChatroomId>,
    #[schema(schema_with = values::chatroom_name_or_null, required)]
    name: Option<String>,
    #[schema(schema_with = values::visibility)]
    visibility: &'static str,
}

impl From<Invitee> for InviteeView {
    fn from(invitee: Invitee) -> Self {
        Self {
            chatroom_id: Id(invitee.chatroom_id),
            user_id: Id(invitee.user_id),
            invited_by: Id(invitee.invited_by),
            created_at: Time(invitee.created_at),
        }
    }
}

impl From<ReceivedInvitation> for ReceivedInvitationView {
    fn from(received: ReceivedInvitation) -> Self {
        let ReceivedInvitation { invitee, chatroom_name, visibility } = received;
        Self {
            chatroom: InvitingChatroomView {
                id: Id(invitee.chatroom_id),
                name: chatroom_name.as_ref().map(ChatroomName::as_str).map(str::to_owned),
                visibility: visibility.as_str(),
            },
            invited_by: Id(invitee.invited_by),
            created_at: Time(invitee.created_at),
        }
    }
}
