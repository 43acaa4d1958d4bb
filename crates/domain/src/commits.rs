//! Notifications of the commits of this instance.

use std::sync::Weak;

use crate::chatroom::Seq;
use crate::id::{ChatroomId, UserId};
use crate::message::Message;
use crate::session::EndedSession;

/// Receives the changes of each transaction of this instance, after the commit and before the caller has the
/// answer.
///
/// A notification can be lost if the connection fails during the commit, and other instances commit as well. So
/// an observer treats it as a hint of a change, and the store as the source of truth. Calls come from many
/// threads and delay the writer, so an implementation only records them.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait CommitObserver: Send + Sync {
    /// A message was stored.
    fn sent(&self, message: &Message);

    /// Entries of a log were stored, without messages, that count these bytes for their actor.
    fn logged(&self, actor: UserId, bytes: i64);

    /// A chatroom's log has a new head.
    fn chatroom_moved(&self, chatroom: ChatroomId, head: Seq);

    /// A user's private state changed: memberships, read state or the account.
    fn user_moved(&self, user: UserId);

    /// The part of a user's profile that others see has changed.
    fn profile_changed(&self, user: UserId);

    /// These sessions have ended.
    fn sessions_ended(&self, ended: &[EndedSession]);
}

/// Notifies observers of every commit of this instance.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Commits: Send + Sync {
    /// Adds an observer. It is held weakly, because most observers read from the store that notifies them.
    fn observe(&self, observer: Weak<dyn CommitObserver>);
}
