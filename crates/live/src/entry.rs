//! Log entries, serialised once for all listeners.

use bytes::Bytes;
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::event::{Change, Event};
use chit_chat_domain::id::UserId;
use chit_chat_domain::user::User;

/// A serialised event in the forms that streams need, which share one buffer.
#[derive(Clone, Debug)]
pub struct EncodedEvent {
    /// The server-sent event with its position as `id:`.
    pub identified: Bytes,
    /// The server-sent event without a position.
    pub anonymous: Bytes,
    /// The bare JSON.
    pub json: Bytes,
}

/// Serialises events.
pub trait Write: Send + Sync {
    /// Serialises an event as streams send it.
    fn write(&self, event: Event) -> EncodedEvent;

    /// Serialises a user's new profile, as others see it.
    fn write_profile(&self, user: User) -> EncodedEvent;
}

/// An entry of a chatroom's log.
#[derive(Debug)]
pub struct Entry {
    pub seq: Seq,
    pub encoded: EncodedEvent,
    ends: Ends,
    later: Option<Box<Later>>,
}

/// Changes to the message after this entry; entries show messages in their current state.
#[derive(Debug)]
struct Later {
    /// A seq at which the log contains all these changes.
    until: Seq,
    /// The entry without these changes.
    withheld: EncodedEvent,
}

/// The users who receive nothing of the chatroom after an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    Nobody,
    One(UserId),
    Everybody,
}

impl Entry {
    pub(crate) fn new(event: Event, writer: &dyn Write) -> Self {
        let ends = match event.change {
            Change::MembershipDeleted { user_id, .. } => Ends::One(user_id),
            Change::ChatroomDeleted => Ends::Everybody,
            _ => Ends::Nobody,
        };
        Self { seq: event.seq, encoded: writer.write(event), ends, later: None }
    }

    /// Creates an entry from an event that was read when the log had this head.
    pub(crate) fn read_at(head: Seq, event: Event, writer: &dyn Write) -> Self {
        let later = event.withheld().map(|event| Box::new(Later { until: head, withheld: writer.write(event) }));
        Self { later, ..Self::new(event, writer) }
    }

    /// The seq up to which the entry reflects the log.
    pub(crate) fn reflects(&self) -> Seq {
        self.later.as_ref().map_or(self.seq, |later| later.until)
    }

    /// The entry for users who were no longer members when the message changed.
    pub(crate) fn withheld(&self) -> Option<Self> {
        let later = self.later.as_ref()?;
        Some(Self { seq: self.seq, encoded: later.withheld.clone(), ends: self.ends, later: None })
    }

    /// Returns whether this is the last entry of the chatroom for the user.
    pub(crate) fn is_last_for(&self, user: UserId) -> bool {
        self.ends == Ends::Everybody || self.ends == Ends::One(user)
    }

    pub(crate) fn size(&self) -> usize {
        self.encoded.identified.len()
    }
}
