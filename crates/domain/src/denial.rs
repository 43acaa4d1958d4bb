//! The reasons why use cases fail.

use thiserror::Error;

use crate::policy::Rejection;
use crate::store_error::StoreError;
use crate::violation::{FieldViolation, Violation};

/// The name of a rule that refuses a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Denial {
    /// The chatroom does not exist, or the user may not see that it exists.
    #[error("no such chatroom")]
    ChatroomNotFound,
    #[error("no such message in this chatroom")]
    MessageNotFound,
    #[error("no such user")]
    UserNotFound,
    #[error("the user is not a member of the chatroom")]
    MembershipNotFound,
    #[error("no such invitation")]
    InvitationNotFound,
    #[error("no such session")]
    SessionNotFound,
    #[error("no such key")]
    KeyNotFound,
    #[error("only members of the chatroom can do this; join it first")]
    NotAMember,
    #[error("only moderators and owners of the chatroom can do this")]
    NotAModerator,
    #[error("only owners of the chatroom can do this")]
    NotAnOwner,
    #[error("only the author of the message can do this")]
    NotTheAuthor,
    #[error("only the author of the message, or a moderator or owner of the chatroom, can do this")]
    NotTheAuthorNorAModerator,
    #[error("an owner of the chatroom cannot be removed, banned or demoted by another user")]
    TargetIsOwner,
    #[error("only owners of the chatroom can remove or ban a moderator")]
    TargetIsModerator,
    /// One user blocks the other; does not reveal which.
    #[error("one of the two users has blocked the other")]
    Blocked,
    #[error("you have reached the limit of blocked users; unblock a user first")]
    TooManyBlocks,
    #[error("must be another user")]
    Oneself,
    #[error("the user is banned from the chatroom")]
    Banned,
    #[error("the chatroom has reached the limit of bans; lift one first")]
    TooManyBans,
    /// The bytes that the user stores, and those that each user may store.
    #[error("you store {used} of {allowed} bytes; delete long messages or chatrooms first")]
    StorageFull { used: i64, allowed: i64 },
    #[error("the chatroom is archived")]
    ChatroomArchived,
    /// The time until the user may send again.
    #[error("slow mode: wait {seconds} seconds before you send the next message")]
    SlowMode { seconds: u32 },
    #[error("not allowed in a direct chatroom")]
    DirectChatroom,
    #[error("the chatroom would have no owner; make another member an owner first")]
    LastOwner,
    #[error("the chatroom has reached the limit of active invitations; revoke one first")]
    TooManyInvitations,
    #[error("too many of your invitations wait for an answer of this user; withdraw one first")]
    InvitedTooOften,
    #[error("the invitation was revoked, has expired or has been used up")]
    InvitationGone,
    #[error("the message has been deleted")]
    MessageDeleted,
    #[error("the message has reached the limit of different reactions; use one that it already has")]
    TooManyReactions,
    #[error("the chatroom has reached the limit of pinned messages; unpin one first")]
    TooManyPins,
    #[error("the message is not at a revision given in If-Match; read it again")]
    RevisionMismatch,
    #[error("the idempotency key was already used with different content")]
    IdempotencyKeyReused,
    #[error("the username is taken")]
    UsernameTaken,
    #[error("you have changed your username too often in the last 30 days; go back to an earlier one, or wait")]
    RenamedTooOften,
    #[error("the credentials are incorrect")]
    InvalidCredentials,
    #[error("the refresh token is invalid or has expired; sign in again")]
    InvalidRefreshToken,
    #[error("you have reached the limit of keys; revoke one first")]
    TooManyKeys,
    #[error("a key cannot have scopes that its creator lacks")]
    ScopeNotHeld,
    #[error("sign-up is closed")]
    SignUpClosed,
    #[error("the account has been disabled by an operator")]
    AccountDisabled,
}

/// Every failure of a use case.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// A rule refused the request.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// Values violate rules.
    #[error("one or more values are invalid")]
    Invalid(Vec<FieldViolation>),
    /// A policy of this deployment rejected a text.
    #[error("{}", .0.detail)]
    Rejected(Rejection),
    /// The queue for password hashing is full.
    #[error("too many passwords are waiting to be checked")]
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
