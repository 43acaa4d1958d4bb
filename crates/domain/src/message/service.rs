//! Use cases of messages.

use std::sync::Arc;

use super::{
    Appended, BodyLimit, Deleter, Excerpt, Idempotency, IdempotencyKey, Message, MessageBody, MessageRepository,
    NewMessage, PageRange, Revision, SendOutcome, Sending, Sent, SlowModeOutcome, around,
};
use crate::chatroom::{Access, ChatroomRepository, Guard, Right, Seq, Visibility};
use crate::clock::Clock;
use crate::denial::{Denial, Failure};
use crate::event::Kind;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, IdSource, MessageId, UserId};
use crate::membership::Membership;
use crate::mention::{MentionRepository, Mentions, Named};
use crate::page::{Limit, Page};
use crate::pending::Pending;
use crate::retry::retry_until_written;
use crate::storage::StorageMeter;
use crate::store_error::StoreError;
use crate::violation::Violation;

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

/// A page of a chatroom's messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    pub page: Page<Message>,
    /// True if older messages precede a page around a seq; false for other pages.
    pub earlier: bool,
    /// The head, as in [`Excerpt`]; unknown if the page is empty.
    pub head: Option<Seq>,
}

/// The revisions that the caller expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// Any revision.
    None,
    /// One of these revisions.
    Revisions(Vec<Revision>),
}

/// Sends, reads, edits and deletes messages.
pub struct MessageService {
    /// Chatrooms and their members.
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub messages: Arc<dyn MessageRepository>,
    /// Resolves the mentions of a message.
    pub mentions: Arc<dyn MentionRepository>,
    /// Refuses to store more for users whose quota is used up.
    pub storage: Arc<StorageMeter>,
    /// The maximum length of new and edited bodies.
    pub body_limit: BodyLimit,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
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
    /// Asks [`MessageRepository::append`], for a plain message only, and not if the author's quota is used up.
    pub fn begin_send(&self, entered: &SendMessage) -> Result<Sending, Failure> {
        let draft = self.draft(entered)?;
        let is_plain = draft.is_plain() && !Named::may_be_in(draft.body.as_str());
        let answer = (is_plain && !self.storage.is_full(draft.author_id)).then(|| self.append(draft.clone()));
        Ok(Sending::new(draft, answer))
    }

