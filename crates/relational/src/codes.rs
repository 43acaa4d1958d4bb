//! The numbers that stand for the domain's words in the tables.

use chit_chat_domain::chatroom::Visibility;
use chit_chat_domain::membership::Role;

use crate::error::SqlError;

/// Grows with what the role allows, so that SQL can compare; there is room between for others.
pub const fn of_role(role: Role) -> i16 {
    match role {
        Role::Member => 0,
        Role::Moderator => 10,
        Role::Owner => 20,
    }
}

/// The role behind a number.
pub fn role(code: i16) -> Result<Role, SqlError> {
    match code {
        0 => Ok(Role::Member),
        10 => Ok(Role::Moderator),
        20 => Ok(Role::Owner),
        other => Err(SqlError::Corrupt(format!("role {other}"))),
    }
}

/// Nobody's role: more than any.
const NOBODY: i16 = i16::MAX;

/// The number of the least role that may do something; nobody may, if `None`.
pub fn of_least_role(role: Option<Role>) -> i16 {
    role.map_or(NOBODY, of_role)
}

/// The number of a visibility; an index of the schema names that of `Public`.
pub const fn of_visibility(visibility: Visibility) -> i16 {
    match visibility {
        Visibility::Private => 0,
        Visibility::Public => 1,
        Visibility::Direct => 2,
    }
}

/// The visibility behind a number.
pub fn visibility(code: i16) -> Result<Visibility, SqlError> {
    match code {
        0 => Ok(Visibility::Private),
        1 => Ok(Visibility::Public),
        2 => Ok(Visibility::Direct),
        other => Err(SqlError::Corrupt(format!("visibility {other}"))),
    }
}
