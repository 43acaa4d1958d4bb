//! The stable codes of all problems, and the status that each has.

use actix_web::http::StatusCode;
use chit_chat_domain::denial::Denial;

/// Names a kind of problem, for programs to tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    MalformedBody,
    MalformedHeader,
    BadRequest,
    Unauthenticated,
    InvalidToken,
    InvalidCredentials,
    InvalidRefreshToken,
    NotAMember,
    NotAModerator,
    NotAnOwner,
    NotTheAuthor,
    TargetIsOwner,
    TargetIsModerator,
    Blocked,
    Banned,
    AccountDisabled,
    SignUpClosed,
    OriginNotAllowed,
    NotFound,
    ChatroomNotFound,
    MessageNotFound,
    UserNotFound,
    MembershipNotFound,
    InvitationNotFound,
    SessionNotFound,
    MethodNotAllowed,
    RequestTimeout,
    UsernameTaken,
    MessageDeleted,
    TooManyReactions,
    TooManyPins,
    LastOwner,
    ChatroomArchived,
    DirectChatroom,
    TooManyBlocks,
    TooManyInvitations,
    InvitationGone,
    RevisionMismatch,
    BodyTooLarge,
    UnsupportedMediaType,
    UnsupportedEncoding,
    InvalidValue,
    IdempotencyKeyReused,
    RateLimited,
    SlowMode,
    TooManyStreams,
    Internal,
    Overloaded,
    Unavailable,
}

impl Code {
    /// Every code, in the order of `docs/ERRORS.md`.
    pub const ALL: [Self; 49] = [
        Self::MalformedBody,
        Self::MalformedHeader,
        Self::BadRequest,
        Self::Unauthenticated,
        Self::InvalidToken,
        Self::InvalidCredentials,
        Self::InvalidRefreshToken,
        Self::NotAMember,
        Self::NotAModerator,
        Self::NotAnOwner,
        Self::NotTheAuthor,
        Self::TargetIsOwner,
        Self::TargetIsModerator,
        Self::Blocked,
        Self::Banned,
        Self::AccountDisabled,
        Self::SignUpClosed,
        Self::OriginNotAllowed,
        Self::NotFound,
        Self::ChatroomNotFound,
        Self::MessageNotFound,
        Self::UserNotFound,
        Self::MembershipNotFound,
        Self::InvitationNotFound,
        Self::SessionNotFound,
        Self::MethodNotAllowed,
        Self::RequestTimeout,
        Self::UsernameTaken,
        Self::MessageDeleted,
        Self::TooManyReactions,
        Self::TooManyPins,
        Self::LastOwner,
        Self::ChatroomArchived,
        Self::DirectChatroom,
        Self::TooManyBlocks,
        Self::TooManyInvitations,
        Self::InvitationGone,
        Self::RevisionMismatch,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::UnsupportedEncoding,
        Self::InvalidValue,
        Self::IdempotencyKeyReused,
        Self::RateLimited,
        Self::SlowMode,
        Self::TooManyStreams,
        Self::Internal,
        Self::Overloaded,
        Self::Unavailable,
    ];

