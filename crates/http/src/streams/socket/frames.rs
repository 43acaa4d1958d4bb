//! The frames of client and server other than events.

use chit_chat_domain::message::Sent;
use chit_chat_domain::violation::Violation;
use serde::{Deserialize, Serialize};

use super::super::positions::After;
use crate::messages::MessageToSend;
use crate::problem::{Code, Problem};
use crate::views::{MessageView, ProblemBody};

/// The maximum length of a `ref` in bytes. Answers repeat it, and wait until the client reads them.
const LONGEST_REF: usize = 256;

/// The first frame of a client.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
enum First {
    Start(Start),
}

/// The token, and the positions to start from.
#[derive(Deserialize)]
pub(super) struct Start {
    pub(super) token: Option<String>,
    #[serde(default)]
    pub(super) after: After,
}

/// Every later frame of a client.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub(super) enum Frame {
    Send(Send),
    Typing { r#ref: Option<String>, chatroom_id: String },
}

/// A message to send. The answer repeats `ref`.
#[derive(Deserialize)]
pub(super) struct Send {
    pub(super) r#ref: Option<String>,
    pub(super) chatroom_id: String,
    #[serde(flatten)]
    pub(super) message: MessageToSend,
    pub(super) idempotency_key: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case", tag = "type")]
enum Answer<'a> {
    Sent { r#ref: Option<String>, replayed: bool, message: MessageView },
    Refused { r#ref: Option<String>, problem: ProblemBody<'a> },
}

impl Frame {
    pub(super) fn chatroom_id(&self) -> &str {
        match self {
            Self::Send(Send { chatroom_id, .. }) | Self::Typing { chatroom_id, .. } => chatroom_id,
        }
    }
}

impl Start {
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        let First::Start(start) =
            serde_json::from_str(text).map_err(|error| Problem::of_parser(Code::MalformedBody, error))?;
        Ok(start)
    }
}

impl Frame {
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        let frame: Self =
            serde_json::from_str(text).map_err(|error| Problem::of_parser(Code::MalformedBody, error))?;
        let (Self::Send(Send { r#ref, .. }) | Self::Typing { r#ref, .. }) = &frame;
        if r#ref.as_deref().is_some_and(is_too_long) {
            return Err(Problem::field("ref", Violation::TooManyBytes(LONGEST_REF).to_string()));
        }
        Ok(frame)
    }
}

/// Reads the client's `ref` of a frame, even if other fields are invalid; `None` if it is too long to be repeated.
pub(super) fn reference(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Referenced {
        r#ref: Option<String>,
    }
    serde_json::from_str::<Referenced>(text).ok()?.r#ref.filter(|r#ref| !is_too_long(r#ref))
}

fn is_too_long(r#ref: &str) -> bool {
    r#ref.len() > LONGEST_REF
}

pub(super) fn sent(r#ref: Option<String>, sent: Sent) -> String {
    let Sent { message, replayed } = sent;
    text(&Answer::Sent { r#ref, replayed, message: message.into() })
}

pub(super) fn refused(r#ref: Option<String>, problem: &Problem, request_id: &str) -> String {
    text(&Answer::Refused { r#ref, problem: ProblemBody::new(problem, request_id) })
}

fn text(answer: &Answer) -> String {
    serde_json::to_string(answer).unwrap_or_default()
}
