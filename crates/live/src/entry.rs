//! What listeners hear: an event, written out once for all of them.

use bytes::Bytes;
use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::event::{Change, Event};
use chit_chat_domain::id::UserId;

/// Something written out in the forms that streams need; they share one buffer.
#[derive(Clone, Debug)]
pub struct Written {
    /// With the position behind it.
    pub identified: Bytes,
    /// Without.
    pub anonymous: Bytes,
    /// The bare JSON.
    pub json: Bytes,
}

/// Writes events out.
pub trait Write: Send + Sync {
    /// As streams show it.
    fn write(&self, event: Event) -> Written;
}

/// An entry of a chatroom's log.
#[derive(Debug)]
pub struct Entry {
    pub seq: Seq,
    pub written: Written,
    ends: Ends,
    later: Option<Box<Later>>,
}

/// Messages are shown as they are now: what was done to this one after the entry.
#[derive(Debug)]
struct Later {
    /// All of it stands in the log up to here.
    until: Seq,
    /// The entry without it.
    withheld: Written,
}

/// Who hears no more of the chatroom after an entry.
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
        Self { seq: event.seq, written: writer.write(event), ends, later: None }
    }

    /// The same, when the log had come so far after the event was read.
    pub(crate) fn read_at(head: Seq, event: Event, writer: &dyn Write) -> Self {
        let later = event.withheld().map(|event| Box::new(Later { until: head, withheld: writer.write(event) }));
        Self { later, ..Self::new(event, writer) }
    }

    /// How much of the log shows in it.
    pub(crate) fn reflects(&self) -> Seq {
        self.later.as_ref().map_or(self.seq, |later| later.until)
    }

    /// For those who were no members any more when the rest was done.
    pub(crate) fn withheld(&self) -> Option<Self> {
        let later = self.later.as_ref()?;
        Some(Self { seq: self.seq, written: later.withheld.clone(), ends: self.ends, later: None })
    }

    /// Whether this is the last that the user hears of the chatroom.
    pub(crate) fn is_last_for(&self, user: UserId) -> bool {
        self.ends == Ends::Everybody || self.ends == Ends::One(user)
    }

    pub(crate) fn size(&self) -> usize {
        self.written.identified.len()
    }
}
