//! Invitations: codes that let users join a chatroom, optionally limited in time and uses.

mod bounds;
mod code;
mod repository;
mod service;

pub use bounds::{Lifetime, MaxUses};
pub use code::{InvitationCode, InvitationSecret};
#[cfg(feature = "mocks")]
pub use repository::MockInvitationRepository;
pub use repository::{InvitationLimits, InvitationRepository, Invited, Revocation};
pub use service::{CreateInvitation, InvitationService};

use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::id::{ChatroomId, InvitationId, UserId};

/// The maximum number of active invitations of a chatroom.
pub const MAX_USABLE: usize = 100;
/// The maximum number of stored invitations of a chatroom. The oldest inactive ones beyond it are erased.
pub const MAX_REMEMBERED: usize = 1_000;

/// An invitation to a chatroom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub chatroom_id: ChatroomId,
    /// The secret part of the code.
    pub secret: InvitationSecret,
    pub created_by: UserId,
    pub created_at: Timestamp,
    /// The time at which the invitation expires; `None` means never.
    pub expires_at: Option<Timestamp>,
    /// The maximum number of uses; `None` means unlimited.
    pub max_uses: Option<MaxUses>,
    /// The number of uses.
    pub uses: i64,
    pub revoked_at: Option<Timestamp>,
}

impl Invitation {
    /// The code to share.
    pub fn code(&self) -> InvitationCode {
        InvitationCode { chatroom_id: self.chatroom_id, invitation_id: self.id, secret: self.secret.clone() }
    }

    /// Checks that the invitation is not revoked, expired or used up.
    pub fn may_be_used(&self, now: Timestamp) -> Result<(), Denial> {
        let expired = self.expires_at.is_some_and(|at| at <= now);
        let spent = self.max_uses.is_some_and(|most| i64::from(most.get()) <= self.uses);
        if self.revoked_at.is_some() || expired || spent { Err(Denial::InvitationGone) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::{NOW, invitation};

    #[test]
    fn unbounded_invitation_is_usable() {
        let unbounded = invitation().with_uses(1_000_000).build();
        assert_eq!(unbounded.may_be_used(NOW.plus(Duration::from_secs(1_000_000_000))), Ok(()));
    }

    #[test]
    fn revoked_invitation_is_unusable() {
        let revoked = invitation().revoked(NOW).build();
        assert_eq!(revoked.may_be_used(NOW), Err(Denial::InvitationGone));
    }

    #[test]
    fn invitation_is_usable_until_expiry() {
        let expiring = invitation().with_expiry(NOW).build();
        assert_eq!(expiring.may_be_used(NOW.minus(Duration::from_micros(1))), Ok(()));
        assert_eq!(expiring.may_be_used(NOW), Err(Denial::InvitationGone));
    }

    #[test]
    fn invitation_is_unusable_after_max_uses() {
        let used = |uses| invitation().with_max_uses(2).with_uses(uses).build();
        assert_eq!(used(1).may_be_used(NOW), Ok(()));
        assert_eq!(used(2).may_be_used(NOW), Err(Denial::InvitationGone));
    }

    #[test]
    fn code_names_invitation() {
        let invitation = invitation().build();
        let code = invitation.code();
        assert_eq!((code.chatroom_id, code.invitation_id), (invitation.chatroom_id, invitation.id));
        assert_eq!(code.secret, invitation.secret);
    }
}
