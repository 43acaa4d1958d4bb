//! An open WebSocket: sends events, receives messages, and answers each message.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::rt::time::timeout;
use actix_web::web;
use actix_ws::{AggregatedMessage, CloseCode, CloseReason};
use chit_chat_domain::denial::Denial;
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::key::Reach;
use chit_chat_domain::scope::Scope;

use super::super::feed::{CLIENT_TIMEOUT, Feed, Item, ItemKind};
use super::super::memory::Account;
use super::super::tell_typing;
use super::frames::{self, Frame};
use super::incoming::{Incoming, Received};
use super::outgoing::Outgoing;
use super::reasons::{UNAUTHORIZED, close_reason, restart_reason, unsent_reason};
use super::sending::{self, Order};
use crate::connections::Connection;
use crate::extract::Principal;
use crate::limits::{Frames, Source};
use crate::problem::Problem;
use crate::request_id::RequestId;
use crate::state::State;

/// The maximum number of unanswered frames, and of their bytes but for the last; reading pauses when one is reached.
const MAX_UNANSWERED: usize = 32;
const MAX_UNANSWERED_BYTES: usize = 32 * 1024;

/// The time limit for pending answers, out of the ten seconds that a stopping instance has in total.
const LAST_ANSWERS: Duration = Duration::from_secs(2);
const LAST_FRAMES: Duration = Duration::from_secs(1);
/// The silence after which no more frames are expected to be in transit.
const QUIET: Duration = Duration::from_millis(100);

type Answer = Pin<Box<dyn Future<Output = Option<String>>>>;

/// A frame that is being handled.
struct Unanswered {
    bytes: usize,
    answer: Answer,
}

/// An open WebSocket.
pub(super) struct Socket {
    pub(super) state: web::Data<State>,
    /// The address of the client.
    pub(super) source: Source,
    pub(super) outgoing: Outgoing,
    /// Pays for the memory of the stream.
    pub(super) account: Account,
    pub(super) incoming: Incoming,
    pub(super) frames: Frames,
    pub(super) connection: Option<Rc<Connection>>,
    /// The id of the request that opened the WebSocket, for the log.
    pub(super) id: RequestId,
}

/// The user of a WebSocket, and the chatrooms that the credential reaches.
pub(super) type Acting = (Principal, Reach);

/// An open WebSocket after its first frame, with its stream and its unanswered frames.
pub(super) struct Conversation<'a> {
    socket: &'a mut Socket,
    caller: Principal,
    reach: Reach,
    feed: Feed,
    unanswered: Vec<Unanswered>,
    order: Order,
    /// True if the stream is polled first; alternates, so that neither direction starves.
    polls_feed_first: bool,
}

/// The next thing to handle.
enum Step {
    Send(Option<Item>),
    Answer(Option<String>),
    Receive(Received),
}

/// The close reason of an ended conversation, if any is to be sent.
type Ending = Option<CloseReason>;

impl<'a> Conversation<'a> {
    pub(super) fn new(socket: &'a mut Socket, (caller, reach): Acting, feed: Feed) -> Self {
        // Frames count as writes, and have their places.
        let caller = Principal { writes: true, ..caller };
        Self {
            socket,
            caller,
            reach,
            feed,
            unanswered: Vec::new(),
            order: Order::default(),
            polls_feed_first: false,
        }
    }

    pub(super) async fn run(mut self) -> Ending {
        loop {
            if let Some(connection) = &self.socket.connection {
                connection.expect_read_within(CLIENT_TIMEOUT);
            }
            let outcome = match self.step().await {
                Step::Send(item) => self.send_item(item).await,
                Step::Answer(text) => self.answer(text),
                Step::Receive(received) => self.receive(received),
            };
            if let Err(ending) = outcome {
                return ending;
            }
        }
    }

    async fn step(&mut self) -> Step {
        self.polls_feed_first = !self.polls_feed_first;
        let Self { socket, feed, unanswered, polls_feed_first, .. } = self;
        let (connection, outgoing) = (socket.connection.clone(), &socket.outgoing);
        let bytes: usize = unanswered.iter().map(|frame| frame.bytes).sum();
        let may_read = unanswered.len() < MAX_UNANSWERED && bytes < MAX_UNANSWERED_BYTES;
        let mut received = pin!(socket.incoming.receive());
        poll_fn(|context| {
            if connection.as_ref().is_some_and(|connection| connection.makes_room(context)) {
                return Poll::Ready(Step::Send(feed.stop()));
            }
            let has_room = outgoing.has_room(context);
            if has_room
                && *polls_feed_first
                && let Poll::Ready(item) = feed.poll_next(context)
            {
                return Poll::Ready(Step::Send(item));
            }
            // Even without room: a frame that is being handled keeps its place among the work of its user.
            if let Poll::Ready(text) = poll_answers(unanswered, context) {
                return Poll::Ready(Step::Answer(text));
            }
            if !has_room {
                return Poll::Pending;
            }
            if may_read && let Poll::Ready(received) = received.as_mut().poll(context) {
                return Poll::Ready(Step::Receive(received));
            }
            feed.poll_next(context).map(Step::Send)
        })
        .await
    }

