//! The port by which instances learn what others have changed.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::id::{ChatroomId, InstanceId, UserId};
use crate::store_error::StoreError;

/// The time after which an instance that does not report counts as stopped.
pub const PRESENCE: Duration = Duration::from_secs(30);
/// The time for which announcements are kept.
pub const ANNOUNCEMENT_RETENTION: Duration = Duration::from_secs(60);

/// Chatrooms with new entries, users with a new version, and users with a new profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    pub chatrooms: Vec<ChatroomId>,
    pub users: Vec<UserId>,
    pub profiles: Vec<UserId>,
}

/// The changes of one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The place among all announcements. One with a lower position may appear later.
    pub position: i64,
    pub changed: Changed,
}

/// Announces changes between the instances that share a store.
///
/// An announcement is only a hint: it is lost if its instance crashes, and whoever depends on it has to look at
/// everything from time to time. Changed profiles are only announced, so they can be missed.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Announcements: Send + Sync {
    /// Records that this instance is running, and returns whether another one is. Deletes announcements and
    /// instances that are too old.
    fn report(&self, instance: InstanceId, at: Timestamp) -> Result<bool, StoreError>;

    /// Announces changes to the other instances.
    fn announce(&self, instance: InstanceId, changed: Changed, at: Timestamp) -> Result<(), StoreError>;

    /// The announcements of other instances beyond this position, but for those already seen.
    fn beyond(&self, instance: InstanceId, position: i64, seen: Vec<i64>)
    -> Result<Vec<Announcement>, StoreError>;
}
