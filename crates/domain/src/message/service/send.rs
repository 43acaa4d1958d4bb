//! Sending messages.

use super::{MessageService, guard};
use crate::chatroom::{Right, Visibility};
use crate::denial::{Denial, Failure};
use crate::event::Kind;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, MessageId, UserId};
use crate::mention::Named;
use crate::message::{
    Appended, BodyLimit, Idempotency, IdempotencyKey, MessageBody, NewMessage, SendOutcome, Sending, Sent,
    SlowModeOutcome,
};
use crate::pending::Pending;
use crate::policy::{Draft, Judgement};
use crate::retry::retry_until_written;
use crate::store_error::StoreError;
use crate::violation::Violation;

#[cfg(doc)]
use crate::chatroom::ChatroomRepository;
#[cfg(doc)]
use crate::mention::MentionRepository;
#[cfg(doc)]
use crate::message::MessageRepository;

/// The input for sending a message.
#[derive(Clone, Debug)]
pub struct SendMessage {
    pub chatroom_id: ChatroomId,
    pub author_id: UserId,
    pub body: String,
    /// The id of the message to reply to.
    pub reply_to: Option<String>,
    /// Identifies a repeated request.
    pub key: Option<IdempotencyKey>,
}

impl SendMessage {
    /// A message without a parent and without an idempotency key.
    pub fn new(chatroom_id: ChatroomId, author_id: UserId, body: impl Into<String>) -> Self {
        Self { chatroom_id, author_id, body: body.into(), reply_to: None, key: None }
    }

    fn parse(&self, limit: BodyLimit) -> Result<(MessageBody, Option<MessageId>), Failure> {
        let body = limit.parse(&self.body).map_err(|violation| Failure::invalid("body", violation))?;
        let reply_to = self.reply_to.as_deref().map(str::parse).transpose();
        let reply_to = reply_to.map_err(|_| Failure::invalid("reply_to", Violation::NotAnId))?;
        Ok((body, reply_to))
    }

    /// The content that a retry has to repeat.
    fn content(&self) -> Vec<&str> {
        [Some(self.body.as_str()), self.reply_to.as_deref()].into_iter().flatten().collect()
    }
}

impl MessageService {
    /// Sends a message and waits until it is on disk.
    ///
    /// Asks [`MessageRepository::append`] for a plain message. For any other, and after a refusal, it asks the
    /// ports of [`finish_send`](Self::finish_send).
    pub fn send(&self, entered: &SendMessage) -> Result<Sent, Failure> {
        match self.begin_send(entered)?.wait()? {
            SendOutcome::Sent(sent) => Ok(sent),
            SendOutcome::Undecided(draft) => self.finish_send(&draft),
        }
    }

    /// Passes a plain message to the store without waiting. The membership is not read first: the guard checks it
    /// in the write itself, which saves a round trip on the hottest path.
    ///
    /// Asks [`MessageRepository::append`], for a plain message only, and not if the author's quota is used up or the
    /// deployment has policies.
    pub fn begin_send(&self, entered: &SendMessage) -> Result<Sending, Failure> {
        let draft = self.draft(entered)?;
        let is_plain = self.policies.is_empty() && draft.is_plain() && !Named::may_be_in(draft.body.as_str());
        let answer = (is_plain && !self.storage.is_full(draft.author_id)).then(|| self.append(draft.clone()));
        Ok(Sending::new(draft, answer))
    }

    /// Sends a message that [`begin_send`](Self::begin_send) left undecided. Reads from the store, and so blocks.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`] for a reply,
    /// [`MentionRepository::resolve`] if the text names anybody, then [`MessageRepository::append`], or
    /// [`MessageRepository::append_in_slow_mode`] in slow mode, and for the first message of a direct chatroom. In an
    /// archived chatroom, and if the author's quota is used up, [`MessageRepository::sent_before`] replaces all but the
    /// first. If the deployment has policies, it is asked for every keyed message after [`MessageRepository::find`], and
    /// the policies follow.
    pub fn finish_send(&self, draft: &NewMessage) -> Result<Sent, Failure> {
        let mut judgement = Judgement::by(&self.policies);
        retry_until_written(|| self.send_with_references(draft.clone(), &mut judgement))
    }

