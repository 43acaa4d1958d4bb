//! Rows of users, and their conversion to the domain.

use chit_chat_domain::user::{Account, Credentials, DisplayName, Email, PasswordHash, Profile, User, Username};
use diesel::prelude::{Queryable, Selectable};

use crate::codes;
use crate::error::{Sql, SqlError};
use crate::schema::users;
use crate::types::{Instant, Key};

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct UserRow {
    pub id: Key,
    pub username: Option<String>,
    pub display_name: Option<String>,
    pub email: Option<String>,
    pub password_hash: Option<String>,
    pub created_at: Instant,
    pub disabled_at: Option<Instant>,
    pub who_can_add_me: i16,
}

impl TryFrom<UserRow> for User {
    type Error = SqlError;

    fn try_from(row: UserRow) -> Sql<Self> {
        let who_can_add_me = codes::who_can_add_me(row.who_can_add_me)?;
        let profile = row.username.map(|username| Profile {
            username: Username::restore(username),
            display_name: row.display_name.map(DisplayName::restore),
            email: row.email.map(Email::restore),
            who_can_add_me,
        });
        Ok(Self { id: row.id.into(), created_at: row.created_at.into(), profile })
    }
}

impl UserRow {
    /// The user with their password hash.
    pub fn into_credentials(mut self) -> Sql<Credentials> {
        let hash = self.password_hash.take().ok_or_else(|| SqlError::Corrupt("no password hash".into()))?;
        let disabled_at = self.disabled_at.map(Into::into);
        Ok(Credentials { password_hash: PasswordHash::new(hash), disabled_at, user: self.try_into()? })
    }
}

impl TryFrom<UserRow> for Account {
    type Error = SqlError;

    fn try_from(row: UserRow) -> Sql<Self> {
        Ok(Self { disabled_at: row.disabled_at.map(Into::into), user: row.try_into()? })
    }
}
