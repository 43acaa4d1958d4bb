//! The port that keeps users.

use super::{DisplayName, Email, PasswordHash, User, Username};
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
    /// What keeps the name taken, also after the account was deleted.
    pub reservation: String,
    pub display_name: Option<DisplayName>,
    pub email: Option<Email>,
    /// What is kept of the password.
    pub password_hash: PasswordHash,
    pub created_at: Timestamp,
}

/// What became of a sign-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedUp {
    /// The user is stored.
    Created,
    /// Somebody has, or had, this username.
    UsernameTaken,
}

/// A user and what their password is checked against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The living user.
    pub user: User,
    /// What is kept of the password.
    pub password_hash: PasswordHash,
    /// Since when the user cannot sign in.
    pub disabled_at: Option<Timestamp>,
}

/// A new password. It takes only if the old one is still what was checked, and if the session that
/// asks is open, which is the only one that it leaves open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordChange {
    pub new: PasswordHash,
    pub checked: PasswordHash,
    pub session: SessionId,
}

/// What to change of a user; the outer `None` leaves a value as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserChanges {
    /// `Some(None)` removes it.
    pub display_name: Option<Option<DisplayName>>,
    /// `Some(None)` removes it.
    pub email: Option<Option<Email>>,
    pub password: Option<PasswordChange>,
}

/// Keeps users.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait UserRepository: Send + Sync {
    /// Stores a user unless the username is or was somebody's.
    fn insert(&self, user: NewUser) -> Result<SignedUp, StoreError>;

    /// The user, deleted or not.
    fn find(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Those of the users that exist, deleted or not, by id.
    fn find_many(&self, ids: Vec<UserId>) -> Result<Vec<User>, StoreError>;

    /// The living user of that folded username, and their password's hash.
    fn credentials(&self, folded_username: String) -> Result<Option<Credentials>, StoreError>;

    /// Living users by folded username, from behind `after`; of a folded `query` those whose
    /// username or display name contains it. One row more than the limit tells that more follow.
    fn search(&self, query: Option<String>, after: Option<String>, limit: Limit) -> Result<Vec<User>, StoreError>;

    /// Changes a living user in one step; a new password ends the user's other sessions. `None` if
    /// the user is gone, or what a new password rests on has changed.
    fn update(
        &self,
        id: UserId,
        changes: UserChanges,
        at: Timestamp,
    ) -> Result<Option<(User, Vec<EndedSession>)>, StoreError>;

    /// Wipes what the account held and ends its sessions, in one step; the username stays taken.
    /// `None` if the user is gone or disabled, or has another password than the one that was checked.
    fn delete(
        &self,
        id: UserId,
        checked: PasswordHash,
        at: Timestamp,
    ) -> Result<Option<Vec<EndedSession>>, StoreError>;

    /// Deleted users who are still members somewhere: what a crash left unfinished.
    fn deleted_members(&self) -> Result<Vec<UserId>, StoreError>;
}