    fn draft(&self, entered: &SendMessage) -> Result<NewMessage, Failure> {
        let (body, reply_to) = entered.parse(self.body_limit)?;
        let id = MessageId::from(self.ids.next());
        Ok(NewMessage {
            idempotency: entered.key.clone().map(|key| Idempotency::new(key, &entered.content())),
            reply_to,
            ..NewMessage::new(id, entered.chatroom_id, entered.author_id, body, self.clock.now())
        })
    }

    /// Reads the parent and the mentioned users of a message, then sends it.
    fn send_with_references(
        &self,
        mut draft: NewMessage,
        judgement: &mut Judgement<'_>,
    ) -> Result<Guarded<Sent>, Failure> {
        let access = self.chatrooms.require_access(draft.chatroom_id, draft.author_id)?;
        let me = match access.may(Right::Speak) {
            Err(denial @ Denial::ChatroomArchived) => return self.find_repeated(&draft, denial),
            outcome => outcome?,
        };
        if let Err(full) = self.storage.check(draft.author_id, Kind::MessageCreated) {
            return self.find_repeated(&draft, full);
        }
        if let Some(parent) = draft.reply_to
            && self.messages.find(draft.chatroom_id, parent)?.is_none()
        {
            return Err(Failure::invalid("reply_to", Violation::NoSuchMessage));
        }
        if !self.policies.is_empty() {
            if let Some(earlier) = self.sent_before(&draft)? {
                return Sent::from_answer(&draft, earlier);
            }
            draft.body = judgement.on(&Draft {
                chatroom: &access.chatroom,
                author: me,
                body: &draft.body,
                edited: None,
                at: draft.created_at,
            })?;
        }
        draft.mentions = self.mentions_of(&draft.body, &access, me)?;
        match access.chatroom.settings.slow_mode_of(me.role) {
            None => match self.append(draft.clone()).wait()? {
                // It may be the first message of the chatroom.
                Appended::Refused if access.chatroom.visibility == Visibility::Direct => {
                    self.send_in_slow_mode(&draft)
                }
                appended => Sent::from_answer(&draft, appended),
            },
            Some(_) => self.send_in_slow_mode(&draft),
        }
    }

    /// Returns an earlier message with the same key to a user who may send nothing more.
    fn find_repeated(&self, draft: &NewMessage, denial: Denial) -> Result<Guarded<Sent>, Failure> {
        match self.sent_before(draft)? {
            Some(earlier) => Sent::from_answer(draft, earlier),
            None => Err(denial.into()),
        }
    }

    /// Returns the earlier message with the same key, if the request has a key.
    fn sent_before(&self, draft: &NewMessage) -> Result<Option<Appended>, StoreError> {
        let earlier = draft.idempotency.as_ref().map(|_| self.messages.sent_before(draft)).transpose()?;
        Ok(earlier.flatten())
    }

    fn send_in_slow_mode(&self, draft: &NewMessage) -> Result<Guarded<Sent>, Failure> {
        let guard = guard(draft.author_id, &draft.mentions);
        match self.messages.append_in_slow_mode(draft.clone(), guard)? {
            SlowModeOutcome::Taken(appended) => Sent::from_answer(draft, appended),
            SlowModeOutcome::TooSoon(next) => {
                let seconds = draft.created_at.seconds_until(next);
                Err(Denial::SlowMode { seconds }.into())
            }
        }
    }

    fn append(&self, draft: NewMessage) -> Pending<Appended> {
        let guard = guard(draft.author_id, &draft.mentions);
        self.messages.append(draft, guard)
    }
}
