//! `GET /api/ws`: the events of all the caller's chatrooms over a WebSocket (RFC 6455), which also sends messages.

use std::time::Duration;

use actix_http::ws::HandshakeError;
use actix_web::http::Version;
use actix_web::http::header::SEC_WEBSOCKET_PROTOCOL;
use actix_web::rt::time::timeout;
use actix_web::{Error, HttpRequest, HttpResponse, rt, web};
use actix_ws::{AggregatedMessage, CloseCode, CloseReason};
use chit_chat_domain::scope::Scope;

use super::super::feed::Feed;
use super::super::memory::Account;
use super::super::{all_chatrooms, positions};
use super::conversation::{Acting, Conversation, Socket};
use super::frames::{self, Start};
use super::incoming::Incoming;
use super::origin;
use super::outgoing::Outgoing;
use super::reasons::{TIMEOUT, close_code, close_reason, restart_reason, unsent_reason};
use super::yielding::YieldingPayload;
use crate::connections::Connection;
use crate::extract::{Principal, bearer_token};
use crate::limits::{Frames, Source};
use crate::openapi::{ANY, Problems, of};
use crate::problem::{Code, Problem};
use crate::request_id::RequestId;
use crate::state::State;

const PROTOCOL: &str = "chit-chat.v1";
/// The maximum size of a frame, and of a fragmented message, unless the longest message needs more.
const LARGE_FRAME: usize = 128 * 1024;
/// The most bytes that JSON needs for a character, as two escapes.
const ESCAPED_CHARACTER: usize = 12;
/// Room for the other fields of a frame.
const OTHER_FIELDS: usize = 8 * 1024;
/// The time limit for the first frame of a client.
const SLOWEST_START: Duration = Duration::from_secs(10);
/// The interval for checking whether the instance is stopping.
const CHECK_INTERVAL: Duration = Duration::from_millis(250);

/// Open a WebSocket
///
/// Streams the events of your chatrooms, as `GET /api/events` does, and sends messages. The subprotocol is
/// `chit-chat.v1`. Send the access token in the `Authorization` header or in the first frame, never in the URL.
#[utoipa::path(
    get, path = "/api/ws", operation_id = "open_socket", tag = "streams",
    responses(
        (status = 101, description = "The connection is upgraded to a WebSocket"),
        Problems<{
            ANY | of(&[
                Code::InvalidToken,
                Code::InsufficientScope,
                Code::UserRequired,
                Code::CannotActAs,
                Code::OriginNotAllowed,
                Code::UpgradeRequired,
                Code::TooManyStreams,
            ])
        }>,
    ),
)]
pub(crate) async fn open_socket(
    request: HttpRequest,
    YieldingPayload { payload, memory, largest }: YieldingPayload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    origin::check(&request)?;
    check_version(&request)?;
    check_protocol(&request)?;
    let source = Source::of_request(&request);
    let connection = Connection::of(&request);
    let caller = match bearer_token(&request) {
        Some(token) => {
            let caller = Principal::of_request(&state, token, &request)?;
            Some((caller, caller.reach(&request)?))
        }
        None => None,
    };
    if let (Some(connection), Some((caller, _))) = (&connection, &caller) {
        connection.belongs_to(caller.user);
    }
    let (response, _, messages) = actix_ws::handle_with_protocols(&request, payload, &[PROTOCOL])
        .map_err(|error| refused_handshake(&error))?;
    let account = Account::of(&request);
    let (response, outgoing) = Outgoing::of(response, account.clone());
    let socket = Socket {
        state,
        source,
        outgoing,
        account,
        incoming: Incoming::new(messages, memory, largest),
        frames: Frames::of(&request),
        connection,
        id: RequestId::of(request.headers()),
    };
    rt::spawn(socket.serve(caller));
    Ok(response)
}

/// The maximum size of a frame, and of a fragmented message: any allowed message fits, however it is written.
pub(super) fn largest_frame(request: &HttpRequest) -> usize {
    let state = request.app_data::<web::Data<State>>();
    let characters = state.map_or(0, |state| state.services.messages.body_limit.get());
    LARGE_FRAME.max(ESCAPED_CHARACTER * characters + OTHER_FIELDS)
}

