//! Identifiers: a distinct type per entity, all based on UUIDs.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// The error for a text that is not a valid id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes an id from a number, which is short to write in tests and scripts.
            pub const fn from_u128(number: u128) -> Self {
                Self(Uuid::from_u128(number))
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            /// Accepts only the hyphenated form, so that each id has one spelling.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match Uuid::try_parse(text) {
                    Ok(uuid) if text.len() == Hyphenated::LENGTH => Ok(Self(uuid)),
                    _ => Err(NotAnId),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    };
}

id!(
    /// A user, even after the account is deleted.
    UserId
);
id!(
    /// A sign-in of a user on one device.
    SessionId
);
id!(
    /// A chatroom.
    ChatroomId
);
id!(
    /// A message; unique within its chatroom.
    MessageId
);
id!(
    /// An invitation; unique within its chatroom.
    InvitationId
);
id!(
    /// A key, whatever its secret.
    KeyId
);
id!(
    /// A secret of a key. The end of a secret is logged among those of sessions, under its id.
    SecretId
);
id!(
    /// A running server, from its start to its end.
    InstanceId
);

impl From<SecretId> for SessionId {
    fn from(secret: SecretId) -> Self {
        Self(secret.0)
    }
}

/// The source of new identifiers. The domain itself has no randomness.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait IdSource: Send + Sync {
    /// A new UUID.
    fn next(&self) -> Uuid;
}
