//! Users: who they are, how they sign up, change and delete their account.

mod accounts;
mod administration;
mod display_name;
mod email;
#[cfg_attr(feature = "mocks", expect(clippy::ref_option_ref, reason = "mockall keeps arguments by reference"))]
mod password;
mod repository;
mod username;

pub use accounts::{AccountService, ProfileChange, SignUp, SignUps};
pub use administration::{Account, AccountFilter, AdministrationRepository, AdministrationService};
pub use display_name::DisplayName;
pub use email::Email;
pub use password::{HasherBusy, NewPassword, PasswordHash, PasswordHasher, PasswordPolicy};
pub use repository::{Credentials, NewUser, PasswordChange, SignedUp, UserChanges, UserRepository};
pub use username::Username;
#[cfg(feature = "mocks")]
pub use {
    administration::MockAdministrationRepository, password::MockPasswordHasher, repository::MockUserRepository,
};

use crate::clock::Timestamp;
use crate::id::UserId;

/// A user. Of a deleted one nothing is left but the id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// When the account was made.
    pub created_at: Timestamp,
    /// What the account holds, `None` once it was deleted.
    pub profile: Option<Profile>,
}

/// What a living account holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub username: Username,
    pub display_name: Option<DisplayName>,
    /// Seen by the owner alone.
    pub email: Option<Email>,
}
