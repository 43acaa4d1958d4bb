//! Builders of users.

use super::{NOW, me, valid};
use crate::clock::Timestamp;
use crate::id::UserId;
use crate::user::{PasswordHash, Profile, User, WhoCanAddMe};

/// A builder of a user.
#[derive(Clone, Debug)]
#[must_use]
pub struct UserBuilder(User);

/// Starts with [`me`](super::me), with the username Matt, without display name and email.
pub fn user() -> UserBuilder {
    UserBuilder(User { id: me(), created_at: NOW, profile: Some(profile()) })
}

/// The hash of a password.
pub fn password_hash() -> PasswordHash {
    PasswordHash::new("hashed".to_owned())
}

fn profile() -> Profile {
    Profile { username: valid("Matt"), display_name: None, email: None, who_can_add_me: WhoCanAddMe::default() }
}

impl UserBuilder {
    pub fn with_id(mut self, id: UserId) -> Self {
        self.0.id = id;
        self
    }

    #[track_caller]
    pub fn with_username(mut self, username: &str) -> Self {
        self.profile().username = valid(username);
        self
    }

    #[track_caller]
    pub fn with_display_name(mut self, display_name: &str) -> Self {
        self.profile().display_name = Some(valid(display_name));
        self
    }

    #[track_caller]
    pub fn with_email(mut self, email: &str) -> Self {
        self.profile().email = Some(valid(email));
        self
    }

    pub fn with_created_at(mut self, created_at: Timestamp) -> Self {
        self.0.created_at = created_at;
        self
    }

    /// Deletes the account, which leaves only the id.
    pub fn deleted(mut self) -> Self {
        self.0.profile = None;
        self
    }

    pub fn build(self) -> User {
        self.0
    }

    fn profile(&mut self) -> &mut Profile {
        self.0.profile.get_or_insert_with(profile)
    }
}

impl From<UserBuilder> for User {
    fn from(builder: UserBuilder) -> Self {
        builder.build()
    }
}
