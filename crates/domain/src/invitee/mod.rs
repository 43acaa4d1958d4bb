//! Invitees: users whom a member wanted to add to a chatroom, and who have to accept first.
//!
//! They have nothing to do with invitation codes, which anybody may use who knows them: see
//! [`invitation`](crate::invitation).

mod repository;
mod service;

#[cfg(feature = "mocks")]
pub use repository::MockInviteeRepository;
pub use repository::{InviteePosition, InviteeRepository, ReceivedPosition};
pub use service::InviteeService;

use crate::chatroom::{ChatroomName, Visibility};
use crate::clock::Timestamp;
use crate::id::{ChatroomId, UserId};

/// The maximum number of chatrooms to which one user invites another who has not answered yet.
pub const MAX_WAITING_OF_INVITER: usize = 20;
/// The maximum number of chatrooms to which a user is invited. Beyond it, the oldest invitation of whoever has the
/// most of them is erased, so that no inviter crowds out the others.
pub const MAX_WAITING: usize = 500;

/// A user who is invited to a chatroom and has not answered yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invitee {
    pub user_id: UserId,
    pub chatroom_id: ChatroomId,
    /// The member who wanted to add the user.
    pub invited_by: UserId,
    pub created_at: Timestamp,
}

/// The same as the invited user sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedInvitation {
    pub invitee: Invitee,
    pub chatroom_name: Option<ChatroomName>,
    pub visibility: Visibility,
}
