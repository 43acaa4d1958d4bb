//! Revisions: the bodies of a message before and after each edit.

mod repository;
mod service;

#[cfg(feature = "mocks")]
pub use repository::MockRevisionRepository;
pub use repository::RevisionRepository;
pub use service::RevisionService;

use crate::clock::Timestamp;
use crate::message::{MessageBody, Revision};

/// The body of a message from one edit to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRevision {
    pub revision: Revision,
    pub body: MessageBody,
    /// The time of writing.
    pub created_at: Timestamp,
}
