//! The port that stores invitees. Rows are made by
//! [`MembershipRepository::add`](crate::membership::MembershipRepository::add) and
//! [`ChatroomRepository::create_with_members`](crate::chatroom::ChatroomRepository::create_with_members).

use super::{Invitee, ReceivedInvitation};
use crate::chatroom::Guard;
use crate::clock::Timestamp;
use crate::guarded::Guarded;
use crate::id::{ChatroomId, UserId};
use crate::page::Limit;
use crate::store_error::StoreError;

/// A position in the list of a chatroom's invitees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InviteePosition {
    pub created_at: Timestamp,
    pub user_id: UserId,
}

/// A position in the list of the chatrooms that a user is invited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceivedPosition {
    pub created_at: Timestamp,
    pub chatroom_id: ChatroomId,
}

/// Stores invitees of living chatrooms. They vanish when they become members, decline, are banned or block the
/// inviter; when a member withdraws the invitation; and with the chatroom and either account.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait InviteeRepository: Send + Sync {
    /// The waiting invitation of a user to a chatroom.
    fn find(&self, chatroom: ChatroomId, user: UserId) -> Result<Option<Invitee>, StoreError>;

    /// The invitees of a chatroom, newest first, starting after `after`; one more than the limit.
    fn of_chatroom(
        &self,
        chatroom: ChatroomId,
        after: Option<InviteePosition>,
        limit: Limit,
    ) -> Result<Vec<Invitee>, StoreError>;

    /// The chatrooms that a user is invited to, newest first, starting after `after`; one more than the limit.
    fn of_user(
        &self,
        user: UserId,
        after: Option<ReceivedPosition>,
        limit: Limit,
    ) -> Result<Vec<ReceivedInvitation>, StoreError>;

    /// Erases the invitation of a user, who declines it; does nothing if there is none.
    fn decline(&self, chatroom: ChatroomId, user: UserId) -> Result<(), StoreError>;

    /// Erases the invitation of a user, which a member withdraws; does nothing if there is none.
    fn withdraw(
        &self,
        chatroom: ChatroomId,
        user: UserId,
        guard: Guard,
        at: Timestamp,
    ) -> Result<Guarded, StoreError>;
}