    /// Sends a message that [`begin_send`](Self::begin_send) left undecided. Reads from the store, and so blocks.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`] for a reply,
    /// [`MentionRepository::resolve`] if the text names anybody, then [`MessageRepository::append`], or
    /// [`MessageRepository::append_in_slow_mode`] in slow mode, and for the first message of a direct chatroom. A retry in an archived chatroom asks only the first and
    /// the last. If the author's quota is used up, [`MessageRepository::sent_before`] replaces all but the first.
    pub fn finish_send(&self, draft: &NewMessage) -> Result<Sent, Failure> {
        retry_until_written(|| self.send_with_references(draft.clone()))
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
    fn send_with_references(&self, mut draft: NewMessage) -> Result<Guarded<Sent>, Failure> {
        let access = self.chatrooms.require_access(draft.chatroom_id, draft.author_id)?;
        let me = match access.may(Right::Speak) {
            Err(Denial::ChatroomArchived) if draft.idempotency.is_some() => return self.find_earlier(&draft),
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

    /// Resolves the mentions in a text of this member; `@all` requires the right to use it.
    fn mentions_of(&self, body: &MessageBody, access: &Access, me: &Membership) -> Result<Mentions, StoreError> {
        let named = Named::in_text(body.as_str());
        if named.all && access.may(Right::CallAll).is_ok() {
            return Ok(Mentions::everybody());
        }
        if named.usernames.is_empty() {
            return Ok(Mentions::default());
        }
        let mut users = self.mentions.resolve(me.chatroom_id, &named.usernames)?;
        users.retain(|user| *user != me.user_id);
        users.sort_unstable();
        Ok(Mentions::of(users))
    }

    /// Returns an earlier message with the same key, even if the chatroom was archived since.
    fn find_earlier(&self, draft: &NewMessage) -> Result<Guarded<Sent>, Failure> {
        match self.messages.append_in_slow_mode(draft.clone(), Guard::may(draft.author_id, Right::Speak))? {
            SlowModeOutcome::Taken(Appended::Refused) | SlowModeOutcome::TooSoon(_) => {
                Err(Denial::ChatroomArchived.into())
            }
            SlowModeOutcome::Taken(appended) => Sent::from_answer(draft, appended),
        }
    }

    /// Returns an earlier message with the same key to a user who may store nothing more.
    fn find_repeated(&self, draft: &NewMessage, denial: Denial) -> Result<Guarded<Sent>, Failure> {
        let earlier = draft.idempotency.as_ref().map(|_| self.messages.sent_before(draft)).transpose()?;
        match earlier.flatten() {
            Some(earlier) => Sent::from_answer(draft, earlier),
            None => Err(denial.into()),
        }
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

    /// Returns a page of a chatroom's messages, to members.
    ///
    /// Asks [`MessageRepository::page`], then [`ChatroomRepository::access`] if that finds nothing.
    pub fn page(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        range: PageRange,
        limit: Limit,
    ) -> Result<History, Failure> {
        let Some(Excerpt { head, mut messages }) = self.messages.page(chatroom, reader, range, limit)? else {
            // An empty page has no messages or is not visible to the reader; only then is the membership read.
            self.chatrooms.require_access(chatroom, reader)?.as_member()?;
            return Ok(History { page: Page { items: Vec::new(), more: false }, earlier: false, head: None });
        };
        if let PageRange::Around(seq) = range {
            let (page, earlier) = around::cut(messages, seq, limit);
            return Ok(History { page, earlier, head: Some(head) });
        }
        let more = messages.len() > limit.get();
        if more && range.reads_backwards() {
            messages.remove(0);
        }
        messages.truncate(limit.get());
        Ok(History { page: Page { items: messages, more }, earlier: false, head: Some(head) })
    }

    /// Lists the replies to a message or its tombstone, oldest first, to members.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], then [`MessageRepository::replies`].
    pub fn replies(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        parent: MessageId,
        after: Seq,
        limit: Limit,
    ) -> Result<Page<Message>, Failure> {
        self.read(chatroom, reader, parent)?;
        Ok(Page::cut(self.messages.replies(chatroom, parent, after, limit)?, limit))
    }

    /// Returns a message or its tombstone, to members.
    ///
    /// Asks [`ChatroomRepository::access`], then [`MessageRepository::find`].
    pub fn show(&self, chatroom: ChatroomId, reader: UserId, id: MessageId) -> Result<Message, Failure> {
        self.read(chatroom, reader, id).map(|(_, message)| message)
    }

    /// Replaces the body of the author's own message.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], [`MentionRepository::resolve`] if the
    /// text names anybody, then [`MessageRepository::edit`].
    pub fn edit(
        &self,
        chatroom: ChatroomId,
        actor: UserId,
        id: MessageId,
        body: &str,
        precondition: &Precondition,
    ) -> Result<Message, Failure> {
        let body = self.body_limit.parse(body).map_err(|violation| Failure::invalid("body", violation))?;
        retry_until_written(|| {
            let (access, message) = self.read(chatroom, actor, id)?;
            let me = access.may(Right::Speak)?;
            message.may_edit(me)?;
            precondition.check(message.revision)?;
            if message.body.as_ref() == Some(&body) {
                return Ok(Guarded::Done(message));
            }
            self.storage.check(actor, Kind::MessageUpdated)?;
            let mentions = self.mentions_of(&body, &access, me)?;
            let guard = guard(actor, &mentions);
            Ok(self.messages.edit(&message, body.clone(), mentions, guard, self.clock.now())?)
        })
    }

    /// Turns a message into a tombstone; deleting it again changes nothing. Authors may do so even if they have left
    /// the chatroom, were removed or banned: their words remain theirs.
    ///
    /// Asks [`ChatroomRepository::access`], [`MessageRepository::find`], or [`MessageRepository::find_own`] for
    /// outsiders, then [`MessageRepository::delete`].
    pub fn delete(
        &self,
        chatroom: ChatroomId,
        actor: UserId,
        id: MessageId,
        precondition: &Precondition,
    ) -> Result<(), Failure> {
        retry_until_written(|| {
            let (message, deleter) = self.deletable(chatroom, actor, id)?;
            precondition.check(message.revision)?;
            if message.deleted_at.is_some() {
                return Ok(Guarded::Done(()));
            }
            self.storage.check(actor, Kind::MessageDeleted)?;
            Ok(self.messages.delete(&message, deleter, self.clock.now())?.map(drop))
        })
    }

    /// Returns a message that the user may delete, and by which permission. Outsiders learn only of their own ones.
    fn deletable(
        &self,
        chatroom: ChatroomId,
        actor: UserId,
        id: MessageId,
    ) -> Result<(Message, Deleter), Failure> {
        let outside = match self.read(chatroom, actor, id) {
            Ok((access, message)) => {
                let deleter = message.may_delete(access.as_member()?)?;
                return Ok((message, deleter));
            }
            Err(Failure::Denied(outside @ (Denial::ChatroomNotFound | Denial::NotAMember))) => outside,
            Err(failure) => return Err(failure),
        };
        let own = self.messages.find_own(chatroom, id, actor)?.ok_or(outside)?;
        Ok((own, Deleter::Author))
    }

    fn append(&self, draft: NewMessage) -> Pending<Appended> {
        let guard = guard(draft.author_id, &draft.mentions);
        self.messages.append(draft, guard)
    }

    fn read(&self, chatroom: ChatroomId, user: UserId, id: MessageId) -> Result<(Access, Message), Failure> {
        super::find(&*self.chatrooms, &*self.messages, chatroom, user, id)
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

/// The guard of a message with these mentions.
fn guard(author: UserId, mentions: &Mentions) -> Guard {
    Guard::may(author, if mentions.all { Right::CallAll } else { Right::Speak })
}
