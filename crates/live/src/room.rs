//! A chatroom with listeners: its newest entries and the listeners to notify.

use std::sync::Arc;
use std::time::Instant;

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::event::Event;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::message::Message;
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use parking_lot::{Mutex, RwLock};

use crate::entry::{EncodedEvent, Entry};
use crate::mailbox::{Mailboxes, Subscription};
use crate::ring::Ring;
use crate::sources::Sources;

/// The maximum number of messages kept from local sends; further ones are read from the log.
const MAX_SENT: usize = 512;

pub(crate) struct Room {
    pub(crate) id: ChatroomId,
    state: Mutex<State>,
    subscriptions: RwLock<Vec<Arc<Subscription>>>,
}

struct State {
    /// The highest seq reported so far.
    head: Seq,
    /// The time when it was reported; `None` for the one that the room was created with.
    moved_at: Option<Instant>,
    ring: Ring,
    /// Messages sent through this instance and not in the ring yet.
    sent: Vec<Message>,
    /// The head may have moved and has to be queried.
    head_check_due: bool,
    queued: bool,
    deleted: bool,
}

/// The next step to bring the ring up to the head.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Publish(Vec<Message>),
    CheckHead(Seq),
    Read(Seq, Seq),
}

impl Room {
    /// Creates a room whose ring starts after this position.
    pub(crate) fn new(id: ChatroomId, head: Seq) -> Self {
        let ring = Ring::starting_after(head);
        let state = State {
            head,
            moved_at: None,
            ring,
            sent: Vec::new(),
            head_check_due: false,
            queued: false,
            deleted: false,
        };
        Self { id, state: Mutex::new(state), subscriptions: RwLock::default() }
    }

    pub(crate) fn subscribe(&self, subscription: Arc<Subscription>) {
        self.subscriptions.write().push(subscription);
    }

    /// Removes a listener; returns whether none is left.
    pub(crate) fn unsubscribe(&self, subscription: &Arc<Subscription>) -> bool {
        let mut subscriptions = self.subscriptions.write();
        if let Some(index) = subscriptions.iter().position(|other| Arc::ptr_eq(other, subscription)) {
            subscriptions.swap_remove(index);
        }
        subscriptions.is_empty()
    }

    pub(crate) fn head(&self) -> Seq {
        self.state.lock().head
    }

    /// Returns the head if it has moved since this time.
    pub(crate) fn head_moved_since(&self, time: Instant) -> Option<Seq> {
        let state = self.state.lock();
        state.moved_at.filter(|at| *at >= time).map(|_| state.head)
    }

    /// Returns whether the chatroom's log has been deleted.
    pub(crate) fn is_deleted(&self) -> bool {
        self.state.lock().deleted
    }

    /// [`Ring::after`], without changes to messages made after the user's removal.
    pub(crate) fn after(&self, position: Seq, bytes: usize, user: UserId) -> Option<Vec<Arc<Entry>>> {
        // Locked throughout: the ring must not evict entries before they are checked for the user's removal.
        let state = self.state.lock();
        let mut entries = state.ring.after(position, bytes)?;
        for entry in &mut entries {
            if let Some(withheld) = entry.withheld()
                && state.ring.ends_for(user, entry.seq, entry.reflects())
            {
                *entry = Arc::new(withheld);
            }
        }
        Some(entries)
    }

    /// Records a message sent through this instance; returns whether the caller has to queue the room for
    /// [`serve`](Self::serve), as do [`needs_serving`](Self::needs_serving) and
    /// [`request_head_check`](Self::request_head_check).
    /// Replies are read from the log, because they also change their parent.
    pub(crate) fn record_sent(&self, message: &Message) -> bool {
        let mut state = self.state.lock();
        state.move_head(message.seq);
        if message.reply_to.is_none() && state.sent.len() < MAX_SENT {
            state.sent.push(message.clone());
        }
        state.queue()
    }

