//! Queries for a single listener: pages of the log, and its user's memberships.

use std::sync::Arc;

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::event::Event;
use chit_chat_domain::id::{ChatroomId, UserId};
use chit_chat_domain::page::Limit;
use chit_chat_domain::store_error::StoreError;
use parking_lot::Mutex;

use crate::entry::Entry;
use crate::mailbox::Mailbox;
use crate::room::is_next;
use crate::sources::Sources;

/// The maximum number of chatrooms on one stream.
pub(crate) const MAX_CHATROOMS: usize = 5_000;
/// The maximum size of a page, not counting its last entry.
const MAX_BYTES: usize = 64 * 1024;

/// A listener's query; at most one of each kind is pending.
#[derive(Clone, Copy)]
pub(crate) enum Query {
    Page(ChatroomId, UserId, Seq, Seq),
    Memberships(UserId),
}

#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) query: Query,
    pub(crate) mailbox: Arc<Mailbox>,
}

/// Failed queries, which their listeners repeat after the next successful poll.
#[derive(Default)]
pub(crate) struct Failed(Mutex<Vec<Job>>);

impl Failed {
    pub(crate) fn record(&self, job: Job) {
        self.0.lock().push(job);
    }

    /// Notifies the listeners of the failed queries, so that they repeat them.
    pub(crate) fn retry(&self) {
        let jobs = std::mem::take(&mut *self.0.lock());
        for Job { query, mailbox } in jobs {
            mailbox.put(|mail| match query {
                Query::Page(..) => mail.rare().failed.page = true,
                Query::Memberships(_) => mail.rare().failed.memberships = true,
            });
        }
    }
}

/// Serialises as many events as fit a page, because the listener may never read them; the rest is read again.
fn encode_page(events: Vec<Event>, sources: &Sources) -> Vec<Arc<Entry>> {
    let mut left = MAX_BYTES;
    let entries = events.into_iter().map(|event| Arc::new(Entry::new(event, &*sources.writer)));
    let fits = |entry: &Arc<Entry>| {
        let fits = left > 0;
        left = left.saturating_sub(entry.size());
        fits
    };
    entries.take_while(fits).collect()
}

/// Shows messages in their current state to members only; others may have been removed before the change.
fn visible(
    events: Vec<Event>,
    chatroom: ChatroomId,
    user: UserId,
    sources: &Sources,
) -> Result<Vec<Event>, StoreError> {
    if !events.iter().any(Event::shows_later_changes) {
        return Ok(events);
    }
    if sources.changes_since.is_member(user, chatroom)? {
        return Ok(events);
    }
    Ok(events.into_iter().map(|event| event.withheld().unwrap_or(event)).collect())
}

impl Job {
    pub(crate) fn answer(&self, sources: &Sources, failed: &Failed) {
        if let Err(error) = self.try_answer(sources) {
            tracing::debug!(%error, "a listener's query failed; will retry");
            failed.record(self.clone());
        }
    }

    fn try_answer(&self, sources: &Sources) -> Result<(), StoreError> {
        match self.query {
            Query::Page(chatroom, user, after, head) => {
                let events = sources.events.read(chatroom, after, head, Limit::default())?;
                let events = visible(events, chatroom, user, sources)?;
                sources.metrics.replay_reads.increment(1);
                let entries = is_next(&events, after).then(|| encode_page(events, sources));
                self.mailbox.put(|mail| mail.rare().pages.push((chatroom, entries)));
            }
            Query::Memberships(user) => {
                let memberships = sources.changes_since.memberships(user, MAX_CHATROOMS)?;
                self.mailbox.put(|mail| mail.rare().memberships = Some(memberships));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chit_chat_domain::changes_since::MockChangesSince;
    use chit_chat_domain::event::MockEventRepository;
    use chit_chat_domain::message::{Message, MessageBody};
    use chit_chat_domain::user::MockUserRepository;
    use uuid::Uuid;

    use super::*;
    use crate::room::tests::{Plain, message};

    /// Returns an edited message as a member or a former member sees it.
    fn shown(is_member: bool) -> Event {
        let mut changes_since = MockChangesSince::new();
        changes_since.expect_is_member().return_once(move |_, _| Ok(is_member));
        let events = MockEventRepository::new();
        let sources = Sources::new(
            Arc::new(events),
            Arc::new(changes_since),
            Arc::new(MockUserRepository::new()),
            Box::new(Plain),
        );
        let event = Event::of_sending(edited());
        let user = UserId::from(Uuid::from_u128(3));
        visible(vec![event.clone()], event.chatroom_id, user, &sources).unwrap().remove(0)
    }

    fn edited() -> Message {
        Message { revision: 2, body: Some(MessageBody::parse("later").unwrap()), ..message(5) }
    }

    #[test]
    fn member_sees_current_messages() {
        assert_eq!(shown(true), Event::of_sending(edited()));
    }

    #[test]
    fn former_member_sees_no_changes() {
        assert_eq!(shown(false), Event::of_sending(edited().withheld()));
        assert_eq!(edited().withheld().body, None);
    }
}
