//! The stable codes of all problems, with the status and the documentation of each.

use actix_web::http::StatusCode;
use chit_chat_domain::denial::Denial;

/// Declares [`Code`] from a table: the advice of `docs/ERRORS.md`, variant, status, code, title, and denials.
macro_rules! codes {
    ($(
        $(#[doc = $advice:literal])+
        $variant:ident = ($status:ident, $code:literal, $title:literal) $(if $denial:pat)?,
    )+) => {
        /// Names a kind of problem, for programs to tell them apart.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $( $(#[doc = $advice])+ $variant, )+
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

            /// When it occurs, and what to do about it, in Markdown.
            pub fn advice(self) -> &'static str {
                match self { $(Self::$variant => concat!($($advice),+).trim_ascii(),)+ }
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
    /// Missing, not JSON, no object, or a field is missing, there twice or of the wrong type; `detail` says which,
    /// and where. A new password without `current_password` too.
    MalformedBody = (BAD_REQUEST, "malformed_body", "The body is not the JSON that is needed here"),
    /// `If-Match` or `If-None-Match` holds something else than entity tags. Send them in quotes, as `ETag` gives
    /// them.
    MalformedHeader = (BAD_REQUEST, "malformed_header", "A header cannot be read"),
    /// Refused before the API saw it, for a reason that has no code of its own.
    BadRequest = (BAD_REQUEST, "bad_request", "The request cannot be read"),
    /// Send `Authorization: Bearer ...` with the `access_token` of `POST /api/auth/session`.
    Unauthenticated = (UNAUTHORIZED, "unauthenticated", "An access token is needed"),
    /// It has expired, its session has ended, or it is not one of this server's. Refresh it, or sign in again.
    InvalidToken = (UNAUTHORIZED, "invalid_token", "The access token is not valid, or not any more"),
    /// At sign-in: no such user, or another password; it is not said which. When changing the password or deleting
    /// the account: another password.
    InvalidCredentials = (UNAUTHORIZED, "invalid_credentials", "The credentials are wrong")
        if Denial::InvalidCredentials,
    /// It was spent before (its session has been ended for safety), the session is over, or it is not one of this
    /// server's. Sign in again.
    InvalidRefreshToken =
        (UNAUTHORIZED, "invalid_refresh_token", "The refresh token is not valid, or not any more")
        if Denial::InvalidRefreshToken,
    /// The chatroom is public, so it can be joined: `PUT /api/chatrooms/{id}/memberships/me`.
    NotAMember = (FORBIDDEN, "not_a_member", "Only members of the chatroom may do this") if Denial::NotAMember,
    /// Ask one of them.
    NotAModerator = (FORBIDDEN, "not_a_moderator", "Only moderators and owners of the chatroom may do this")
        if Denial::NotAModerator,
    /// Ask an owner.
    NotAnOwner = (FORBIDDEN, "not_an_owner", "Only owners of the chatroom may do this") if Denial::NotAnOwner,
    /// Only authors edit; authors, moderators and owners of the chatroom delete.
    NotTheAuthor = (FORBIDDEN, "not_the_author", "The message is somebody else's")
        if Denial::NotTheAuthor | Denial::NotTheAuthorNorAModerator,
    /// Owners leave or step down by themselves.
    TargetIsOwner = (FORBIDDEN, "target_is_owner", "Owners do not remove or demote each other")
        if Denial::TargetIsOwner,
    /// Owners remove and demote them.
    TargetIsModerator = (FORBIDDEN, "target_is_moderator", "Moderators do not remove each other")
        if Denial::TargetIsModerator,
    /// No direct chatroom is opened, or nobody is added. The problem does not say who has blocked whom; my own
    /// blocks are in `GET /api/users/me/blocks`.
    Blocked = (FORBIDDEN, "blocked", "One of the two has blocked the other") if Denial::Blocked,
    /// They do not join, are not added and not let in by an invitation until a moderator lifts the ban.
    Banned = (FORBIDDEN, "banned", "The user is banned from the chatroom") if Denial::Banned,
    /// An operator has disabled it; the password was right. Ask them.
    AccountDisabled = (FORBIDDEN, "account_disabled", "The account is disabled") if Denial::AccountDisabled,
    /// The server runs with `SIGNUP=closed`. Ask its operator for an account.
    SignUpClosed = (FORBIDDEN, "sign_up_closed", "Nobody may sign up here") if Denial::SignUpClosed,
    /// A web page opens a WebSocket from an origin that `CORS_ORIGINS` does not name.
    OriginNotAllowed = (FORBIDDEN, "origin_not_allowed", "Pages of this origin may not do this"),
    /// No route has this path.
    NotFound = (NOT_FOUND, "not_found", "There is nothing at this path"),
    /// It never existed, was deleted, or is private or direct and you are no member.
    ChatroomNotFound = (NOT_FOUND, "chatroom_not_found", "There is no such chatroom, or not for you")
        if Denial::ChatroomNotFound,
    /// The message may be in another chatroom.
    MessageNotFound = (NOT_FOUND, "message_not_found", "There is no such message in this chatroom")
        if Denial::MessageNotFound,
    /// No user has this id, or the one to be added or banned has deleted their account.
    UserNotFound = (NOT_FOUND, "user_not_found", "There is no such user") if Denial::UserNotFound,
    /// The role of somebody was to be changed who is no member.
    MembershipNotFound = (NOT_FOUND, "membership_not_found", "The user is not a member of the chatroom")
        if Denial::MembershipNotFound,
    /// The code is nobody's, the chatroom is gone, or it has no such invitation.
    InvitationNotFound = (NOT_FOUND, "invitation_not_found", "There is no such invitation")
        if Denial::InvitationNotFound,
    /// It has ended already, or is somebody else's.
    SessionNotFound = (NOT_FOUND, "session_not_found", "There is no such open session of yours")
        if Denial::SessionNotFound,
    /// The header `Allow` names those that it answers to.
    MethodNotAllowed = (METHOD_NOT_ALLOWED, "method_not_allowed", "The resource does not answer to this method"),
    /// The body was not complete half a minute after the head. The connection is closed.
    RequestTimeout = (REQUEST_TIMEOUT, "request_timeout", "The request took too long to arrive"),
    /// Without regard to case. The names of deleted accounts stay taken.
    UsernameTaken = (CONFLICT, "username_taken", "The username is, or was, somebody's") if Denial::UsernameTaken,
    /// A tombstone cannot be edited, reacted to or pinned.
    MessageDeleted = (CONFLICT, "message_deleted", "The message has been deleted") if Denial::MessageDeleted,
    /// People may still react by one of those.
    TooManyReactions = (CONFLICT, "too_many_reactions", "The message has 50 kinds of reactions already")
        if Denial::TooManyReactions,
    /// Unpin another message first: `DELETE /api/chatrooms/{id}/pins/{message_id}`.
    TooManyPins = (CONFLICT, "too_many_pins", "The chatroom has 100 pins already") if Denial::TooManyPins,
    /// The only owner wanted to step down. Make somebody else an owner first, or leave: then a moderator takes
    /// over, or else the longest-standing member.
    LastOwner = (CONFLICT, "last_owner", "The chatroom would be left without an owner") if Denial::LastOwner,
    /// It is archived: an owner can open it again. A direct chatroom: one of the two has blocked the other, or
    /// deleted their account.
    ChatroomArchived = (CONFLICT, "chatroom_read_only", "Nobody writes in this chatroom")
        if Denial::ChatroomArchived,
    /// Two people share it, and neither decides about it: nobody renames, sets, joins, adds, removes, promotes or
    /// deletes there.
    DirectChatroom = (CONFLICT, "direct_chatroom", "This is not done in a direct chatroom")
        if Denial::DirectChatroom,
    /// 10,000 are as many as there can be. Unblock somebody first.
    TooManyBlocks = (CONFLICT, "too_many_blocks", "Nobody blocks so many people") if Denial::TooManyBlocks,
    /// There are 100 that can be used. Revoke one first.
    TooManyInvitations = (CONFLICT, "too_many_invitations", "The chatroom has too many invitations")
        if Denial::TooManyInvitations,
    /// It has been revoked, has expired, or has let in as many as it was for. Ask for another.
    InvitationGone = (GONE, "invitation_gone", "The invitation cannot be used any more") if Denial::InvitationGone,
    /// It is not at a revision that `If-Match` names. Read it again, and decide again.
    RevisionMismatch = (PRECONDITION_FAILED, "revision_mismatch", "The message has changed meanwhile")
        if Denial::RevisionMismatch,
    /// Also once inflated.
    BodyTooLarge = (PAYLOAD_TOO_LARGE, "body_too_large", "The body is larger than 1 MiB"),
    /// Send `Content-Type: application/json`.
    UnsupportedMediaType = (UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body must be JSON, and say so"),
    /// Send the body with `Content-Encoding: gzip` or `deflate`, or as it is.
    UnsupportedEncoding =
        (UNSUPPORTED_MEDIA_TYPE, "unsupported_encoding", "The body's encoding is not known here"),
    /// `errors` says which value, and which rule.
    InvalidValue = (UNPROCESSABLE_ENTITY, "invalid_value", "A value breaks a rule") if Denial::Oneself,
    /// You used this `Idempotency-Key` before, with other content. Use a new one for a new request.
    IdempotencyKeyReused =
        (UNPROCESSABLE_ENTITY, "idempotency_key_reused", "The idempotency key belongs to another request")
        if Denial::IdempotencyKeyReused,
    /// Too many failed logins, sign-ups or writes: [LIMITS.md](LIMITS.md). Try again after `Retry-After`.
    RateLimited = (TOO_MANY_REQUESTS, "rate_limited", "Too many requests of this kind"),
    /// The chatroom has `slow_mode_seconds`. Try again after `Retry-After`.
    SlowMode = (TOO_MANY_REQUESTS, "slow_mode", "Members have to wait between two messages")
        if Denial::SlowMode { .. },
    /// 50 of one user on one instance are as many as there can be. Close one first.
    TooManyStreams = (TOO_MANY_REQUESTS, "too_many_streams", "Too many streams are open already"),
    /// A fault of the server. Report the `request_id`: the log tells more under it.
    Internal = (INTERNAL_SERVER_ERROR, "internal", "Internal error"),
    /// Too many sign-ins, too many messages that wait to be written, or too many changes of the same thing. Try
    /// again after `Retry-After`.
    Overloaded = (SERVICE_UNAVAILABLE, "overloaded", "Too much is going on right now"),
    /// The database cannot be reached or lacks migrations, or too much waits for it. Try again after
    /// `Retry-After`.
    Unavailable = (SERVICE_UNAVAILABLE, "unavailable", "The service is not available right now"),
}
