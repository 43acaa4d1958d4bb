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
        Self { seq: event.seq, written: writer.write(event), ends }
    }

    /// Whether this is the last that the user hears of the chatroom.
    pub(crate) fn is_last_for(&self, user: UserId) -> bool {
        self.ends == Ends::Everybody || self.ends == Ends::One(user)
    }

    pub(crate) fn size(&self) -> usize {
        self.written.identified.len()
    }
}
