//! The judgement on one text, which is asked for once.

use super::{Draft, MessagePolicies};
use crate::denial::Failure;
use crate::message::MessageBody;

/// The answer of the policies about a text. A use case that decides again, because data has changed meanwhile, does
/// not ask them again: they may count what they see.
pub(crate) struct Judgement<'a> {
    policies: &'a MessagePolicies,
    allowed: Option<MessageBody>,
}

impl<'a> Judgement<'a> {
    pub(crate) fn by(policies: &'a MessagePolicies) -> Self {
        Self { policies, allowed: None }
    }

    /// Returns the text that may be stored instead of the draft's.
    pub(crate) fn on(&mut self, draft: &Draft<'_>) -> Result<MessageBody, Failure> {
        let allowed = match self.allowed.take() {
            Some(allowed) => allowed,
            None => self.policies.judge(draft)?,
        };
        self.allowed = Some(allowed.clone());
        Ok(allowed)
    }
}
