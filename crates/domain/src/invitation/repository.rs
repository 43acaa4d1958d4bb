//! The port that keeps invitations. It is [`MembershipRepository::add`] that counts their uses.
//!
//! [`MembershipRepository::add`]: crate::membership::MembershipRepository::add

use super::Invitation;
use crate::chatroom::Guard;
use crate::clock::Timestamp;
use crate::id::{ChatroomId, InvitationId};
use crate::page::Limit;
use crate::store_error::StoreError;

/// How many invitations a chatroom may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most {
    /// That can be used.
    pub usable: usize,
    /// In all; beyond, the oldest that cannot be used any more are erased.
    pub remembered: usize,
}

/// What became of a new invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invited {
    /// It is stored.
    Created,
    /// There are too many that can be used.
    TooMany,
    /// The guard did not hold.
    Refused,
}

/// What became of a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// It lets nobody in from now on, or did not already.
    Revoked,
    /// The chatroom has no such invitation.
    NotFound,
    /// The guard did not hold.
    Refused,
}

/// Keeps invitations. Every write takes the chatroom's next seq and logs its event in one step.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait InvitationRepository: Send + Sync {
    /// Stores an invitation.
    fn create(&self, invitation: Invitation, most: Most, guard: Guard) -> Result<Invited, StoreError>;

    /// An invitation to a living chatroom, also one that cannot be used any more.
    fn find(&self, chatroom: ChatroomId, id: InvitationId) -> Result<Option<Invitation>, StoreError>;

    /// Those of a chatroom's invitations that can be used now, newest first, from behind `after`; one
    /// more than the limit.
    fn list(
        &self,
        chatroom: ChatroomId,
        now: Timestamp,
        after: Option<InvitationId>,
        limit: Limit,
    ) -> Result<Vec<Invitation>, StoreError>;

    /// Makes sure that an invitation lets nobody in any more.
    fn revoke(
        &self,
        chatroom: ChatroomId,
        id: InvitationId,
        guard: Guard,
        at: Timestamp,
    ) -> Result<Revocation, StoreError>;
}
