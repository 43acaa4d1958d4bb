//! The port that stores users.

use super::{DisplayName, Email, OwnMessages, PasswordHash, User, Username, WhoCanAddMe};
use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};
use crate::page::Limit;
use crate::session::EndedSession;
use crate::store_error::StoreError;

/// A user about to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    pub id: UserId,
    pub username: Username,
    /// The hash that keeps the username taken, even after the account is deleted.
    pub reservation: String,
    pub display_name: Option<DisplayName>,
    pub email: Option<Email>,
    /// The hash of the password.
    pub password_hash: PasswordHash,
    pub created_at: Timestamp,
}

/// The outcome of a sign-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedUp {
    /// The user is stored.
    Created,
    /// The username is or was in use.
    UsernameTaken,
}

/// A user and their password hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The living user.
    pub user: User,
    /// The hash of the password.
    pub password_hash: PasswordHash,
    /// The time since which the user is disabled.
    pub disabled_at: Option<Timestamp>,
}

/// A new password. It is set only if the old one is still the one that was checked and the requesting session
/// is open; all other sessions end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordChange {
    pub new: PasswordHash,
    pub checked: PasswordHash,
    pub session: SessionId,
}

/// The deletion of an account. It is done only if the password is still the one that was checked and the requesting
/// session is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountDeletion {
    pub checked: PasswordHash,
    pub session: SessionId,
    pub messages: OwnMessages,
}

impl AccountDeletion {
    /// An account with at most as many chatrooms leaves them within the request; others leave theirs afterwards, in
    /// batches.
    pub const FEW_CHATROOMS: usize = 50;
}

/// A new username. The old one is reserved for its holder for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsernameChange {
    pub new: Username,
    /// The hash that keeps the new name taken.
    pub reservation: String,
}

/// The changes of a user; the outer `None` keeps the current value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserChanges {
    pub username: Option<UsernameChange>,
    /// The display name; `Some(None)` removes it.
    pub display_name: Option<Option<DisplayName>>,
    /// The email address; `Some(None)` removes it.
    pub email: Option<Option<Email>>,
    pub who_can_add_me: Option<WhoCanAddMe>,
    pub password: Option<PasswordChange>,
}

/// The outcome of changing a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Updated {
    /// The user is changed, and these sessions ended.
    Changed(User, Vec<EndedSession>),
    /// The new username is or was in use by another user; nothing is changed.
    UsernameTaken,
    /// Too many former names of the user are reserved; nothing is changed.
    RenamedTooOften,
}

/// Stores users.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait UserRepository: Send + Sync {
    /// Stores a user unless the username is in use, was in use by a deleted account, or is reserved for the user who
    /// gave it up.
    fn insert(&self, user: NewUser) -> Result<SignedUp, StoreError>;

    /// The user, deleted or not.
    fn find(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Returns whether there is such a user, neither deleted nor disabled.
    fn is_active(&self, id: UserId) -> Result<bool, StoreError>;

    /// The existing users among these, deleted or not, by id.
    fn find_many(&self, ids: Vec<UserId>) -> Result<Vec<User>, StoreError>;

    /// The living user with this folded username, and their password hash.
    fn credentials(&self, folded_username: String) -> Result<Option<Credentials>, StoreError>;

    /// Living users by folded username, starting after `after`; one more than the limit.
    fn list(&self, after: Option<String>, limit: Limit) -> Result<Vec<User>, StoreError>;

    /// Changes a living user atomically; a new password ends the user's other sessions, and a new username that
    /// differs in more than case reserves the old one for [`Username::RESERVED_FOR`]. `None` if the user is deleted,
    /// or if a condition of the new password no longer holds.
    fn update(&self, id: UserId, changes: UserChanges, at: Timestamp) -> Result<Option<Updated>, StoreError>;

    /// Erases the data of the account and ends its sessions atomically; the username stays taken. `None` if the
    /// user is deleted or disabled, the password is no longer the one that was checked, or the session has ended.
    /// Messages that are to be deleted are marked, for
    /// [`Upkeep::erase_messages`](crate::upkeep::Upkeep::erase_messages), and so is a user who has chatrooms to
    /// leave, for [`departing`](Self::departing). Those of a user with
    /// [few](AccountDeletion::FEW_CHATROOMS) of them refuse at once what the user is sending there, and direct ones
    /// are read-only at once.
    fn delete(
        &self,
        id: UserId,
        deletion: AccountDeletion,
        at: Timestamp,
    ) -> Result<Option<Vec<EndedSession>>, StoreError>;

    /// A deleted user who is marked as having chatrooms to leave.
    fn departing(&self) -> Result<Option<UserId>, StoreError>;

    /// Removes the mark of a deleted user who has left all chatrooms.
    fn departed(&self, user: UserId) -> Result<(), StoreError>;
}
