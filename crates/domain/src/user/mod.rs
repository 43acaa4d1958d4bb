//! Users and their accounts.

mod accounts;
mod administration;
mod display_name;
mod email;
mod own_messages;
#[cfg_attr(feature = "mocks", expect(clippy::ref_option_ref, reason = "mockall keeps arguments by reference"))]
mod password;
mod repository;
mod username;
mod who_can_add_me;

pub use accounts::{AccountService, ProfileChange, SignUp, SignUps};
pub use administration::{Account, AccountFilter, AdministrationRepository, AdministrationService};
pub use display_name::DisplayName;
pub use email::Email;
pub use own_messages::OwnMessages;
pub use password::{HasherBusy, NewPassword, PasswordHash, PasswordHasher, PasswordPolicy};
pub use repository::{
    AccountDeletion, Credentials, NewUser, PasswordChange, SignedUp, Updated, UserChanges, UserRepository,
    UsernameChange,
};
pub use username::Username;
pub use who_can_add_me::{Addee, Admission, MAX_PASSIVE_CHATROOMS, WhoCanAddMe};
#[cfg(feature = "mocks")]
pub use {
    administration::MockAdministrationRepository, password::MockPasswordHasher, repository::MockUserRepository,
};

use crate::clock::Timestamp;
use crate::id::UserId;

/// A user; only the id of a deleted user remains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// The time of the sign-up.
    pub created_at: Timestamp,
    /// The data of the account; `None` once it is deleted.
    pub profile: Option<Profile>,
}

/// The data of a living account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub username: Username,
    pub display_name: Option<DisplayName>,
    /// Visible only to the owner.
    pub email: Option<Email>,
    /// Visible only to the owner.
    pub who_can_add_me: WhoCanAddMe,
}
