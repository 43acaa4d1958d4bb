//! What people do with messages.

use std::sync::Arc;

use super::{
    Appended, Excerpt, Idempotency, IdempotencyKey, Message, MessageBody, MessageRepository, NewMessage,
    PageRange, Revision, Turn, Written,
};
use crate::chatroom::{Access, ChatroomRepository, Guard, Right, Seq};
use crate::clock::Clock;
use crate::denial::{Denial, Failure};
use crate::id::{ChatroomId, IdSource, MessageId, UserId};
use crate::membership::Role;
use crate::page::{Limit, Page};
use crate::pending::Pending;
use crate::retry::decide_until_written;

/// What somebody says.
#[derive(Clone, Debug)]
pub struct SendMessage {
    pub chatroom_id: ChatroomId,
    pub author_id: UserId,
    pub body: String,
    /// By which a repeated request is recognised.
    pub key: Option<IdempotencyKey>,
}

/// A message, and whether this request stored it or an earlier one with the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The message as it is now.
    pub message: Message,
    /// Whether an earlier request stored it.
    pub replayed: bool,
}

/// A page of a chatroom's messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    pub page: Page<Message>,
    /// What [`Excerpt`] says of the head; unknown if the page is empty.
    pub head: Option<Seq>,
}

/// Which revision the caller believes to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// Whichever.
    None,
    /// One of these.
    Revisions(Vec<Revision>),
}

/// Sending, reading, editing and deleting messages.
pub struct MessageService {
    /// Chatrooms and who belongs to them.
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub messages: Arc<dyn MessageRepository>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
}

impl MessageService {
    /// Sends a message and waits until it is on disk.
    pub fn send(&self, entered: &SendMessage) -> Result<Sent, Failure> {
        let (draft, pending) = self.begin_send(entered)?;
        self.finish_send(&draft, pending.wait()?)
    }

    /// Hands a message to the store without waiting. The membership is not read first: the guard
    /// settles it in the write itself, which spares a round trip on the way that matters most.
    pub fn begin_send(&self, entered: &SendMessage) -> Result<(NewMessage, Pending<Appended>), Failure> {
        let body = MessageBody::parse(&entered.body).map_err(|violation| Failure::invalid("body", violation))?;
        let draft = NewMessage {
            id: MessageId::from(self.ids.next()),
            chatroom_id: entered.chatroom_id,
            author_id: entered.author_id,
            idempotency: entered.key.clone().map(|key| Idempotency::new(key, &[body.as_str()])),
            body,
            created_at: self.clock.now(),
        };
        let pending = self.append(draft.clone());
        Ok((draft, pending))
    }

    /// Turns the store's answer into the caller's. Reads (and so may block) only after a refusal.
    pub fn finish_send(&self, draft: &NewMessage, appended: Appended) -> Result<Sent, Failure> {
        match settle(draft, appended)? {
            Some(sent) => Ok(sent),
            None => decide_until_written(|| {
                let access = self.access(draft.chatroom_id, draft.author_id)?;
                let me = access.may(Right::Speak)?;
                match access.chatroom.settings.slow_mode_of(me.role) {
                    None => settle(draft, self.append(draft.clone()).wait()?),
                    Some(_) => self.send_in_turn(draft),
                }
            }),
        }
    }

    fn send_in_turn(&self, draft: &NewMessage) -> Result<Option<Sent>, Failure> {
        let guard = Guard::may(draft.author_id, Right::Speak);
        match self.messages.append_in_turn(draft.clone(), guard)? {
            Turn::Taken(appended) => settle(draft, appended),
            Turn::TooSoon(next) => {
                let seconds = draft.created_at.seconds_until(next);
                Err(Denial::SlowMode { seconds }.into())
            }
        }
    }

