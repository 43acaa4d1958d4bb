//! The ports that streams read, the encoder of their events, and their metrics.

use std::sync::Arc;

use chit_chat_domain::changes_since::ChangesSince;
use chit_chat_domain::event::EventRepository;
use chit_chat_domain::user::UserRepository;
use metrics::{Counter, Gauge, counter, gauge};

use crate::entry::Write;

/// The ports, the encoder and the metrics of one [`Hub`](crate::Hub).
pub struct Sources {
    pub(crate) events: Arc<dyn EventRepository>,
    pub(crate) changes_since: Arc<dyn ChangesSince>,
    pub(crate) users: Arc<dyn UserRepository>,
    pub(crate) writer: Box<dyn Write>,
    pub(crate) metrics: Metrics,
}

pub(crate) struct Metrics {
    pub(crate) live_reads: Counter,
    pub(crate) replay_reads: Counter,
    pub(crate) listeners: Gauge,
    pub(crate) chatrooms: Gauge,
    pub(crate) users: Gauge,
}

impl Sources {
    pub fn new(
        events: Arc<dyn EventRepository>,
        changes_since: Arc<dyn ChangesSince>,
        users: Arc<dyn UserRepository>,
        writer: Box<dyn Write>,
    ) -> Self {
        Self { events, changes_since, users, writer, metrics: Metrics::new() }
    }
}

impl Metrics {
    fn new() -> Self {
        let reads = |of: &'static str| counter!("chit_chat_stream_reads_total", "for" => of);
        Self {
            live_reads: reads("live"),
            replay_reads: reads("replay"),
            listeners: gauge!("chit_chat_streams"),
            chatrooms: gauge!("chit_chat_followed_chatrooms"),
            users: gauge!("chit_chat_followed_users"),
        }
    }
}
