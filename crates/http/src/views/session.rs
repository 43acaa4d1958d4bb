//! Sessions on the wire.

use chit_chat_domain::id::SessionId;
use chit_chat_domain::session::Session;
use serde::Serialize;
use utoipa::ToSchema;

use super::values::{Id, Time};
use crate::openapi::values;

/// One of the caller's sessions.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionView {
    #[schema(schema_with = values::id)]
    id: Id<SessionId>,
    #[schema(schema_with = values::time)]
    created_at: Time,
    #[schema(schema_with = values::time)]
    last_used_at: Time,
    /// The client's `User-Agent` at sign-in.
    #[schema(required)]
    user_agent: Option<String>,
    /// True if this is the session of the request.
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
