//! Revisions: the bodies of a message before and after each edit.

mod repository;
mod service;

#[cfg(feature = "mocks")]
pub use repository::MockRevisionRepository;
pub use repository::RevisionRepository;
pub use service::RevisionService;

use crate::clock::Timestamp;
use crate::message::{MessageBody, Revision};

/// The number of revisions kept of a message, its current one included. An edit beyond it deletes the oldest.
pub const MAX_REVISIONS: Revision = 100;

/// The newest revision that is no longer kept once the message is at this revision; below 1 if all are.
pub fn newest_forgotten(current: Revision) -> Revision {
    current.saturating_sub(MAX_REVISIONS)
}

/// The body of a message from one edit to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRevision {
    pub revision: Revision,
    pub body: MessageBody,
    /// The time of writing.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hundred_revisions_are_kept() {
        assert!(newest_forgotten(1) < 1 && newest_forgotten(100) < 1);
        assert_eq!((newest_forgotten(101), newest_forgotten(250)), (1, 150));
    }
}
