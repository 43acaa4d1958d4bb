//! Invitation codes, which are opaque to clients and contain the ids of chatroom and invitation, and a secret.

use std::fmt;
use std::hint::black_box;

use uuid::Uuid;

use crate::id::{ChatroomId, InvitationId};

const ID: usize = 16;
const SECRET: usize = 16;

/// Random bytes that cannot be guessed. They are stored in plain text, because moderators list and share codes;
/// `Debug` redacts them.
#[derive(Clone)]
pub struct InvitationSecret([u8; SECRET]);

impl InvitationSecret {
    /// Wraps random bytes.
    pub fn new(bytes: [u8; SECRET]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the code and the store.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq for InvitationSecret {
    /// Compares in constant time, so that the time does not reveal where the secrets differ.
    fn eq(&self, other: &Self) -> bool {
        let differing = self.0.iter().zip(&other.0).fold(0, |differing, (a, b)| black_box(differing | (a ^ b)));
        differing == 0
    }
}

impl Eq for InvitationSecret {}

impl fmt::Debug for InvitationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationSecret(..)")
    }
}

/// A complete code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationCode {
    pub chatroom_id: ChatroomId,
    pub invitation_id: InvitationId,
    pub secret: InvitationSecret,
}

impl InvitationCode {
    /// The code as bytes, to be encoded for the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (chatroom, invitation) = (Uuid::from(self.chatroom_id), Uuid::from(self.invitation_id));
        [chatroom.as_bytes(), invitation.as_bytes(), self.secret.reveal()].concat()
    }

    /// Parses a code; `None` if these bytes are not one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (chatroom, rest) = bytes.split_first_chunk::<ID>()?;
        let (invitation, rest) = rest.split_first_chunk::<ID>()?;
        let secret: [u8; SECRET] = rest.try_into().ok()?;
        Some(Self {
            chatroom_id: ChatroomId::from(Uuid::from_bytes(*chatroom)),
            invitation_id: InvitationId::from(Uuid::from_bytes(*invitation)),
            secret: InvitationSecret(secret),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secret_is_redacted() {
        assert_eq!(format!("{:?}", InvitationSecret([42; SECRET])), "InvitationSecret(..)");
    }

    proptest! {
        #[test]
        fn code_requires_exact_length(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            if let Some(code) = InvitationCode::from_bytes(&bytes) {
                prop_assert_eq!(code.to_bytes(), bytes);
            } else {
                prop_assert_ne!(bytes.len(), 2 * ID + SECRET);
            }
        }

        #[test]
        fn secrets_are_equal_if_all_bytes_are(bytes in any::<[u8; SECRET]>(), place in 0..SECRET, flip: u8) {
            let mut others = bytes;
            if let Some(byte) = others.get_mut(place) {
                *byte ^= flip;
            }
            prop_assert_eq!(InvitationSecret(bytes) == InvitationSecret(others), flip == 0);
        }
    }
}
