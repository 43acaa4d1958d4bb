//! The port that stores invitations. [`MembershipRepository::add`] counts their uses.
//!
//! [`MembershipRepository::add`]: crate::membership::MembershipRepository::add

use super::Invitation;
use crate::chatroom::Guard;
use crate::clock::Timestamp;
use crate::id::{ChatroomId, InvitationId};
use crate::page::Limit;
use crate::store_error::StoreError;

/// The maximum numbers of invitations of a chatroom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationLimits {
    /// Invitations that can be used.
    pub usable: usize,
    /// All invitations; beyond this, the oldest unusable ones are erased.
    pub remembered: usize,
}

/// The outcome of creating an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invited {
    /// The invitation is stored.
    Created,
    /// The chatroom has too many usable invitations.
    TooMany,
    /// The guard did not hold.
    Refused,
}

/// The outcome of a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// The invitation is revoked now, or was unusable before.
    Revoked,
    /// The chatroom has no such invitation.
    NotFound,
    /// The guard did not hold.
    Refused,
}

/// Stores invitations. Every write takes the chatroom's next seq and logs its event atomically.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait InvitationRepository: Send + Sync {
    /// Stores an invitation.
    fn create(&self, invitation: Invitation, most: InvitationLimits, guard: Guard) -> Result<Invited, StoreError>;

    /// An invitation to a living chatroom, usable or not.
    fn find(&self, chatroom: ChatroomId, id: InvitationId) -> Result<Option<Invitation>, StoreError>;

    /// The usable invitations of a chatroom, newest first, starting after `after`; one more than the limit.
    fn list(
        &self,
        chatroom: ChatroomId,
        now: Timestamp,
        after: Option<InvitationId>,
        limit: Limit,
    ) -> Result<Vec<Invitation>, StoreError>;

    /// Revokes an invitation.
    fn revoke(
        &self,
        chatroom: ChatroomId,
        id: InvitationId,
        guard: Guard,
        at: Timestamp,
    ) -> Result<Revocation, StoreError>;
}
