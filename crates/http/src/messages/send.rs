//! `POST /api/chatrooms/{chatroom_id}/messages`

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::message::{IdempotencyKey, NewMessage, SendMessage, SendOutcome, Sent};
use serde::Deserialize;
use utoipa::ToSchema;

use super::etag::etag;
use crate::extract::{InChatroom, Json, Principal, idempotency_key};
use crate::openapi::{FORM, IdempotencyKeyHeader, Problems, SIGNED_IN, SPEAKERS, of, values};
use crate::problem::{Code, Problem};
use crate::retried::created;
use crate::run::pending;
use crate::state::State;
use crate::views::MessageView;

/// A new message.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewMessage)]
pub(crate) struct MessageToSend {
    #[schema(schema_with = values::message_body)]
    body: String,
    #[schema(schema_with = values::reply_to)]
    reply_to: Option<String>,
}

impl MessageToSend {
    pub(crate) fn by(
        self,
        author_id: UserId,
        chatroom_id: ChatroomId,
        key: Option<IdempotencyKey>,
    ) -> SendMessage {
        SendMessage { chatroom_id, author_id, body: self.body, reply_to: self.reply_to, key }
    }
}

/// Send a message
///
/// `@username` mentions a member. `@all` mentions all members, if the author is a moderator or an owner. A retry
/// with the same `Idempotency-Key` returns the message in its current state.
#[utoipa::path(
    post, path = "/api/chatrooms/{chatroom_id}/messages", operation_id = "send_message", tag = "messages",
    params(InChatroom, IdempotencyKeyHeader),
    request_body = MessageToSend,
    responses(
        (status = 201, description = "The message", body = MessageView,
            headers(("Location"), ("ETag"), ("Idempotent-Replayed"))),
        Problems<{ SIGNED_IN | FORM | SPEAKERS | of(&[Code::IdempotencyKeyReused, Code::SlowMode, Code::StorageFull, Code::MessageRejected]) }>,
    ),
)]
pub(crate) async fn send(
    caller: Principal,
    InChatroom(chatroom_id): InChatroom,
    request: HttpRequest,
    state: web::Data<State>,
    body: Json<MessageToSend>,
) -> Result<HttpResponse, Problem> {
    let key = idempotency_key(&request)?;
    let entered = body.into_inner().0.by(caller.user, chatroom_id, key);
    let sending = state.services.messages.begin_send(&entered)?;
    let sent = match pending(sending).await? {
        SendOutcome::Sent(sent) => sent,
        SendOutcome::Undecided(draft) => finish(caller, &state, draft).await?,
    };
    let location = format!("/api/chatrooms/{chatroom_id}/messages/{}", sent.message.id);
    let mut response = created(sent.replayed);
    response.insert_header((LOCATION, location)).insert_header(etag(&sent.message));
    Ok(response.json(MessageView::from(sent.message)))
}

/// Finishes a send on a blocking thread, which reads the message's references or the reason for a rejection.
pub(crate) async fn finish(
    caller: Principal,
    state: &web::Data<State>,
    draft: NewMessage,
) -> Result<Sent, Problem> {
    caller.run(state, move |state| state.services.messages.finish_send(&draft)).await
}
