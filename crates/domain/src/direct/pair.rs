//! A pair of users.

use std::fmt;

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::denial::Denial;
use crate::id::{ChatroomId, UserId};

/// A user who acts, and another user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    me: UserId,
    other: UserId,
}

impl Pair {
    /// Fails if both are the same user.
    pub fn new(me: UserId, other: UserId) -> Result<Self, Denial> {
        if me == other { Err(Denial::Oneself) } else { Ok(Self { me, other }) }
    }

    /// The user who acts.
    pub fn me(self) -> UserId {
        self.me
    }

    /// The other user.
    pub fn other(self) -> UserId {
        self.other
    }

    /// The id of their new direct chatroom: a hash of the key and both ids as a UUID of version 8. It is the same
    /// for both, so a pair has at most one direct chatroom, whoever opens it first. Without the key nobody can derive
    /// the id, and so find out whether two other users have a direct chatroom.
    pub fn new_chatroom_id(self, key: &DirectKey) -> ChatroomId {
        let (first, second) = (self.me.min(self.other), self.me.max(self.other));
        // All inputs have fixed lengths and most of the hash is dropped, so that it cannot be extended.
        let hash =
            Sha256::new().chain_update(key.0).chain_update(Uuid::from(first)).chain_update(Uuid::from(second));
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash.finalize()).for_each(|(byte, hashed)| *byte = hashed);
        ChatroomId::from(Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// The secret of a database from which the ids of direct chatrooms are derived. `Debug` redacts it.
#[derive(Clone, PartialEq, Eq)]
pub struct DirectKey([u8; 32]);

impl DirectKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for DirectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DirectKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::user_id;

    #[test]
    fn pair_of_one_user_is_refused() {
        assert_eq!(Pair::new(user_id(1), user_id(1)), Err(Denial::Oneself));
        let pair = Pair::new(user_id(1), user_id(2)).unwrap();
        assert_eq!((pair.me(), pair.other()), (user_id(1), user_id(2)));
    }

    proptest! {
        #[test]
        fn chatroom_id_is_symmetric_and_unique(a: u128, b: u128, c: u128, key: [u8; 32], other_key: [u8; 32]) {
            prop_assume!(a != b && b != c && a != c && key != other_key);
            let (key, other_key) = (DirectKey::new(key), DirectKey::new(other_key));
            let pair = |one, other| Pair::new(user_id(one), user_id(other)).unwrap();
            let id = |one, other| pair(one, other).new_chatroom_id(&key);
            prop_assert_eq!(id(a, b), id(b, a));
            prop_assert_ne!(id(a, b), id(a, c));
            prop_assert_ne!(id(a, b), id(c, b));
            prop_assert_ne!(id(a, b), pair(a, b).new_chatroom_id(&other_key));
            prop_assert_eq!(Uuid::from(id(a, b)).get_version_num(), 8);
        }
    }
}
