//! A pair of users.

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

    /// The id of their direct chatroom: a hash of both ids as a UUID of version 8. It is the same for both, so a
    /// pair has at most one direct chatroom, whoever opens it first.
    pub fn chatroom_id(self) -> ChatroomId {
        let (first, second) = (self.me.min(self.other), self.me.max(self.other));
        let hash = Sha256::new().chain_update(Uuid::from(first)).chain_update(Uuid::from(second)).finalize();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash).for_each(|(byte, hashed)| *byte = hashed);
        ChatroomId::from(Builder::from_custom_bytes(bytes).into_uuid())
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

    /// Pins the hash: with a different one, existing pairs would get a second chatroom.
    #[test]
    fn chatroom_id_of_pair_is_stable() {
        let pair = Pair::new(user_id(1), user_id(2)).unwrap();
        assert_eq!(pair.chatroom_id().to_string(), "78d68721-debb-823c-b880-232869a63e25");
    }

    proptest! {
        #[test]
        fn chatroom_id_is_symmetric_and_unique(a: u128, b: u128, c: u128) {
            prop_assume!(a != b && b != c && a != c);
            let id = |one, other| Pair::new(user_id(one), user_id(other)).unwrap().chatroom_id();
            prop_assert_eq!(id(a, b), id(b, a));
            prop_assert_ne!(id(a, b), id(a, c));
            prop_assert_ne!(id(a, b), id(c, b));
            prop_assert_eq!(Uuid::from(id(a, b)).get_version_num(), 8);
        }
    }
}