/// Ignores `Upgrade` in HTTP/1.0 (RFC 9110, section 7.8).
fn check_version(request: &HttpRequest) -> Result<(), Problem> {
    let is_ignored = request.version() < Version::HTTP_11;
    if is_ignored { Err(refused_handshake(&HandshakeError::NoWebsocketUpgrade.into())) } else { Ok(()) }
}

/// Rejects clients that offer only other subprotocols.
fn check_protocol(request: &HttpRequest) -> Result<(), Problem> {
    let mut named =
        request.headers().get_all(SEC_WEBSOCKET_PROTOCOL).filter_map(|value| value.to_str().ok()).peekable();
    if named.peek().is_none() || named.flat_map(|value| value.split(',')).any(|name| name.trim() == PROTOCOL) {
        return Ok(());
    }
    Err(Problem::new(Code::BadRequest, format!("the subprotocol must be {PROTOCOL}")))
}

fn refused_handshake(error: &Error) -> Problem {
    let code = match error.as_error() {
        None | Some(HandshakeError::BadWebsocketKey) => Code::BadRequest,
        Some(_) => Code::UpgradeRequired,
    };
    Problem::new(code, error.to_string())
}

impl Socket {
    async fn serve(mut self, caller: Option<Acting>) {
        let reason = match timeout(SLOWEST_START, self.start(caller)).await {
            Ok(Ok((acting, feed))) => Conversation::new(&mut self, acting, feed).run().await,
            Ok(Err(reason)) => reason,
            Err(_) => Some(close_reason(CloseCode::Other(TIMEOUT), "the first frame timed out")),
        };
        self.outgoing.close(reason);
    }

    /// Reads the first frame, with the token and the positions.
    async fn start(&mut self, caller: Option<Acting>) -> Result<(Acting, Feed), Option<CloseReason>> {
        let text = loop {
            if self.state.streams.is_closed() {
                return Err(Some(restart_reason()));
            }
            let Ok(message) = timeout(CHECK_INTERVAL, self.incoming.receive()).await else {
                continue;
            };
            match message {
                Some(Ok(AggregatedMessage::Text(text))) => break text,
                Some(Ok(AggregatedMessage::Ping(bytes))) => self.outgoing.pong(&bytes).map_err(unsent_reason)?,
                Some(Ok(AggregatedMessage::Pong(_))) => {}
                Some(Ok(AggregatedMessage::Binary(_))) => {
                    return Err(Some(close_reason(CloseCode::Unsupported, "frames are text")));
                }
                Some(Err(reason)) => return Err(Some(reason)),
                Some(Ok(AggregatedMessage::Close(_))) | None => return Err(None),
            }
        };
        match self.open(caller, &text).await {
            Ok(opened) => {
                drop(self.incoming.take_held());
                Ok(opened)
            }
            Err(problem) => {
                let reason = close_reason(close_code(problem.code), problem.code.as_str());
                // Fails if the client has already disconnected.
                drop(self.outgoing.text(frames::refused(None, &problem, self.id.as_str()).as_bytes()));
                Err(Some(reason))
            }
        }
    }

    async fn open(&self, caller: Option<Acting>, text: &str) -> Result<(Acting, Feed), Problem> {
        let Start { token, after } = Start::read(text)?;
        let (caller, reach) = match (token, caller) {
            (Some(token), _) => Principal::of_token(&self.state, &token, self.source).await?,
            (None, Some(caller)) => caller,
            (None, None) => return Err(Problem::new(Code::Unauthenticated, "send an access token as \"token\"")),
        };
        caller.may(Scope::EventsRead)?;
        if let Some(connection) = &self.connection {
            connection.belongs_to(caller.user);
        }
        self.frames.count_opening(caller.user)?;
        let after = Some(positions::parse(after)?);
        let (state, account) = (self.state.clone(), self.account.clone());
        let feed = all_chatrooms::feed(caller, reach.clone(), state, account, after).await?;
        Ok(((caller, reach), feed))
    }
}
