//! `POST /api/chatrooms/{chatroom_id}/messages`

use std::sync::Arc;

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use chit_chat_domain::message::{Appended, SendMessage, Sent};
use serde::Deserialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use super::etag::etag;
use crate::extract::{InChatroom, Json, Principal, idempotency_key};
use crate::openapi::{FORM, IdempotencyKeyHeader, Problems, SIGNED_IN, SPEAKERS, of, values};
use crate::problem::{Code, Problem};
use crate::replay::created;
use crate::run::{blocking, pending};
use crate::state::State;
use crate::views::MessageView;

/// A new message.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewMessage {
    #[schema(schema_with = values::message_body)]
    body: String,
    #[schema(schema_with = values::reply_to)]
    reply_to: Option<String>,
}

/// Send a message
///
/// `@username` mentions a member. `@all` mentions all members, if the author is a moderator or an owner. A retry
/// with the same `Idempotency-Key` returns the message in its current state.
#[utoipa::path(
    post, path = "/api/chatrooms/{chatroom_id}/messages", operation_id = "send_message", tag = "messages",
    params(InChatroom, IdempotencyKeyHeader),
    request_body = NewMessage,
    responses(
        (status = 201, description = "The message", body = MessageView,
            headers(("Location"), ("ETag"), ("Idempotent-Replayed"))),
        Problems<{ SIGNED_IN | FORM | SPEAKERS | of(&[Code::IdempotencyKeyReused, Code::SlowMode]) }>,
    ),
)]
pub(crate) async fn send(
    caller: Principal,
    InChatroom(chatroom_id): InChatroom,
    request: HttpRequest,
    state: web::Data<State>,
    body: Json<NewMessage>,
) -> Result<HttpResponse, Problem> {
    let NewMessage { body, reply_to } = body.into_inner().0;
    let key = idempotency_key(&request)?;
    let entered = SendMessage { chatroom_id, author_id: caller.user, body, reply_to, key };
    let sent = settle(state, &entered, &Order::default()).await?;
    let location = format!("/api/chatrooms/{chatroom_id}/messages/{}", sent.message.id);
    let mut response = created(sent.replayed);
    response.insert_header((LOCATION, location)).insert_header(etag(&sent.message));
    Ok(response.json(MessageView::from(sent.message)))
}

/// Keeps the order of one client's messages when it sends them without waiting for answers.
#[derive(Clone, Default)]
pub(crate) struct Order(Arc<Mutex<()>>);

/// No thread waits for the store, unless something must be read: a message's references, or the reason for a
/// refusal. Only then do later messages wait; behind a message that was handed over they do not, because the
/// store keeps the order.
pub(crate) async fn settle(
    state: web::Data<State>,
    entered: &SendMessage,
    Order(order): &Order,
) -> Result<Sent, Problem> {
    let turn = order.lock().await;
    let (draft, answer) = state.services.messages.begin_send(entered)?;
    let (appended, _turn) = match answer {
        None => (None, turn),
        Some(answer) => {
            drop(turn);
            let appended = pending(answer).await?;
            if appended != Appended::Refused {
                return Ok(state.services.messages.finish_send(&draft, Some(appended))?);
            }
            (Some(appended), order.lock().await)
        }
    };
    blocking(move || state.services.messages.finish_send(&draft, appended)).await
}
