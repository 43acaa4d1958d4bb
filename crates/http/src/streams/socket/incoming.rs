//! The messages of a WebSocket's client. Fragments are copied into one buffer as they arrive: kept apart, a message
//! in fragments of one byte takes forty times its size.

use std::io::{Error, ErrorKind};
use std::mem::take;
use std::rc::Rc;
use std::time::Instant;

use actix_http::ws::Item;
use actix_web::web::BytesMut;
use actix_ws::{AggregatedMessage, Message, MessageStream, ProtocolError};
use bytestring::ByteString;

use super::memory::MessageMemory;
use super::open::LARGEST_FRAME;
use crate::connections::Held;

pub(super) type Received = Option<Result<AggregatedMessage, ProtocolError>>;

pub(super) struct Incoming {
    messages: MessageStream,
    memory: Rc<MessageMemory>,
    /// The fragments of a message whose last one has not arrived.
    fragments: BytesMut,
    /// The memory of the last message.
    held: Option<Held>,
}

impl Incoming {
    pub(super) fn new(messages: MessageStream, memory: Rc<MessageMemory>) -> Self {
        let messages = messages.max_frame_size(LARGEST_FRAME);
        Self { messages, memory, fragments: BytesMut::new(), held: None }
    }

    /// Receives the next message. The future can be dropped without loss.
    pub(super) async fn receive(&mut self) -> Received {
        loop {
            let message = match self.messages.recv().await? {
                Ok(Message::Text(text)) => self.complete(text),
                Ok(Message::Continuation(Item::FirstBinary(bytes)) | Message::Binary(bytes)) => {
                    AggregatedMessage::Binary(bytes)
                }
                Ok(Message::Continuation(Item::FirstText(bytes) | Item::Continue(bytes))) => {
                    match self.append(&bytes) {
                        Ok(()) => continue,
                        Err(error) => return Some(Err(error)),
                    }
                }
                Ok(Message::Continuation(Item::Last(bytes))) => {
                    match self.append(&bytes).and_then(|()| self.joined()) {
                        Ok(text) => self.complete(text),
                        Err(error) => return Some(Err(error)),
                    }
                }
                Ok(Message::Ping(bytes)) => AggregatedMessage::Ping(bytes),
                Ok(Message::Pong(bytes)) => AggregatedMessage::Pong(bytes),
                Ok(Message::Close(reason)) => AggregatedMessage::Close(reason),
                Ok(Message::Nop) => continue,
                Err(error) => return Some(Err(error)),
            };
            return Some(Ok(message));
        }
    }

    /// Takes the memory of the last message, to hold it longer than until the next one.
    pub(super) fn take_held(&mut self) -> Option<Held> {
        self.held.take()
    }

    /// Returns whether a large message has been arriving for too long.
    pub(super) fn is_overdue(&self) -> bool {
        self.memory.is_overdue(Instant::now())
    }

    fn complete(&mut self, text: ByteString) -> AggregatedMessage {
        self.held = self.memory.complete();
        AggregatedMessage::Text(text)
    }

    fn append(&mut self, fragment: &[u8]) -> Result<(), ProtocolError> {
        if self.fragments.len() + fragment.len() > LARGEST_FRAME {
            return Err(ProtocolError::Overflow);
        }
        self.fragments.extend_from_slice(fragment);
        Ok(())
    }

    fn joined(&mut self) -> Result<ByteString, ProtocolError> {
        let text = take(&mut self.fragments).freeze();
        ByteString::try_from(text).map_err(|error| ProtocolError::Io(Error::new(ErrorKind::InvalidData, error)))
    }
}
