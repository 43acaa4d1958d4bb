//! The memory of a WebSocket's message that has not arrived completely, as far as the budget for all bodies and
//! responses has to have room for it.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use super::super::memory::Account;
use crate::connections::Held;

/// The size up to which a message is not held.
const SMALL: usize = 16 * 1024;
/// The time for a large message to arrive completely.
const SLOWEST: Duration = Duration::from_secs(30);

pub(super) struct MessageMemory {
    account: Account,
    /// The most that one message can take: a frame and the fragments before it, in buffers that double as they grow.
    most: usize,
    /// The bytes that arrived since the last complete message.
    arrived: Cell<usize>,
    held: RefCell<Option<Held>>,
    /// The time since which a large message has been arriving.
    large_since: Cell<Option<Instant>>,
}

impl MessageMemory {
    pub(super) fn new(account: Account, largest: usize) -> Self {
        Self {
            account,
            most: 4 * largest,
            arrived: Cell::new(0),
            held: RefCell::default(),
            large_since: Cell::new(None),
        }
    }

    /// Counts bytes that arrived; returns whether there is room for them.
    pub(super) fn arrived(&self, bytes: usize) -> bool {
        let arrived = self.arrived.get().saturating_add(bytes);
        self.arrived.set(arrived);
        if arrived <= SMALL {
            return true;
        }
        if self.large_since.get().is_none() {
            self.large_since.set(Some(Instant::now()));
        }
        self.account.hold(&mut self.held.borrow_mut(), arrived.saturating_mul(2).min(self.most))
    }

    /// A message is complete. Returns its memory, to hold until the message is handled.
    pub(super) fn complete(&self) -> Option<Held> {
        self.arrived.set(0);
        self.large_since.take().and_then(|_| self.held.take())
    }

    /// Returns whether a large message has been arriving for too long.
    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        self.large_since.get().is_some_and(|since| now.saturating_duration_since(since) > SLOWEST)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn large_messages_have_a_time_limit() {
        let account = Account::of(&TestRequest::default().to_http_request());
        let memory = MessageMemory::new(account, 128 * 1024);
        let (now, late) = (Instant::now(), Instant::now() + SLOWEST + Duration::from_secs(1));
        assert!(memory.arrived(SMALL) && !memory.is_overdue(late));
        assert!(memory.arrived(1) && memory.is_overdue(late) && !memory.is_overdue(now));
        assert!(memory.complete().is_none() && !memory.is_overdue(late));
    }
}