    /// The status that says roughly the same.
    pub fn status(self) -> StatusCode {
        self.parts().0
    }

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        self.parts().1
    }

    /// What it means, whatever the request.
    pub fn title(self) -> &'static str {
        self.parts().2
    }

    fn parts(self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::MalformedBody => {
                (S::BAD_REQUEST, "malformed_body", "The body is not the JSON that is needed here")
            }
            Self::MalformedHeader => (S::BAD_REQUEST, "malformed_header", "A header cannot be read"),
            Self::BadRequest => (S::BAD_REQUEST, "bad_request", "The request cannot be read"),
            Self::Unauthenticated => (S::UNAUTHORIZED, "unauthenticated", "An access token is needed"),
            Self::InvalidToken => {
                (S::UNAUTHORIZED, "invalid_token", "The access token is not valid, or not any more")
            }
            Self::InvalidCredentials => (S::UNAUTHORIZED, "invalid_credentials", "The credentials are wrong"),
            Self::InvalidRefreshToken => {
                (S::UNAUTHORIZED, "invalid_refresh_token", "The refresh token is not valid, or not any more")
            }
            Self::NotAMember => (S::FORBIDDEN, "not_a_member", "Only members of the chatroom may do this"),
            Self::NotAModerator => {
                (S::FORBIDDEN, "not_a_moderator", "Only moderators and owners of the chatroom may do this")
            }
            Self::NotAnOwner => (S::FORBIDDEN, "not_an_owner", "Only owners of the chatroom may do this"),
            Self::NotTheAuthor => (S::FORBIDDEN, "not_the_author", "The message is somebody else's"),
            Self::TargetIsOwner => (S::FORBIDDEN, "target_is_owner", "Owners do not remove or demote each other"),
            Self::TargetIsModerator => {
                (S::FORBIDDEN, "target_is_moderator", "Moderators do not remove each other")
            }
            Self::Blocked => (S::FORBIDDEN, "blocked", "One of the two has blocked the other"),
            Self::Banned => (S::FORBIDDEN, "banned", "The user is banned from the chatroom"),
            Self::AccountDisabled => (S::FORBIDDEN, "account_disabled", "The account is disabled"),
            Self::SignUpClosed => (S::FORBIDDEN, "sign_up_closed", "Nobody may sign up here"),
            Self::OriginNotAllowed => (S::FORBIDDEN, "origin_not_allowed", "Pages of this origin may not do this"),
            Self::NotFound => (S::NOT_FOUND, "not_found", "There is nothing at this path"),
            Self::ChatroomNotFound => {
                (S::NOT_FOUND, "chatroom_not_found", "There is no such chatroom, or not for you")
            }
            Self::MessageNotFound => {
                (S::NOT_FOUND, "message_not_found", "There is no such message in this chatroom")
            }
            Self::UserNotFound => (S::NOT_FOUND, "user_not_found", "There is no such user"),
            Self::MembershipNotFound => {
                (S::NOT_FOUND, "membership_not_found", "The user is not a member of the chatroom")
            }
            Self::InvitationNotFound => (S::NOT_FOUND, "invitation_not_found", "There is no such invitation"),
            Self::SessionNotFound => (S::NOT_FOUND, "session_not_found", "There is no such open session of yours"),
            Self::MethodNotAllowed => {
                (S::METHOD_NOT_ALLOWED, "method_not_allowed", "The resource does not answer to this method")
            }
            Self::RequestTimeout => (S::REQUEST_TIMEOUT, "request_timeout", "The request took too long to arrive"),
            Self::UsernameTaken => (S::CONFLICT, "username_taken", "The username is, or was, somebody's"),
            Self::MessageDeleted => (S::CONFLICT, "message_deleted", "The message has been deleted"),
            Self::TooManyReactions => {
                (S::CONFLICT, "too_many_reactions", "The message has 50 kinds of reactions already")
            }
            Self::TooManyPins => (S::CONFLICT, "too_many_pins", "The chatroom has 100 pins already"),
            Self::LastOwner => (S::CONFLICT, "last_owner", "The chatroom would be left without an owner"),
            Self::ChatroomArchived => (S::CONFLICT, "chatroom_read_only", "Nobody writes in this chatroom"),
            Self::DirectChatroom => (S::CONFLICT, "direct_chatroom", "This is not done in a direct chatroom"),
            Self::TooManyBlocks => (S::CONFLICT, "too_many_blocks", "Nobody blocks so many people"),
            Self::TooManyInvitations => {
                (S::CONFLICT, "too_many_invitations", "The chatroom has too many invitations")
            }
            Self::InvitationGone => (S::GONE, "invitation_gone", "The invitation cannot be used any more"),
            Self::RevisionMismatch => {
                (S::PRECONDITION_FAILED, "revision_mismatch", "The message has changed meanwhile")
            }
            Self::BodyTooLarge => (S::PAYLOAD_TOO_LARGE, "body_too_large", "The body is larger than 1 MiB"),
            Self::UnsupportedMediaType => {
                (S::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body must be JSON, and say so")
            }
            Self::UnsupportedEncoding => {
                (S::UNSUPPORTED_MEDIA_TYPE, "unsupported_encoding", "The body's encoding is not known here")
            }
            Self::InvalidValue => (S::UNPROCESSABLE_ENTITY, "invalid_value", "A value breaks a rule"),
            Self::IdempotencyKeyReused => (
                S::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "The idempotency key belongs to another request",
            ),
            Self::RateLimited => (S::TOO_MANY_REQUESTS, "rate_limited", "Too many requests of this kind"),
            Self::SlowMode => (S::TOO_MANY_REQUESTS, "slow_mode", "Members have to wait between two messages"),
            Self::TooManyStreams => {
                (S::TOO_MANY_REQUESTS, "too_many_streams", "Too many streams are open already")
            }
            Self::Internal => (S::INTERNAL_SERVER_ERROR, "internal", "Internal error"),
            Self::Overloaded => (S::SERVICE_UNAVAILABLE, "overloaded", "Too much is going on right now"),
            Self::Unavailable => (S::SERVICE_UNAVAILABLE, "unavailable", "The service is not available right now"),
        }
    }
}

impl From<Denial> for Code {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::ChatroomNotFound => Self::ChatroomNotFound,
            Denial::MessageNotFound => Self::MessageNotFound,
            Denial::UserNotFound => Self::UserNotFound,
            Denial::MembershipNotFound => Self::MembershipNotFound,
            Denial::InvitationNotFound => Self::InvitationNotFound,
            Denial::SessionNotFound => Self::SessionNotFound,
            Denial::NotAMember => Self::NotAMember,
            Denial::NotAModerator => Self::NotAModerator,
            Denial::NotAnOwner => Self::NotAnOwner,
            Denial::NotTheAuthor | Denial::NotTheAuthorNorAModerator => Self::NotTheAuthor,
            Denial::TargetIsOwner => Self::TargetIsOwner,
            Denial::TargetIsModerator => Self::TargetIsModerator,
            Denial::Banned => Self::Banned,
            Denial::ChatroomArchived => Self::ChatroomArchived,
            Denial::DirectChatroom => Self::DirectChatroom,
            Denial::Blocked => Self::Blocked,
            Denial::TooManyBlocks => Self::TooManyBlocks,
            Denial::Oneself => Self::InvalidValue,
            Denial::SlowMode { .. } => Self::SlowMode,
            Denial::LastOwner => Self::LastOwner,
            Denial::TooManyInvitations => Self::TooManyInvitations,
            Denial::InvitationGone => Self::InvitationGone,
            Denial::MessageDeleted => Self::MessageDeleted,
            Denial::TooManyReactions => Self::TooManyReactions,
            Denial::TooManyPins => Self::TooManyPins,
            Denial::RevisionMismatch => Self::RevisionMismatch,
            Denial::IdempotencyKeyReused => Self::IdempotencyKeyReused,
            Denial::UsernameTaken => Self::UsernameTaken,
            Denial::InvalidCredentials => Self::InvalidCredentials,
            Denial::InvalidRefreshToken => Self::InvalidRefreshToken,
            Denial::SignUpClosed => Self::SignUpClosed,
            Denial::AccountDisabled => Self::AccountDisabled,
        }
    }
}
