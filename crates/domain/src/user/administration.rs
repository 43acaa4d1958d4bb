//! Use cases of operators for other users' accounts.

use std::sync::Arc;

use super::{NewPassword, PasswordHash, PasswordHasher, PasswordPolicy, User, UserRepository};
use crate::clock::{Clock, Timestamp};
use crate::denial::{Denial, Failure};
use crate::id::UserId;
use crate::page::Limit;
use crate::session::EndedSession;
use crate::store_error::StoreError;

/// An account as operators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The living user.
    pub user: User,
    /// The time since which the user is disabled.
    pub disabled_at: Option<Timestamp>,
}

/// The filter of a list of accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Folded text that the username or display name contains.
    pub text: Option<String>,
    /// Lists only disabled accounts.
    pub disabled: bool,
}

/// Stores the decisions of operators about accounts.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait AdministrationRepository: Send + Sync {
    /// The accounts of living users by folded username, starting after `after`; one more than the limit.
    fn list(&self, filter: AccountFilter, after: Option<String>, limit: Limit)
    -> Result<Vec<Account>, StoreError>;

    /// Disables a living user and ends their sessions atomically; `None` if the user is deleted. A disabled
    /// user keeps the earlier time.
    fn disable(&self, id: UserId, at: Timestamp) -> Result<Option<Vec<EndedSession>>, StoreError>;

    /// Enables a living user; `None` if the user is deleted.
    fn enable(&self, id: UserId) -> Result<Option<()>, StoreError>;

    /// Sets a new password of a living user and ends their sessions atomically; `None` if the user is deleted.
    fn reset_password(
        &self,
        id: UserId,
        new: PasswordHash,
        at: Timestamp,
    ) -> Result<Option<Vec<EndedSession>>, StoreError>;
}

/// Disables and enables accounts, and resets passwords. Users are found by username, without regard to case.
pub struct AdministrationService {
    pub users: Arc<dyn UserRepository>,
    pub administration: Arc<dyn AdministrationRepository>,
    pub hasher: Arc<dyn PasswordHasher>,
    pub clock: Arc<dyn Clock>,
}

impl AdministrationService {
    /// Disables a user, and returns them and the sessions that this ended.
    ///
    /// Asks [`UserRepository::credentials`], then [`AdministrationRepository::disable`].
    pub fn disable(&self, username: &str) -> Result<(User, Vec<EndedSession>), Failure> {
        let user = self.find(username)?;
        let ended = self.administration.disable(user.id, self.clock.now())?;
        Ok((user, ended.ok_or(Denial::UserNotFound)?))
    }

    /// Enables a user.
    ///
    /// Asks [`UserRepository::credentials`], then [`AdministrationRepository::enable`].
    pub fn enable(&self, username: &str) -> Result<User, Failure> {
        let user = self.find(username)?;
        self.administration.enable(user.id)?.ok_or(Denial::UserNotFound)?;
        Ok(user)
    }

    /// Replaces a password without checking the old one, and returns the user and the sessions that this ended.
    ///
    /// Asks [`UserRepository::credentials`], [`PasswordHasher::hash`], then
    /// [`AdministrationRepository::reset_password`].
    pub fn reset_password(&self, username: &str, password: &str) -> Result<(User, Vec<EndedSession>), Failure> {
        let password = NewPassword::parse(password, PasswordPolicy::Strict)
            .map_err(|violation| Failure::invalid("password", violation))?;
        let user = self.find(username)?;
        let hash = self.hasher.hash(password.reveal())?;
        let ended = self.administration.reset_password(user.id, hash, self.clock.now())?;
        Ok((user, ended.ok_or(Denial::UserNotFound)?))
    }

    fn find(&self, username: &str) -> Result<User, Failure> {
        // No username contains U+0000, and not every store accepts it in a query.
        let credentials =
            if username.contains('\0') { None } else { self.users.credentials(username.to_ascii_lowercase())? };
        Ok(credentials.ok_or(Denial::UserNotFound)?.user)
    }
}
