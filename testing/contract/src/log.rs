//! Reads a chatroom's log in the form that tests compare.

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::event::{Change, Event};
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::message::Message;
use chit_chat_domain::page::Limit;

use crate::World;

impl World {
    /// Reads the whole log up to the head. Fails unless it is dense: 1, 2, 3, ... without a gap.
    pub fn log(&self, room: ChatroomId) -> Vec<Event> {
        self.log_to(room, self.head(room))
    }

    /// Reads the log up to `head`, for a deleted chatroom, whose head cannot be read.
    pub fn log_to(&self, room: ChatroomId, head: Seq) -> Vec<Event> {
        let mut log: Vec<Event> = Vec::new();
        loop {
            let after = log.last().map_or(0, |event| event.seq);
            let page = self.events.read(room, after, head, Limit::MAX).unwrap();
            if page.is_empty() {
                break;
            }
            log.extend(page);
        }
        let seqs: Vec<Seq> = log.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, (1..=head).collect::<Vec<_>>(), "the log is not dense");
        log
    }

    /// The kinds of all entries of the log.
    pub fn kinds(&self, room: ChatroomId) -> Vec<&'static str> {
        self.log(room).iter().map(|event| kind(&event.change)).collect()
    }
}

/// The messages that the log records as sent.
pub fn messages_in(log: Vec<Event>) -> Vec<Message> {
    let sent = |event: Event| match event.change {
        Change::MessageCreated(message) => Some(message),
        _ => None,
    };
    log.into_iter().filter_map(sent).collect()
}

/// The name of a change in the API.
pub fn kind(change: &Change) -> &'static str {
    change.kind().as_str()
}
