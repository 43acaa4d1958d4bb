//! Users on the wire.

use chit_chat_domain::id::UserId;
use chit_chat_domain::user::{Profile, User};
use serde::Serialize;
use utoipa::ToSchema;

use super::values::{Id, Time};
use crate::openapi::values;

/// A user as everybody sees them; of a deleted one nothing is left but the id.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserView {
    #[schema(schema_with = values::id)]
    id: Id<UserId>,
    #[serde(flatten)]
    #[schema(value_type = ProfileView, inline)]
    profile: Option<ProfileView>,
    deleted: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Profile)]
struct ProfileView {
    #[schema(schema_with = values::username, required = false)]
    username: String,
    #[schema(schema_with = values::display_name_or_null)]
    display_name: Option<String>,
    #[schema(schema_with = values::time, required = false)]
    created_at: Time,
}

/// A user as they see themselves.
#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub(crate) struct OwnView {
    #[serde(flatten)]
    user: UserView,
    #[schema(schema_with = values::email_or_null, required)]
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
