//! Revisions: what a message said before it was edited.

mod repository;
mod service;

#[cfg(feature = "mocks")]
pub use repository::MockRevisionRepository;
pub use repository::RevisionRepository;
pub use service::RevisionService;

use crate::clock::Timestamp;
use crate::message::{MessageBody, Revision};

/// What a message said from one writing to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRevision {
    pub revision: Revision,
    pub body: MessageBody,
    /// When it was written.
    pub created_at: Timestamp,
}
