//! Sessions on the wire.

use chit_chat_domain::id::SessionId;
use chit_chat_domain::session::Session;
use serde::Serialize;

use super::values::{Id, Time};

/// One of the caller's sessions.
#[derive(Serialize)]
pub(crate) struct SessionView {
    id: Id<SessionId>,
    created_at: Time,
    last_used_at: Time,
    user_agent: Option<String>,
    /// Whether the request itself belongs to it.
    current: bool,
}

impl SessionView {
    pub(crate) fn new(session: Session, current: SessionId) -> Self {
        Self {
            id: Id(session.id),
            created_at: Time(session.created_at),
            last_used_at: Time(session.last_used_at),
            user_agent: session.user_agent,
            current: session.id == current,
        }
    }
}
