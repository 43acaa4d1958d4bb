//! Users on the wire.

use chit_chat_domain::id::UserId;
use chit_chat_domain::user::{Profile, User};
use serde::Serialize;

use super::values::{Id, Time};

/// A user as everybody sees them; of a deleted one nothing is left but the id.
#[derive(Serialize)]
pub(crate) struct UserView {
    id: Id<UserId>,
    #[serde(flatten)]
    profile: Option<ProfileView>,
    deleted: bool,
}

#[derive(Serialize)]
struct ProfileView {
    username: String,
    display_name: Option<String>,
    created_at: Time,
}

/// A user as they see themselves.
#[derive(Serialize)]
pub(crate) struct OwnView {
    #[serde(flatten)]
    user: UserView,
    email: Option<String>,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        let profile = user.profile.map(|Profile { username, display_name, .. }| ProfileView {
            username: username.as_str().to_owned(),
            display_name: display_name.map(|name| name.as_str().to_owned()),
            created_at: Time(user.created_at),
        });
        Self { id: Id(user.id), deleted: profile.is_none(), profile }
    }
}

impl From<User> for OwnView {
    fn from(user: User) -> Self {
        let email = user.profile.as_ref().and_then(|profile| profile.email.as_ref());
        Self { email: email.map(|email| email.as_str().to_owned()), user: user.into() }
    }
}