    async fn send_item(&mut self, item: Option<Item>) -> Result<(), Ending> {
        let Some(item) = item else {
            return Err(Some(close_reason(CloseCode::Other(UNAUTHORIZED), "unauthenticated")));
        };
        if item.kind == ItemKind::Stopping {
            self.send_pending_answers().await;
            self.discard_incoming().await;
            return Err(Some(restart_reason()));
        }
        self.socket.outgoing.text(&item.encoded.json).map_err(unsent_reason)
    }

    /// Answers messages that are being stored, so that their senders know the outcome.
    async fn send_pending_answers(&mut self) {
        let rest = async {
            while !self.unanswered.is_empty() {
                let text = poll_fn(|context| poll_answers(&mut self.unanswered, context)).await;
                if self.answer(text).is_err() {
                    return;
                }
            }
        };
        drop(timeout(LAST_ANSWERS, rest).await);
    }

    /// Reads and discards frames in transit, which their senders must retry. Unread data would make the system
    /// reset the connection, and the last answers would be lost.
    async fn discard_incoming(&mut self) {
        let rest = async { while let Ok(Some(Ok(_))) = timeout(QUIET, self.socket.incoming.receive()).await {} };
        drop(timeout(LAST_FRAMES, rest).await);
    }

    fn answer(&self, text: Option<String>) -> Result<(), Ending> {
        match text {
            Some(text) => self.socket.outgoing.text(text.as_bytes()).map_err(unsent_reason),
            None => Ok(()),
        }
    }

    fn receive(&mut self, received: Received) -> Result<(), Ending> {
        match received {
            Some(Ok(AggregatedMessage::Text(text))) => {
                self.start_frame(&text);
                Ok(())
            }
            Some(Ok(AggregatedMessage::Ping(bytes))) => self.socket.outgoing.pong(&bytes).map_err(unsent_reason),
            Some(Ok(AggregatedMessage::Pong(_))) => Ok(()),
            Some(Ok(AggregatedMessage::Binary(_))) => {
                Err(Some(close_reason(CloseCode::Unsupported, "frames are text")))
            }
            Some(Ok(AggregatedMessage::Close(reason))) => Err(reason),
            Some(Err(reason)) => Err(Some(reason)),
            None => Err(None),
        }
    }

    /// Checks that the credential may send a frame: its scope, and the chatroom.
    fn permit(&self, frame: Frame) -> Result<Frame, Problem> {
        self.caller.may(Scope::MessagesWrite)?;
        let within = |id: ChatroomId| self.reach.contains(id);
        if self.reach.list().is_none() || frame.chatroom_id().parse().is_ok_and(within) {
            Ok(frame)
        } else {
            Err(Denial::ChatroomNotFound.into())
        }
    }

    /// Starts handling a frame. Frames start in order of arrival; their answers can overtake each other.
    fn start_frame(&mut self, text: &str) {
        let state = self.socket.state.clone();
        let (caller, id) = (self.caller, self.socket.id.as_str().to_owned());
        let (order, held) = (self.order.clone(), self.socket.incoming.take_held());
        // Each frame counts as a request of its own.
        let allowed = self.feed.check().and_then(|()| self.socket.frames.count_write(caller.user, text.len()));
        let frame = allowed.and_then(|()| Frame::read(text));
        let answer: Answer = match frame.and_then(|frame| self.permit(frame)) {
            Err(problem) => {
                let refused = frames::refused(frames::reference(text), &problem, &id);
                Box::pin(async move { Some(refused) })
            }
            Ok(Frame::Send(message)) => Box::pin(async move {
                let _held = held;
                let r#ref = message.r#ref.clone();
                Some(match sending::send(state, caller, message, &order).await {
                    Ok(sent) => frames::sent(r#ref, sent),
                    Err(problem) => frames::refused(r#ref, &problem, &id),
                })
            }),
            Ok(Frame::Typing { r#ref, chatroom_id }) => Box::pin(async move {
                let chatroom = chatroom_id.parse().map_err(|_| Problem::from(Denial::ChatroomNotFound));
                let outcome = match chatroom {
                    Ok(chatroom) => tell_typing::notify(&state, caller, chatroom).await,
                    Err(problem) => Err(problem),
                };
                outcome.err().map(|problem| frames::refused(r#ref, &problem, &id))
            }),
        };
        self.unanswered.push(Unanswered { bytes: text.len(), answer });
    }
}

/// Returns the first answer that is ready, in the order of the frames.
fn poll_answers(unanswered: &mut Vec<Unanswered>, context: &mut Context<'_>) -> Poll<Option<String>> {
    for index in 0..unanswered.len() {
        if let Some(frame) = unanswered.get_mut(index)
            && let Poll::Ready(text) = frame.answer.as_mut().poll(context)
        {
            drop(unanswered.remove(index));
            return Poll::Ready(text);
        }
    }
    Poll::Pending
}
