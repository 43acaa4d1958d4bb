//! Users on the wire.

use chit_chat_domain::id::UserId;
use chit_chat_domain::storage::StorageUse;
use chit_chat_domain::user::{Profile, User};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::values::{Id, Time};
use crate::openapi::values;

/// A user. A deleted user has only an `id`.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserView {
    #[schema(schema_with = values::id)]
    id: Id<UserId>,
    #[serde(flatten)]
    #[schema(schema_with = unless_deleted)]
    profile: Option<ProfileView>,
    deleted: bool,
}

#[derive(Serialize, ToSchema)]
struct ProfileView {
    #[schema(schema_with = values::username)]
    username: String,
    #[schema(schema_with = values::display_name_or_null, required)]
    display_name: Option<String>,
    #[schema(schema_with = values::time)]
    created_at: Time,
}

/// The account of the signed-in user.
#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub(crate) struct OwnView {
    #[schema(schema_with = values::id)]
    id: Id<UserId>,
    #[serde(flatten)]
    #[schema(inline)]
    profile: ProfileView,
    deleted: bool,
    #[schema(schema_with = values::email_or_null, required)]
    email: Option<String>,
    #[schema(schema_with = values::who_can_add_me)]
    who_can_add_me: &'static str,
    storage: StorageView,
}

/// The storage of an account, in bytes: see `storage_full`.
#[derive(Serialize, ToSchema)]
#[schema(as = Storage)]
struct StorageView {
    /// The bytes that your messages and other entries count.
    #[schema(minimum = 0)]
    used: i64,
    /// The quota; null if there is none.
    #[schema(minimum = 0, required)]
    allowed: Option<i64>,
}

fn unless_deleted() -> RefOr<Schema> {
    let mut schema = <ProfileView as utoipa::PartialSchema>::schema();
    if let RefOr::T(Schema::Object(profile)) = &mut schema {
        profile.required.clear();
    }
    schema
}

impl ProfileView {
    fn of(user: &User) -> Option<Self> {
        let Profile { username, display_name, .. } = user.profile.as_ref()?;
        Some(Self {
            username: username.as_str().to_owned(),
            display_name: display_name.as_ref().map(|name| name.as_str().to_owned()),
            created_at: Time(user.created_at),
        })
    }
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        let profile = ProfileView::of(&user);
        Self { id: Id(user.id), deleted: profile.is_none(), profile }
    }
}

impl OwnView {
    /// `None` if the account has been deleted.
    pub(crate) fn of(user: &User, StorageUse { used, allowed }: StorageUse) -> Option<Self> {
        let Profile { email, who_can_add_me, .. } = user.profile.as_ref()?;
        Some(Self {
            id: Id(user.id),
            profile: ProfileView::of(user)?,
            deleted: false,
            email: email.as_ref().map(|email| email.as_str().to_owned()),
            who_can_add_me: who_can_add_me.as_str(),
            storage: StorageView { used, allowed },
        })
    }
}
