//! Rows of users, and their conversion to the domain.

use chit_chat_domain::user::{Account, Credentials, DisplayName, Email, PasswordHash, Profile, User, Username};
use diesel::prelude::{Queryable, Selectable};

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
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        let profile = row.username.map(|username| Profile {
            username: Username::restore(username),
            display_name: row.display_name.map(DisplayName::restore),
            email: row.email.map(Email::restore),
        });
        Self { id: row.id.into(), created_at: row.created_at.into(), profile }
    }
}

impl UserRow {
    /// The user with their password hash.
    pub fn into_credentials(mut self) -> Sql<Credentials> {
        let hash = self.password_hash.take().ok_or_else(|| SqlError::Corrupt("no password hash".into()))?;
        let disabled_at = self.disabled_at.map(Into::into);
        Ok(Credentials { password_hash: PasswordHash::new(hash), disabled_at, user: self.into() })
    }
}

impl From<UserRow> for Account {
    fn from(row: UserRow) -> Self {
        Self { disabled_at: row.disabled_at.map(Into::into), user: row.into() }
    }
}
