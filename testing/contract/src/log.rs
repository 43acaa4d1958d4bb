//! Reading a chatroom's log as tests compare it.

use chit_chat_domain::chatroom::Seq;
use chit_chat_domain::event::{Change, Event};
use chit_chat_domain::id::ChatroomId;
use chit_chat_domain::message::Message;
use chit_chat_domain::page::Limit;

use crate::World;

impl World {
    /// The whole log up to the head. Fails unless it is dense: 1, 2, 3, ... and complete.
    pub fn log(&self, room: ChatroomId) -> Vec<Event> {
        self.log_to(room, self.head(room))
    }

    /// As `log`, for a chatroom whose head cannot be read any more.
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

    /// The kinds of the whole log's entries.
    pub fn kinds(&self, room: ChatroomId) -> Vec<&'static str> {
        self.log(room).iter().map(|event| kind(&event.change)).collect()
    }
}

/// What was sent, of all that is logged.
pub fn messages_in(log: Vec<Event>) -> Vec<Message> {
    let sent = |event: Event| match event.change {
        Change::MessageCreated(message) => Some(message),
        _ => None,
    };
    log.into_iter().filter_map(sent).collect()
}

/// The name of a change, as the API calls it.
pub fn kind(change: &Change) -> &'static str {
    change.kind().as_str()
}