    pub(crate) fn record_head(&self, head: Seq) {
        self.state.lock().move_head(head);
    }

    /// Returns whether the ring is behind the head and the room is not queued yet.
    pub(crate) fn needs_serving(&self) -> bool {
        let mut state = self.state.lock();
        state.is_behind() && state.queue()
    }

    pub(crate) fn request_head_check(&self) -> bool {
        let mut state = self.state.lock();
        state.head_check_due = true;
        state.queue()
    }

    pub(crate) fn expire(&self, now: Instant) {
        self.state.lock().ring.expire(now);
    }

    /// Sends an ephemeral event to all listeners except those of the user who caused it.
    pub(crate) fn send_ephemeral(&self, actor: UserId, encoded: &EncodedEvent) {
        let subscriptions = self.subscriptions.read();
        let others = subscriptions.iter().filter(|subscription| subscription.user() != actor);
        others.for_each(|subscription| subscription.send_ephemeral(encoded));
    }

    /// Adds the mailboxes of all listeners, each once.
    pub(crate) fn collect_mailboxes(&self, mailboxes: &mut Mailboxes) {
        self.subscriptions.read().iter().for_each(|subscription| mailboxes.add(subscription.mailbox()));
    }

    /// Brings the ring up to the head, reading at most one page of the log; returns whether there is more to do.
    /// Failed reads are retried when the heads are polled.
    pub(crate) fn serve(&self, sources: &Sources) -> bool {
        while let Some(step) = self.next_step() {
            let has_read = matches!(step, Step::Read(..));
            if let Err(error) = self.take_step(step, sources) {
                self.abandon();
                tracing::debug!(chatroom_id = %self.id, %error, "cannot read the log; will retry");
                return false;
            }
            if has_read {
                return true;
            }
        }
        false
    }

    /// Marks the room as not queued, so that it can be queued again.
    pub(crate) fn abandon(&self) {
        self.state.lock().queued = false;
    }

    fn next_step(&self) -> Option<Step> {
        let mut state = self.state.lock();
        let next = state.take_next_sent();
        if !next.is_empty() {
            return Some(Step::Publish(next));
        }
        if state.head_check_due {
            state.head_check_due = false;
            return Some(Step::CheckHead(state.head));
        }
        if state.is_behind() {
            return Some(Step::Read(state.ring.last(), state.head));
        }
        state.queued = false;
        None
    }

    fn take_step(&self, step: Step, sources: &Sources) -> Result<(), StoreError> {
        match step {
            Step::Publish(messages) => {
                self.publish(messages.into_iter().map(Event::of_sending), self.head(), sources);
            }
            Step::CheckHead(known) => self.query_head(known, sources)?,
            Step::Read(after, head) => {
                let events = sources.events.read(self.id, after, head, Limit::MAX)?;
                sources.metrics.live_reads.increment(1);
                if is_next(&events, after) {
                    if events.iter().any(Event::shows_later_changes) {
                        self.query_head(head, sources)?;
                    }
                    self.publish(events.into_iter(), self.head(), sources);
                } else {
                    self.close();
                }
            }
        }
        Ok(())
    }

    fn query_head(&self, known: Seq, sources: &Sources) -> Result<(), StoreError> {
        for (_, head) in sources.changes_since.of_chatrooms(&[(self.id, known)])? {
            self.record_head(head);
        }
        Ok(())
    }

    /// Adds events to the ring, read when the log's head was at most this one, and notifies the listeners.
    fn publish(&self, events: impl Iterator<Item = Event>, head: Seq, sources: &Sources) {
        let entries: Vec<_> = events.map(|event| Entry::read_at(head, event, &*sources.writer)).collect();
        let now = Instant::now();
        {
            let mut state = self.state.lock();
            for entry in entries {
                state.ring.push(entry, now);
            }
        }
        self.notify();
    }

