//! The messages of a WebSocket's client. Fragments are copied into one buffer as they arrive: kept apart, a message
//! in fragments of one byte takes forty times its size.

use std::mem::take;
use std::rc::Rc;
use std::time::Instant;

use actix_http::ws::Item;
use actix_web::rt::task::yield_now;
use actix_web::web::{Bytes, BytesMut};
use actix_ws::{AggregatedMessage, CloseCode, CloseReason, Message, MessageStream};
use bytestring::ByteString;

use super::control_frames::ControlFrames;
use super::frame_heads::InvalidFrame;
use super::memory::MessageMemory;
use super::reasons::{TIMEOUT, close_reason, invalid_frame_reason, not_utf_8_reason, protocol_error_reason};
use crate::connections::Held;

/// A message, or the reason to close the WebSocket; `None` if the client has disconnected.
pub(super) type Received = Option<Result<AggregatedMessage, CloseReason>>;

/// The number of frames after which other tasks run.
const FRAMES_AT_ONCE: u32 = 16;

pub(super) struct Incoming {
    messages: MessageStream,
    control_frames: ControlFrames,
    /// The number of frames since other tasks could run.
    without_pause: u32,
    /// Fragments are refused in the first message, because its sender may be anybody.
    is_first: bool,
    memory: Rc<MessageMemory>,
    /// The maximum size of a message.
    largest: usize,
    /// The fragments of a message whose last one has not arrived.
    fragments: BytesMut,
    /// The memory of the last message.
    held: Option<Held>,
}

impl Incoming {
    pub(super) fn new(messages: MessageStream, memory: Rc<MessageMemory>, largest: usize) -> Self {
        let messages = messages.max_frame_size(largest);
        Self {
            messages,
            control_frames: ControlFrames::new(Instant::now()),
            without_pause: 0,
            is_first: true,
            memory,
            largest,
            fragments: BytesMut::new(),
            held: None,
        }
    }

    /// Receives the next message. The future can be dropped without loss.
    pub(super) async fn receive(&mut self) -> Received {
        loop {
            if self.memory.is_overdue(Instant::now()) {
                return Some(Err(close_reason(CloseCode::Other(TIMEOUT), "the frame took too long to arrive")));
            }
            if self.without_pause >= FRAMES_AT_ONCE {
                self.without_pause = 0;
                yield_now().await;
            }
            self.without_pause += 1;
            let taken = match self.messages.recv().await? {
                Ok(message) => self.take(message),
                Err(error) => Err(protocol_error_reason(&error)?),
            };
            if let Some(received) = taken.transpose() {
                return Some(received);
            }
        }
    }

    /// Takes a frame; returns the message that it completes.
    fn take(&mut self, message: Message) -> Result<Option<AggregatedMessage>, CloseReason> {
        if matches!(message, Message::Ping(_) | Message::Pong(_) | Message::Continuation(_)) {
            self.control_frames.count(Instant::now())?;
        }
        Ok(Some(match message {
            Message::Text(text) => self.complete(text),
            Message::Continuation(Item::FirstBinary(bytes)) | Message::Binary(bytes) => {
                AggregatedMessage::Binary(bytes)
            }
            Message::Continuation(Item::FirstText(bytes) | Item::Continue(bytes)) => {
                self.append_unfinished(&bytes)?;
                return Ok(None);
            }
            Message::Continuation(Item::Last(bytes)) => {
                self.append(&bytes)?;
                let text = self.joined()?;
                self.complete(text)
            }
            Message::Ping(bytes) => AggregatedMessage::Ping(bytes),
            Message::Pong(bytes) => AggregatedMessage::Pong(bytes),
            Message::Close(reason) => AggregatedMessage::Close(reason),
            Message::Nop => return Ok(None),
        }))
    }

    /// Takes the memory of the last message, to hold it longer than until the next one.
    pub(super) fn take_held(&mut self) -> Option<Held> {
        self.held.take()
    }

    fn complete(&mut self, text: ByteString) -> AggregatedMessage {
        self.is_first = false;
        self.held = self.memory.complete();
        AggregatedMessage::Text(text)
    }

    fn append_unfinished(&mut self, fragment: &Bytes) -> Result<(), CloseReason> {
        if self.is_first {
            return Err(close_reason(CloseCode::Policy, "the first frame must not be fragmented"));
        }
        if fragment.is_empty() {
            return Err(close_reason(CloseCode::Policy, "empty fragment"));
        }
        self.append(fragment)
    }

    fn append(&mut self, fragment: &Bytes) -> Result<(), CloseReason> {
        if self.fragments.len() + fragment.len() > self.largest {
            return Err(invalid_frame_reason(InvalidFrame::TooLarge));
        }
        self.fragments.extend_from_slice(fragment);
        Ok(())
    }

    fn joined(&mut self) -> Result<ByteString, CloseReason> {
        ByteString::try_from(take(&mut self.fragments).freeze()).map_err(|_| not_utf_8_reason())
    }
}
