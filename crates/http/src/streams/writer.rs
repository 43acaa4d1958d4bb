//! Serializes events, once for all subscribers.

use std::sync::Arc;

use chit_chat_domain::clock::Clock;
use chit_chat_domain::event::Event;
use chit_chat_domain::user::User;
use chit_chat_live::{EncodedEvent, Write};

use super::notice;
use crate::views::{EventView, encoded};

/// Serializes the events of logs and changed profiles.
pub(crate) struct EventWriter {
    pub(crate) clock: Arc<dyn Clock>,
}

impl Write for EventWriter {
    fn write(&self, event: Event) -> EncodedEvent {
        let seq = event.seq;
        let view = EventView::from(event);
        encoded(&seq.to_string(), view.kind(), &view)
    }

    fn write_profile(&self, user: User) -> EncodedEvent {
        notice::user_updated(user, self.clock.now())
    }
}
