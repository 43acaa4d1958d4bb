//! What operators do with other people's accounts.

use std::sync::Arc;

use super::{NewPassword, PasswordHash, PasswordHasher, PasswordPolicy, User, UserRepository};
use crate::clock::{Clock, Timestamp};
use crate::denial::{Denial, Failure};
use crate::id::UserId;
use crate::page::Limit;
use crate::session::{EndedSession, EndedSessions};
use crate::store_error::StoreError;

/// An account as operators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Somebody living.
    pub user: User,
    /// Since when they cannot sign in.
    pub disabled_at: Option<Timestamp>,
}

/// Which accounts to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Folded; part of the username or the display name.
    pub text: Option<String>,
    /// Only those that are disabled.
    pub disabled: bool,
}

/// Keeps what operators decide about accounts.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait AdministrationRepository: Send + Sync {
    /// Living users' accounts by folded username, from behind `after`. One row more than the limit
    /// tells that more follow.
    fn list(&self, filter: AccountFilter, after: Option<String>, limit: Limit)
    -> Result<Vec<Account>, StoreError>;

    /// Keeps a living user from signing in and ends their sessions, in one step; `None` if the user
    /// is gone. Who is disabled already stays so since then.
    fn disable(&self, id: UserId, at: Timestamp) -> Result<Option<Vec<EndedSession>>, StoreError>;

    /// Lets a living user sign in again; `None` if the user is gone.
    fn enable(&self, id: UserId) -> Result<Option<()>, StoreError>;

    /// Gives a living user a new password and ends their sessions, in one step; `None` if the user
    /// is gone.
    fn reset_password(
        &self,
        id: UserId,
        new: PasswordHash,
        at: Timestamp,
    ) -> Result<Option<Vec<EndedSession>>, StoreError>;
}

/// Disabling and enabling accounts, and resetting their passwords. Users are named by username,
/// without regard to case.
pub struct AdministrationService {
    pub users: Arc<dyn UserRepository>,
    pub administration: Arc<dyn AdministrationRepository>,
    pub hasher: Arc<dyn PasswordHasher>,
    /// Told of sessions that end.
    pub ended: Arc<dyn EndedSessions>,
    pub clock: Arc<dyn Clock>,
}

impl AdministrationService {
    /// Keeps somebody from signing in; answers them and the sessions that this ended.
    ///
    /// Asks [`UserRepository::credentials`], [`AdministrationRepository::disable`], then [`EndedSessions::note`].
    pub fn disable(&self, username: &str) -> Result<(User, Vec<EndedSession>), Failure> {
        let user = self.find(username)?;
        let ended = self.administration.disable(user.id, self.clock.now())?;
        self.noted(user, ended)
    }

    /// Lets somebody sign in again.
    ///
    /// Asks [`UserRepository::credentials`], then [`AdministrationRepository::enable`].
    pub fn enable(&self, username: &str) -> Result<User, Failure> {
        let user = self.find(username)?;
        self.administration.enable(user.id)?.ok_or(Denial::UserNotFound)?;
        Ok(user)
    }

    /// Replaces a password that may be unknown; answers its owner and the sessions that this ended.
    ///
    /// Asks [`UserRepository::credentials`], [`PasswordHasher::hash`],
    /// [`AdministrationRepository::reset_password`], then [`EndedSessions::note`].
    pub fn reset_password(&self, username: &str, password: &str) -> Result<(User, Vec<EndedSession>), Failure> {
        let password = NewPassword::parse(password, PasswordPolicy::Strict)
            .map_err(|violation| Failure::invalid("password", violation))?;
        let user = self.find(username)?;
        let hash = self.hasher.hash(password.reveal())?;
        let ended = self.administration.reset_password(user.id, hash, self.clock.now())?;
        self.noted(user, ended)
    }

    fn find(&self, username: &str) -> Result<User, Failure> {
        // No username holds U+0000, and not every store can be asked for one that does.
        let credentials =
            if username.contains('\0') { None } else { self.users.credentials(username.to_ascii_lowercase())? };
        Ok(credentials.ok_or(Denial::UserNotFound)?.user)
    }

    fn noted(&self, user: User, ended: Option<Vec<EndedSession>>) -> Result<(User, Vec<EndedSession>), Failure> {
        let ended = ended.ok_or(Denial::UserNotFound)?;
        self.ended.note(&ended);
        Ok((user, ended))
    }
}