    /// Marks the log as deleted, because entries up to the known head are missing from it.
    fn close(&self) {
        {
            let mut state = self.state.lock();
            state.deleted = true;
            state.sent.clear();
        }
        self.notify();
    }

    fn notify(&self) {
        self.subscriptions.read().iter().for_each(|subscription| subscription.notify());
    }
}

impl State {
    fn move_head(&mut self, head: Seq) {
        if head > self.head {
            self.head = head;
            self.moved_at = Some(Instant::now());
        }
    }

    fn is_behind(&self) -> bool {
        self.head > self.ring.last() && !self.deleted
    }

    fn queue(&mut self) -> bool {
        !std::mem::replace(&mut self.queued, true)
    }

    /// Takes the sent messages that follow the ring without a gap; drops the others, which the log has.
    fn take_next_sent(&mut self) -> Vec<Message> {
        self.sent.sort_unstable_by_key(|message| message.seq);
        let mut next = self.ring.last();
        let mut taken = Vec::new();
        for message in self.sent.drain(..) {
            if message.seq == next + 1 {
                next = message.seq;
                taken.push(message);
            }
        }
        taken
    }
}

/// Returns whether the events continue the log without a gap.
pub(crate) fn is_next(events: &[Event], after: Seq) -> bool {
    events.first().is_some_and(|event| event.seq == after + 1)
}

#[cfg(test)]
pub(crate) mod tests {
    use bytes::Bytes;
    use chit_chat_domain::id::MessageId;
    use chit_chat_domain::testing;
    use chit_chat_domain::user::User;
    use uuid::Uuid;

    use super::*;
    use crate::entry::Write;

    pub(crate) struct Plain;

    impl Write for Plain {
        fn write(&self, event: Event) -> EncodedEvent {
            let text = Bytes::from(event.seq.to_string());
            EncodedEvent { identified: text.clone(), anonymous: text.clone(), json: text }
        }

        fn write_profile(&self, user: User) -> EncodedEvent {
            let text = Bytes::from(user.id.to_string());
            EncodedEvent { identified: text.clone(), anonymous: text.clone(), json: text }
        }
    }

    pub(crate) fn message(seq: Seq) -> Message {
        let id = Uuid::from_u128(seq.unsigned_abs().into());
        let room = ChatroomId::from(Uuid::from_u128(1));
        testing::message().with_id(MessageId::from(id)).with_chatroom(room).with_seq(seq).build()
    }

    pub(crate) fn entry(seq: Seq) -> Entry {
        Entry::new(Event::of_sending(message(seq)), &Plain)
    }

    fn room() -> Room {
        Room::new(ChatroomId::from(Uuid::from_u128(1)), 10)
    }

    #[test]
    fn local_next_entry_is_published_without_reading() {
        let room = room();
        assert!(room.record_sent(&message(12)));
        assert!(!room.record_sent(&message(11)));
        assert_eq!(room.next_step(), Some(Step::Publish(vec![message(11), message(12)])));
    }

    #[test]
    fn missing_entries_are_read_from_log() {
        let room = room();
        room.record_sent(&message(11));
        room.record_sent(&message(14));
        assert_eq!(room.next_step(), Some(Step::Publish(vec![message(11)])));
        assert_eq!(room.next_step(), Some(Step::Read(10, 14)));
    }

    #[test]
    fn hint_queries_head_once() {
        let room = room();
        assert!(room.request_head_check());
        assert!(!room.request_head_check());
        assert_eq!(room.next_step(), Some(Step::CheckHead(10)));
        assert_eq!(room.next_step(), None);
        room.record_head(11);
        assert!(room.needs_serving());
        assert!(!room.needs_serving());
        assert_eq!(room.next_step(), Some(Step::Read(10, 11)));
    }

    #[test]
    fn outdated_entries_are_ignored() {
        let room = room();
        room.record_head(10);
        assert!(!room.needs_serving());
        room.record_sent(&message(9));
        assert_eq!(room.next_step(), None);
    }
}
