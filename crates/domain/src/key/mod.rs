//! Keys: credentials of programs, with some of the rights of a user, or with those of the application.

mod form;
mod name;
mod reach;
mod repository;
mod service;
mod text;

use std::time::Duration;

pub use form::CreateKey;
pub use name::KeyName;
pub use reach::Reach;
#[cfg(feature = "mocks")]
pub use repository::MockKeyRepository;
pub use repository::{KeyRepository, KeyRotation, NewKeyOutcome, SecretUse};
pub use service::{Issued, KeyService, Verified};
pub use text::{KeySecret, KeyText};

use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::id::{KeyId, SecretId, UserId};
use crate::scope::Scopes;
use crate::session::SecretHash;

/// The maximum number of keys of one owner.
pub const MAX_KEYS: usize = 100;
/// The time for which the replaced secret of a rotated key still works, unless another one is given.
pub const ROTATION_OVERLAP: Duration = Duration::from_secs(3_600);
/// The maximum of that time.
pub const LONGEST_OVERLAP: Duration = Duration::from_secs(7 * 24 * 3_600);

/// The kind of a key, which decides whose rights it can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// A personal token: some of the rights of the user who created it.
    Personal,
    /// A key of a bot: some of the rights of the bot.
    Bot,
    /// A key of the application behind the server.
    Server,
}

impl KeyKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Personal, Self::Bot, Self::Server];

    /// The letter in the text of a key.
    pub const fn letter(self) -> u8 {
        match self {
            Self::Personal => b'p',
            Self::Bot => b'b',
            Self::Server => b's',
        }
    }

    /// The scopes that keys of this kind can have.
    pub const fn scopes(self) -> Scopes {
        match self {
            Self::Personal | Self::Bot => Scopes::OF_USERS,
            Self::Server => Scopes::OF_APPLICATION,
        }
    }
}

/// The owner of keys, who lists, rotates and revokes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyOwner {
    /// A user, or a bot.
    User(UserId),
    /// The application: server keys.
    Application,
}

impl KeyOwner {
    /// The user; `None` for the application.
    pub fn user(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::Application => None,
        }
    }
}

/// A key, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: KeyId,
    pub kind: KeyKind,
    pub owner: KeyOwner,
    pub name: KeyName,
    pub scopes: Scopes,
    /// The chatrooms that the key reaches.
    pub reach: Reach,
    pub created_at: Timestamp,
    /// The time from which the key no longer works.
    pub expires_at: Option<Timestamp>,
    /// The time of the last use, about a minute late at most.
    pub last_used_at: Option<Timestamp>,
    /// The secret.
    pub secret: StoredSecret,
    /// The secret before the last rotation, and the time from which it no longer works.
    pub replaced: Option<(StoredSecret, Timestamp)>,
}

/// A secret as it is stored. Its id stands in the key's text, and in the log of ended sessions once it has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSecret {
    pub id: SecretId,
    pub hash: SecretHash,
}

impl ApiKey {
    /// The time from which a secret with this hash no longer works, the latest time if it has no end; `None` if it is
    /// not a secret of the key, or does not work at `now`.
    pub fn check(&self, secret: SecretId, hash: &SecretHash, now: Timestamp) -> Option<Timestamp> {
        let until = self.expires_at.unwrap_or(Timestamp::from_micros(i64::MAX));
        let until = match &self.replaced {
            Some((old, end)) if old.id == secret => (old.hash == *hash).then(|| until.min(*end))?,
            _ => (self.secret.id == secret && self.secret.hash == *hash).then_some(until)?,
        };
        (now < until).then_some(until)
    }

    /// Checks that a new key has no scope that this one lacks.
    pub fn may_grant(granted: Scopes, own: Scopes) -> Result<(), Denial> {
        if granted.are_within(own) { Ok(()) } else { Err(Denial::ScopeNotHeld) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::Scope;

    fn stored(number: u8) -> StoredSecret {
        StoredSecret { id: SecretId::from_u128(number.into()), hash: SecretHash::new([number; 32]) }
    }

    fn rotated() -> ApiKey {
        ApiKey {
            id: KeyId::from_u128(1),
            kind: KeyKind::Personal,
            owner: KeyOwner::User(UserId::from_u128(1)),
            name: KeyName::restore("ci".to_owned()),
            scopes: Scopes::OF_USERS,
            reach: Reach::ALL,
            created_at: at(0),
            expires_at: Some(at(100)),
            last_used_at: None,
            secret: stored(2),
            replaced: Some((stored(1), at(50))),
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn check(key: &ApiKey, number: u8, seconds: i64) -> Option<Timestamp> {
        let StoredSecret { id, hash } = stored(number);
        key.check(id, &hash, at(seconds))
    }

    #[test]
    fn secret_works_until_key_expires() {
        let key = rotated();
        assert_eq!((check(&key, 2, 99), check(&key, 2, 100)), (Some(at(100)), None));
        let endless = ApiKey { expires_at: None, ..key };
        assert_eq!(check(&endless, 2, 1_000_000), Some(Timestamp::from_micros(i64::MAX)));
    }

    #[test]
    fn replaced_secret_works_for_a_while() {
        let key = rotated();
        assert_eq!((check(&key, 1, 49), check(&key, 1, 50)), (Some(at(50)), None));
        let ends_first = ApiKey { expires_at: Some(at(10)), ..key };
        assert_eq!((check(&ends_first, 1, 9), check(&ends_first, 1, 10)), (Some(at(10)), None));
    }

    #[test]
    fn other_secrets_do_not_work() {
        let key = rotated();
        assert_eq!(check(&key, 3, 1), None);
        assert_eq!(key.check(stored(2).id, &stored(1).hash, at(1)), None);
        assert_eq!(key.check(stored(1).id, &stored(2).hash, at(1)), None);
    }

    #[test]
    fn keys_grant_only_what_they_have() {
        let (users, keys) = (Scopes::of(&[Scope::AdminUsers]), Scopes::of(&[Scope::AdminKeys]));
        assert_eq!(ApiKey::may_grant(users, Scopes::OF_APPLICATION), Ok(()));
        assert_eq!(ApiKey::may_grant(users, keys), Err(Denial::ScopeNotHeld));
    }
}
