//! The stable codes of all problems, and the status that each has.

use actix_web::http::StatusCode;
use chit_chat_domain::denial::Denial;

/// Declares [`Code`] from a table: variant, status, code, title, and the denials that it stands for.
macro_rules! codes {
    ($( $variant:ident = ($status:ident, $code:literal, $title:literal) $(if $denial:pat)?, )+) => {
        /// Names a kind of problem, for programs to tell them apart.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $( $variant, )+
        }

        impl Code {
            /// Every code, in the order of `docs/ERRORS.md`.
            pub const ALL: [Self; [$($code),+].len()] = [$(Self::$variant),+];

            /// The status that says roughly the same.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }

            /// The stable name.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// What it means, whatever the request.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }
        }

        impl From<Denial> for Code {
            fn from(denial: Denial) -> Self {
                match denial { $($($denial => Self::$variant,)?)+ }
            }
        }
    };
}

codes! {
    MalformedBody = (BAD_REQUEST, "malformed_body", "The body is not the JSON that is needed here"),
    MalformedHeader = (BAD_REQUEST, "malformed_header", "A header cannot be read"),
    BadRequest = (BAD_REQUEST, "bad_request", "The request cannot be read"),
    Unauthenticated = (UNAUTHORIZED, "unauthenticated", "An access token is needed"),
    InvalidToken = (UNAUTHORIZED, "invalid_token", "The access token is not valid, or not any more"),
    InvalidCredentials = (UNAUTHORIZED, "invalid_credentials", "The credentials are wrong")
        if Denial::InvalidCredentials,
    InvalidRefreshToken =
        (UNAUTHORIZED, "invalid_refresh_token", "The refresh token is not valid, or not any more")
        if Denial::InvalidRefreshToken,
    NotAMember = (FORBIDDEN, "not_a_member", "Only members of the chatroom may do this") if Denial::NotAMember,
    NotAModerator = (FORBIDDEN, "not_a_moderator", "Only moderators and owners of the chatroom may do this")
        if Denial::NotAModerator,
    NotAnOwner = (FORBIDDEN, "not_an_owner", "Only owners of the chatroom may do this") if Denial::NotAnOwner,
    NotTheAuthor = (FORBIDDEN, "not_the_author", "The message is somebody else's")
        if Denial::NotTheAuthor | Denial::NotTheAuthorNorAModerator,
    TargetIsOwner = (FORBIDDEN, "target_is_owner", "Owners do not remove or demote each other")
        if Denial::TargetIsOwner,
    TargetIsModerator = (FORBIDDEN, "target_is_moderator", "Moderators do not remove each other")
        if Denial::TargetIsModerator,
    Blocked = (FORBIDDEN, "blocked", "One of the two has blocked the other") if Denial::Blocked,
    Banned = (FORBIDDEN, "banned", "The user is banned from the chatroom") if Denial::Banned,
    AccountDisabled = (FORBIDDEN, "account_disabled", "The account is disabled") if Denial::AccountDisabled,
    SignUpClosed = (FORBIDDEN, "sign_up_closed", "Nobody may sign up here") if Denial::SignUpClosed,
    OriginNotAllowed = (FORBIDDEN, "origin_not_allowed", "Pages of this origin may not do this"),
    NotFound = (NOT_FOUND, "not_found", "There is nothing at this path"),
    ChatroomNotFound = (NOT_FOUND, "chatroom_not_found", "There is no such chatroom, or not for you")
        if Denial::ChatroomNotFound,
    MessageNotFound = (NOT_FOUND, "message_not_found", "There is no such message in this chatroom")
        if Denial::MessageNotFound,
    UserNotFound = (NOT_FOUND, "user_not_found", "There is no such user") if Denial::UserNotFound,
    MembershipNotFound = (NOT_FOUND, "membership_not_found", "The user is not a member of the chatroom")
        if Denial::MembershipNotFound,
    InvitationNotFound = (NOT_FOUND, "invitation_not_found", "There is no such invitation")
        if Denial::InvitationNotFound,
    SessionNotFound = (NOT_FOUND, "session_not_found", "There is no such open session of yours")
        if Denial::SessionNotFound,
    MethodNotAllowed = (METHOD_NOT_ALLOWED, "method_not_allowed", "The resource does not answer to this method"),
    RequestTimeout = (REQUEST_TIMEOUT, "request_timeout", "The request took too long to arrive"),
    UsernameTaken = (CONFLICT, "username_taken", "The username is, or was, somebody's") if Denial::UsernameTaken,
    MessageDeleted = (CONFLICT, "message_deleted", "The message has been deleted") if Denial::MessageDeleted,
    TooManyReactions = (CONFLICT, "too_many_reactions", "The message has 50 kinds of reactions already")
        if Denial::TooManyReactions,
    TooManyPins = (CONFLICT, "too_many_pins", "The chatroom has 100 pins already") if Denial::TooManyPins,
    LastOwner = (CONFLICT, "last_owner", "The chatroom would be left without an owner") if Denial::LastOwner,
    ChatroomArchived = (CONFLICT, "chatroom_read_only", "Nobody writes in this chatroom")
        if Denial::ChatroomArchived,
    DirectChatroom = (CONFLICT, "direct_chatroom", "This is not done in a direct chatroom")
        if Denial::DirectChatroom,
    TooManyBlocks = (CONFLICT, "too_many_blocks", "Nobody blocks so many people") if Denial::TooManyBlocks,
    TooManyInvitations = (CONFLICT, "too_many_invitations", "The chatroom has too many invitations")
        if Denial::TooManyInvitations,
    InvitationGone = (GONE, "invitation_gone", "The invitation cannot be used any more") if Denial::InvitationGone,
    RevisionMismatch = (PRECONDITION_FAILED, "revision_mismatch", "The message has changed meanwhile")
        if Denial::RevisionMismatch,
    BodyTooLarge = (PAYLOAD_TOO_LARGE, "body_too_large", "The body is larger than 1 MiB"),
    UnsupportedMediaType = (UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body must be JSON, and say so"),
    UnsupportedEncoding =
        (UNSUPPORTED_MEDIA_TYPE, "unsupported_encoding", "The body's encoding is not known here"),
    InvalidValue = (UNPROCESSABLE_ENTITY, "invalid_value", "A value breaks a rule") if Denial::Oneself,
    IdempotencyKeyReused =
        (UNPROCESSABLE_ENTITY, "idempotency_key_reused", "The idempotency key belongs to another request")
        if Denial::IdempotencyKeyReused,
    RateLimited = (TOO_MANY_REQUESTS, "rate_limited", "Too many requests of this kind"),
    SlowMode = (TOO_MANY_REQUESTS, "slow_mode", "Members have to wait between two messages")
        if Denial::SlowMode { .. },
    TooManyStreams = (TOO_MANY_REQUESTS, "too_many_streams", "Too many streams are open already"),
    Internal = (INTERNAL_SERVER_ERROR, "internal", "Internal error"),
    Overloaded = (SERVICE_UNAVAILABLE, "overloaded", "Too much is going on right now"),
    Unavailable = (SERVICE_UNAVAILABLE, "unavailable", "The service is not available right now"),
}
