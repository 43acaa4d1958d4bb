//! Path parameters. A malformed id matches no resource and results in 404; a malformed emoji is an invalid value
//! and results in 422.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::id::{ChatroomId, InvitationId, MessageId, UserId};
use chit_chat_domain::reaction::Emoji;
use utoipa::IntoParams;

use crate::openapi::values;
use crate::problem::Problem;

/// `/api/chatrooms/{chatroom_id}...`
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(parameter_in = Path, names("chatroom_id"))]
pub(crate) struct InChatroom(#[param(value_type = Uuid)] pub(crate) ChatroomId);

/// `/api/chatrooms/{chatroom_id}/memberships/{user_id}`, and `.../bans/{user_id}`
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct MemberPath {
    #[param(value_type = Uuid)]
    pub(crate) chatroom_id: ChatroomId,
    #[param(value_type = Uuid)]
    pub(crate) user_id: UserId,
}

/// `/api/chatrooms/{chatroom_id}/messages/{message_id}`
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct MessagePath {
    #[param(value_type = Uuid)]
    pub(crate) chatroom_id: ChatroomId,
    #[param(value_type = Uuid)]
    pub(crate) message_id: MessageId,
}

/// `/api/chatrooms/{chatroom_id}/invitations/{invitation_id}`
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct InvitationPath {
    #[param(value_type = Uuid)]
    pub(crate) chatroom_id: ChatroomId,
    #[param(value_type = Uuid)]
    pub(crate) invitation_id: InvitationId,
}

/// `/api/chatrooms/{chatroom_id}/messages/{message_id}/reactions/{emoji}`
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ReactionPath {
    #[param(value_type = Uuid)]
    pub(crate) chatroom_id: ChatroomId,
    #[param(value_type = Uuid)]
    pub(crate) message_id: MessageId,
    #[param(schema_with = values::new_emoji)]
    pub(crate) emoji: Emoji,
}

/// The id in a path parameter.
pub(crate) fn path_id<T: FromStr>(request: &HttpRequest, name: &str, or: Denial) -> Result<T, Problem> {
    request.match_info().get(name).and_then(|text| text.parse().ok()).ok_or_else(|| or.into())
}

impl FromRequest for InChatroom {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(path_id(request, "chatroom_id", Denial::ChatroomNotFound).map(Self))
    }
}

impl FromRequest for MemberPath {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let chatroom_id = path_id(request, "chatroom_id", Denial::ChatroomNotFound);
        let user_id = || path_id(request, "user_id", Denial::UserNotFound);
        ready(chatroom_id.and_then(|chatroom_id| Ok(Self { chatroom_id, user_id: user_id()? })))
    }
}

impl FromRequest for MessagePath {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let chatroom_id = path_id(request, "chatroom_id", Denial::ChatroomNotFound);
        let message_id = || path_id(request, "message_id", Denial::MessageNotFound);
        ready(chatroom_id.and_then(|chatroom_id| Ok(Self { chatroom_id, message_id: message_id()? })))
    }
}

impl FromRequest for InvitationPath {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let chatroom_id = path_id(request, "chatroom_id", Denial::ChatroomNotFound);
        let invitation_id = || path_id(request, "invitation_id", Denial::InvitationNotFound);
        ready(chatroom_id.and_then(|chatroom_id| Ok(Self { chatroom_id, invitation_id: invitation_id()? })))
    }
}

impl FromRequest for ReactionPath {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let path = MessagePath::from_request(request, payload).into_inner();
        let emoji = || Emoji::parse(request.match_info().query("emoji")).map_err(|violation| ("emoji", violation));
        ready(path.and_then(|MessagePath { chatroom_id, message_id }| {
            Ok(Self { chatroom_id, message_id, emoji: emoji()? })
        }))
    }
}
