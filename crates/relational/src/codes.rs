//! The numeric codes of roles, visibilities, settings and kinds in the tables.

use chit_chat_domain::chatroom::Visibility;
use chit_chat_domain::key::KeyKind;
use chit_chat_domain::membership::Role;
use chit_chat_domain::user::WhoCanAddMe;

use crate::error::SqlError;

/// The code of a role. Higher roles have higher codes, so that SQL can compare them, with gaps for new roles.
pub const fn of_role(role: Role) -> i16 {
    match role {
        Role::Member => 0,
        Role::Moderator => 10,
        Role::Owner => 20,
    }
}

/// The role of a code.
pub fn role(code: i16) -> Result<Role, SqlError> {
    match code {
        0 => Ok(Role::Member),
        10 => Ok(Role::Moderator),
        20 => Ok(Role::Owner),
        other => Err(SqlError::Corrupt(format!("role {other}"))),
    }
}

/// The code for nobody, higher than every role.
const NOBODY: i16 = i16::MAX;

/// The code of the lowest role that may do something; `None` means nobody.
pub fn of_least_role(role: Option<Role>) -> i16 {
    role.map_or(NOBODY, of_role)
}

/// The code of a visibility. An index in the schema contains the code of `Public`.
pub const fn of_visibility(visibility: Visibility) -> i16 {
    match visibility {
        Visibility::Private => 0,
        Visibility::Public => 1,
        Visibility::Direct => 2,
    }
}

/// The visibility of a code.
pub fn visibility(code: i16) -> Result<Visibility, SqlError> {
    match code {
        0 => Ok(Visibility::Private),
        1 => Ok(Visibility::Public),
        2 => Ok(Visibility::Direct),
        other => Err(SqlError::Corrupt(format!("visibility {other}"))),
    }
}

/// The code of a user's setting.
pub const fn of_who_can_add_me(setting: WhoCanAddMe) -> i16 {
    match setting {
        WhoCanAddMe::Everyone => 0,
        WhoCanAddMe::PeopleInMyChatrooms => 1,
        WhoCanAddMe::Nobody => 2,
    }
}

/// The setting of a code.
pub fn who_can_add_me(code: i16) -> Result<WhoCanAddMe, SqlError> {
    match code {
        0 => Ok(WhoCanAddMe::Everyone),
        1 => Ok(WhoCanAddMe::PeopleInMyChatrooms),
        2 => Ok(WhoCanAddMe::Nobody),
        other => Err(SqlError::Corrupt(format!("who can add me: {other}"))),
    }
}

/// The code of a kind of keys.
pub const fn of_key_kind(kind: KeyKind) -> i16 {
    match kind {
        KeyKind::Personal => 0,
        KeyKind::Bot => 1,
        KeyKind::Server => 2,
    }
}

/// The kind of keys of a code.
pub fn key_kind(code: i16) -> Result<KeyKind, SqlError> {
    let kind = KeyKind::ALL.into_iter().find(|kind| of_key_kind(*kind) == code);
    kind.ok_or_else(|| SqlError::Corrupt(format!("kind of key {code}")))
}
