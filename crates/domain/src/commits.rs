//! Telling subscribers what this instance has just committed.

use std::sync::Weak;

use crate::chatroom::Seq;
use crate::id::{ChatroomId, UserId};
use crate::message::Message;
use crate::session::EndedSession;

/// Receives what a transaction of this instance changed, once it has committed and before its caller has the
/// answer.
///
/// A notification may be lost: the connection may fail during the commit, and other instances commit as well.
/// So an observer treats it as a hint that something moved, and the store as the truth. Calls come from many
/// threads and hold up the writer, so an implementation only takes notes.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait CommitObserver: Send + Sync {
    /// A message was stored.
    fn sent(&self, message: &Message);

    /// A chatroom's log has come this far.
    fn chatroom_moved(&self, chatroom: ChatroomId, head: Seq);

    /// Something changed for a user alone: memberships, read state or the account.
    fn user_moved(&self, user: UserId);

    /// These sessions have ended.
    fn sessions_ended(&self, ended: &[EndedSession]);
}

/// Notifies observers of every commit of this instance.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Commits: Send + Sync {
    /// Adds an observer. It is held weakly, because most observers read from the store that notifies them.
    fn observe(&self, observer: Weak<dyn CommitObserver>);
}
