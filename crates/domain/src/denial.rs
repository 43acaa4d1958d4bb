//! The reasons for which a use case fails.

use thiserror::Error;

use crate::store_error::StoreError;
use crate::violation::{FieldViolation, Violation};

/// The named refusal of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Denial {
    /// Also for users who may not see that the chatroom exists.
    #[error("no such chatroom")]
    ChatroomNotFound,
    #[error("no such message in this chatroom")]
    MessageNotFound,
    #[error("no such user")]
    UserNotFound,
    #[error("this user is not a member of the chatroom")]
    MembershipNotFound,
    #[error("no such invitation")]
    InvitationNotFound,
    #[error("no such session")]
    SessionNotFound,
    #[error("only members of the chatroom may do this")]
    NotAMember,
    #[error("only moderators and owners of the chatroom may do this")]
    NotAModerator,
    #[error("only owners of the chatroom may do this")]
    NotAnOwner,
    #[error("only the message's author may do this")]
    NotTheAuthor,
    #[error("only the message's author or a moderator or owner of the chatroom may do this")]
    NotTheAuthorNorAModerator,
    #[error("an owner of the chatroom cannot be removed or demoted by another")]
    TargetIsOwner,
    #[error("a moderator of the chatroom is removed by owners alone")]
    TargetIsModerator,
    /// Does not reveal which of the two.
    #[error("one of the two has blocked the other")]
    Blocked,
    #[error("nobody blocks so many: unblock somebody first")]
    TooManyBlocks,
    #[error("must be somebody else")]
    Oneself,
    #[error("the user is banned from the chatroom")]
    Banned,
    #[error("nobody writes here: the chatroom is read-only")]
    ChatroomArchived,
    /// The time until the user may send again.
    #[error("slow mode: the next message may be sent in {seconds} seconds")]
    SlowMode { seconds: u32 },
    #[error("this is not done in a direct chatroom")]
    DirectChatroom,
    #[error("a chatroom needs an owner: make somebody else an owner first")]
    LastOwner,
    #[error("the chatroom has as many invitations as it can have: revoke one first")]
    TooManyInvitations,
    #[error("the invitation is revoked, expired or spent")]
    InvitationGone,
    #[error("the message has been deleted")]
    MessageDeleted,
    #[error("the message has as many kinds of reactions as there can be")]
    TooManyReactions,
    #[error("as many messages are pinned here as there can be: unpin another first")]
    TooManyPins,
    #[error("the message has changed since the revision that If-Match names")]
    RevisionMismatch,
    #[error("this idempotency key was used before with other content")]
    IdempotencyKeyReused,
    #[error("this username is taken")]
    UsernameTaken,
    #[error("the credentials are wrong")]
    InvalidCredentials,
    #[error("the refresh token is not valid")]
    InvalidRefreshToken,
    #[error("accounts are made by the operator alone")]
    SignUpClosed,
    #[error("an operator has disabled this account")]
    AccountDisabled,
}

/// Every failure of a use case.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// A rule refused the request.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// Values violate rules.
    #[error("some values break a rule")]
    Invalid(Vec<FieldViolation>),
    /// The queue for password hashing is full.
    #[error("too many passwords are being checked")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure {
    /// The failure of one value that violates one rule.
    pub fn invalid(field: &'static str, violation: Violation) -> Self {
        Self::Invalid(vec![FieldViolation::new(field, violation)])
    }
}
