//! Sessions that ended before their access tokens expired.

use crate::clock::Timestamp;
use crate::id::SessionId;

/// An ended session, whose access tokens the server has to reject until the last one expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedSession {
    pub id: SessionId,
    /// The time by which the last access token has expired on every instance.
    pub tokens_expire_at: Timestamp,
}
