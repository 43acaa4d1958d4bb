//! Rules of one deployment about what members write, in addition to those of the domain.

mod judging;

use std::fmt;
use std::sync::Arc;

pub(crate) use judging::Judgement;

use crate::chatroom::Chatroom;
use crate::clock::Timestamp;
use crate::denial::Failure;
use crate::membership::Membership;
use crate::message::{Message, MessageBody};
use crate::store_error::StoreError;

/// A text that is about to be stored. Its author may write it by the rules of the domain.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    pub chatroom: &'a Chatroom,
    pub author: &'a Membership,
    /// The text, as earlier policies have left it.
    pub body: &'a MessageBody,
    /// The message whose text it replaces; `None` if it is a new message.
    pub edited: Option<&'a Message>,
    pub at: Timestamp,
}

/// The decision of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Allow,
    Reject(Rejection),
    /// Allows this text instead.
    Rewrite(MessageBody),
}

/// The reason why a policy rejects a text, for the author's client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// A short name for programs, such as `links_too_early`.
    pub code: String,
    /// A sentence for humans. Must not repeat the text.
    pub detail: String,
}

/// Decides about the text of new and edited messages.
///
/// It is asked on a thread that may block, after the domain's own rules, once for each text. A repeated request whose
/// message was sent before is not asked about again.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait MessagePolicy: Send + Sync {
    #[expect(clippy::elidable_lifetime_names, reason = "mockall needs the name")]
    fn judge<'a>(&self, draft: &Draft<'a>) -> Result<Verdict, StoreError>;
}

/// The policies of a deployment, in the order in which they are asked.
#[derive(Clone, Default)]
pub struct MessagePolicies(Vec<Arc<dyn MessagePolicy>>);

impl Rejection {
    pub fn new(code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code: code.into(), detail: detail.into() }
    }
}

impl MessagePolicies {
    /// The same policies and one more, which is asked last.
    #[must_use]
    pub fn with(mut self, policy: impl MessagePolicy + 'static) -> Self {
        self.0.push(Arc::new(policy));
        self
    }

    /// Returns whether every text is allowed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the text as the policies leave it. The first one that rejects it is the last one to be asked.
    fn judge(&self, draft: &Draft<'_>) -> Result<MessageBody, Failure> {
        let mut body = draft.body.clone();
        for policy in &self.0 {
            match policy.judge(&Draft { body: &body, ..*draft })? {
                Verdict::Allow => {}
                Verdict::Rewrite(rewritten) => body = rewritten,
                Verdict::Reject(rejection) => return Err(Failure::Rejected(rejection)),
            }
        }
        Ok(body)
    }
}

impl fmt::Debug for MessagePolicies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessagePolicies({})", self.0.len())
    }
}