    /// A page of a chatroom's messages, for members.
    pub fn page(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        range: PageRange,
        limit: Limit,
    ) -> Result<History, Failure> {
        let Some(Excerpt { head, mut messages }) = self.messages.page(chatroom, reader, range, limit)? else {
            // Nothing there, or nothing for this reader: only now it matters which.
            self.access(chatroom, reader)?.as_member()?;
            return Ok(History { page: Page { items: Vec::new(), more: false }, head: None });
        };
        let more = messages.len() > limit.get();
        if more && range.reads_backwards() {
            messages.remove(0);
        }
        messages.truncate(limit.get());
        Ok(History { page: Page { items: messages, more }, head: Some(head) })
    }

    /// One message or its tombstone, for members.
    pub fn show(&self, chatroom: ChatroomId, reader: UserId, id: MessageId) -> Result<Message, Failure> {
        self.read(chatroom, reader, id).map(|(_, message)| message)
    }

    /// Replaces the body of a message of one's own.
    pub fn edit(
        &self,
        chatroom: ChatroomId,
        actor: UserId,
        id: MessageId,
        body: &str,
        precondition: &Precondition,
    ) -> Result<Message, Failure> {
        let body = MessageBody::parse(body).map_err(|violation| Failure::invalid("body", violation))?;
        decide_until_written(|| {
            let (access, message) = self.read(chatroom, actor, id)?;
            message.may_edit(access.may(Right::Speak)?)?;
            precondition.check(message.revision)?;
            if message.body.as_ref() == Some(&body) {
                return Ok(Some(message));
            }
            let guard = Guard::may(actor, Right::Speak);
            Ok(written(self.messages.edit(&message, body.clone(), guard, self.clock.now())?))
        })
    }

    /// Makes a message a tombstone; deleting it again changes nothing.
    pub fn delete(
        &self,
        chatroom: ChatroomId,
        actor: UserId,
        id: MessageId,
        precondition: &Precondition,
    ) -> Result<(), Failure> {
        decide_until_written(|| {
            let (access, message) = self.read(chatroom, actor, id)?;
            message.may_delete(access.as_member()?)?;
            precondition.check(message.revision)?;
            if message.deleted_at.is_some() {
                return Ok(Some(()));
            }
            let needed = if message.author_id == actor { Role::Member } else { Role::Moderator };
            let guard = Guard::holds(actor, needed);
            Ok(written(self.messages.delete(&message, guard, self.clock.now())?).map(drop))
        })
    }

    fn append(&self, draft: NewMessage) -> Pending<Appended> {
        let guard = Guard::may(draft.author_id, Right::Speak);
        self.messages.append(draft, guard)
    }

    fn read(&self, chatroom: ChatroomId, user: UserId, id: MessageId) -> Result<(Access, Message), Failure> {
        super::find(&*self.chatrooms, &*self.messages, chatroom, user, id)
    }

    fn access(&self, chatroom: ChatroomId, user: UserId) -> Result<Access, Failure> {
        Ok(self.chatrooms.access(chatroom, user)?.ok_or(Denial::ChatroomNotFound)?)
    }
}

impl Precondition {
    fn check(&self, revision: Revision) -> Result<(), Denial> {
        match self {
            Self::Revisions(named) if !named.contains(&revision) => Err(Denial::RevisionMismatch),
            _ => Ok(()),
        }
    }
}

/// `None` is a refusal, still to be explained.
fn settle(draft: &NewMessage, appended: Appended) -> Result<Option<Sent>, Failure> {
    match appended {
        Appended::Stored(message) => Ok(Some(Sent { message, replayed: false })),
        Appended::Duplicate(message, earlier) if draft.idempotency.as_ref() == Some(&earlier) => {
            Ok(Some(Sent { message, replayed: true }))
        }
        Appended::Duplicate(..) => Err(Denial::IdempotencyKeyReused.into()),
        Appended::Refused => Ok(None),
    }
}

fn written(outcome: Written) -> Option<Message> {
    match outcome {
        Written::Written(message) => Some(message),
        Written::Refused => None,
    }
}
