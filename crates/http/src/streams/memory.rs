//! The memory of streams, as far as the budget for all bodies and responses has to have room for it.

use std::rc::Rc;

use actix_web::HttpRequest;

use crate::connections::{Connection, Held};
use crate::limits::Source;

/// The number of chatrooms on a stream up to which no memory is held for it.
pub(super) const FEW: usize = 64;
/// The bytes that a stream takes for each chatroom: 112 for its positions, 72 for its subscription, and the rest for
/// an event with the heads of all chatrooms, and for the list of memberships when those change.
const CHATROOM: usize = 320;

/// The client that memory is held for.
#[derive(Clone)]
pub(super) struct Account {
    connection: Option<Rc<Connection>>,
    source: Option<Source>,
}

/// The memory of one stream.
pub(super) struct StreamMemory {
    account: Account,
    held: Option<Held>,
    /// The number of chatrooms that it is held for.
    chatrooms: usize,
}

impl Account {
    pub(super) fn of(request: &HttpRequest) -> Self {
        let connection = Connection::of(request);
        Self { source: connection.as_ref().and_then(|connection| connection.client_of(request)), connection }
    }

    /// Holds so many bytes in all; returns whether there is room for them.
    pub(super) fn hold(&self, held: &mut Option<Held>, bytes: usize) -> bool {
        let Some(connection) = &self.connection else {
            return true;
        };
        if let Some(held) = held.as_mut() {
            return held.grow_to(bytes);
        }
        *held = connection.reserve_frame(self.source, bytes);
        held.is_some()
    }
}

impl StreamMemory {
    pub(super) fn new(account: Account) -> Self {
        Self { account, held: None, chatrooms: FEW }
    }

    /// Holds the memory of a stream of so many chatrooms; returns whether there is room for it. Never holds less than
    /// before.
    pub(super) fn hold(&mut self, chatrooms: usize) -> bool {
        if chatrooms <= self.chatrooms {
            return true;
        }
        let has_room = self.account.hold(&mut self.held, chatrooms.saturating_mul(CHATROOM));
        if has_room {
            self.chatrooms = chatrooms;
        }
        has_room
    }
}
