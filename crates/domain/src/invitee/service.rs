//! Use cases of invitees. To invite is a part of
//! [`MembershipService::add`](crate::membership::MembershipService::add), to accept a part of
//! [`MembershipService::join`](crate::membership::MembershipService::join).

use std::sync::Arc;

use super::{Invitee, InviteePosition, InviteeRepository};
use crate::chatroom::{ChatroomRepository, Guard, Right};
use crate::clock::Clock;
use crate::denial::Failure;
use crate::id::{ChatroomId, UserId};
use crate::page::{Limit, Page};
use crate::retry::retry_until_written;

/// Lists the invitees of a chatroom, and withdraws their invitations.
pub struct InviteeService {
    pub chatrooms: Arc<dyn ChatroomRepository>,
    pub invitees: Arc<dyn InviteeRepository>,
    pub clock: Arc<dyn Clock>,
}

impl InviteeService {
    /// Lists the invitees of a chatroom, newest first, to members.
    ///
    /// Asks [`ChatroomRepository::access`], then [`InviteeRepository::of_chatroom`].
    pub fn list(
        &self,
        chatroom: ChatroomId,
        reader: UserId,
        after: Option<InviteePosition>,
        limit: Limit,
    ) -> Result<Page<Invitee>, Failure> {
        self.chatrooms.require_access(chatroom, reader)?.as_member()?;
        Ok(Page::cut(self.invitees.of_chatroom(chatroom, after, limit)?, limit))
    }

    /// Withdraws an invitation; does nothing if the user is not invited. Requires the right to add members.
    ///
    /// Asks [`ChatroomRepository::access`], then [`InviteeRepository::withdraw`].
    pub fn withdraw(&self, chatroom: ChatroomId, actor: UserId, user: UserId) -> Result<(), Failure> {
        retry_until_written(|| {
            self.chatrooms.require_access(chatroom, actor)?.may(Right::Add)?;
            let guard = Guard::may(actor, Right::Add);
            Ok(self.invitees.withdraw(chatroom, user, guard, self.clock.now())?)
        })
    }
}
