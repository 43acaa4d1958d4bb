//! The stable codes of all problems, with their status and documentation.

use actix_web::http::StatusCode;
use chit_chat_domain::denial::Denial;

/// Declares [`Code`] from a table: advice for `docs/ERRORS.md`, variant, status, code, title and denials.
macro_rules! codes {
    ($(
        $(#[doc = $advice:literal])+
        $variant:ident = ($status:ident, $code:literal, $title:literal) $(if $denial:pat)?,
    )+) => {
        /// Identifies the kind of a problem, for programs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $( $(#[doc = $advice])+ $variant, )+
        }

        impl Code {
            /// Every code, in the order of `docs/ERRORS.md`.
            pub const ALL: [Self; [$($code),+].len()] = [$(Self::$variant),+];

            /// The closest HTTP status.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }

            /// The stable name, on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// A description of the code, for humans.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// When the code occurs and what to do, in Markdown.
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
    /// The body is missing, is not a JSON object, or has a field that is missing, duplicated or of the wrong type;
    /// `detail` says which and where. Also returned when `password` is changed without `current_password`.
    MalformedBody = (BAD_REQUEST, "malformed_body", "The request body is malformed"),
    /// `If-Match` or `If-None-Match` contains something other than entity tags. Send the quoted value of `ETag`.
    MalformedHeader = (BAD_REQUEST, "malformed_header", "A request header is malformed"),
    /// The request was rejected before it reached the API, for a reason without a code of its own.
    BadRequest = (BAD_REQUEST, "bad_request", "The request is malformed"),
    /// Send `Authorization: Bearer ...` with the `access_token` returned by `POST /api/auth/session`.
    Unauthenticated = (UNAUTHORIZED, "unauthenticated", "An access token is required"),
    /// The token has expired, its session has ended, or another server issued it: refresh it, or sign in again. Or the key
    /// was revoked, has expired, or is misspelt.
    InvalidToken = (UNAUTHORIZED, "invalid_token", "The access token or key is invalid or has expired"),
    /// At sign-in, the user does not exist or the password is wrong; the answer does not say which. When changing
    /// the password or deleting the account, the current password is wrong.
    InvalidCredentials = (UNAUTHORIZED, "invalid_credentials", "The credentials are incorrect")
        if Denial::InvalidCredentials,
    /// The token was already used (its session is then ended for safety), its session has ended, or another server
    /// issued it. Sign in again.
    InvalidRefreshToken = (UNAUTHORIZED, "invalid_refresh_token", "The refresh token is invalid or has expired")
        if Denial::InvalidRefreshToken,
    /// A key needs the scope that `WWW-Authenticate` names; some operations need a session: see [RIGHTS.md](RIGHTS.md#scopes).
    /// Create another key, or sign in.
    InsufficientScope = (FORBIDDEN, "insufficient_scope", "The credential does not permit this")
        if Denial::ScopeNotHeld,
    /// A server key belongs to no user. Send the id of one in `Chit-Chat-User`; the key needs the scope `act_as`.
    UserRequired = (FORBIDDEN, "user_required", "The request has to name the user as whom it acts"),
    /// The user in `Chit-Chat-User` does not exist or is disabled, or the credential is not a server key. `detail` says
    /// which.
    CannotActAs = (FORBIDDEN, "cannot_act_as", "The credential cannot act as this user"),
    /// The chatroom is public, so you can join it: `PUT /api/chatrooms/{id}/memberships/me`.
    NotAMember = (FORBIDDEN, "not_a_member", "Only members of the chatroom can do this") if Denial::NotAMember,
    /// Ask a moderator or an owner.
    NotAModerator = (FORBIDDEN, "not_a_moderator", "Only moderators and owners of the chatroom can do this")
        if Denial::NotAModerator,
    /// Ask an owner.
    NotAnOwner = (FORBIDDEN, "not_an_owner", "Only owners of the chatroom can do this") if Denial::NotAnOwner,
    /// Only its author can edit a message; its author, moderators and owners can delete it.
    NotTheAuthor = (FORBIDDEN, "not_the_author", "The message was written by another user")
        if Denial::NotTheAuthor | Denial::NotTheAuthorNorAModerator,
    /// Only owners themselves can leave or give up their role.
    TargetIsOwner = (FORBIDDEN, "target_is_owner", "An owner cannot be removed, banned or demoted")
        if Denial::TargetIsOwner,
    /// Ask an owner to remove or demote the moderator.
    TargetIsModerator = (FORBIDDEN, "target_is_moderator", "Only owners can remove or ban a moderator")
        if Denial::TargetIsModerator,
    /// You cannot open a direct chatroom with this user or add them to a chatroom. The answer does not say who
    /// blocked whom; `GET /api/users/me/blocks` lists your own blocks.
    Blocked = (FORBIDDEN, "blocked", "One of the two users has blocked the other") if Denial::Blocked,
    /// The user cannot join, be added or accept an invitation until a moderator lifts the ban.
    Banned = (FORBIDDEN, "banned", "The user is banned from the chatroom") if Denial::Banned,
    /// The password is right, but an operator has disabled the account. Contact the operator.
    AccountDisabled = (FORBIDDEN, "account_disabled", "The account is disabled") if Denial::AccountDisabled,
    /// The server runs with `SIGNUP=closed`. Ask its operator for an account.
    SignUpClosed = (FORBIDDEN, "sign_up_closed", "Sign-up is closed") if Denial::SignUpClosed,
    /// `detail` says how much is used and allowed: [LIMITS.md](LIMITS.md). Delete long messages or chatrooms, then retry
    /// a few seconds later.
    StorageFull = (FORBIDDEN, "storage_full", "Your storage quota is used up") if Denial::StorageFull { .. },
    /// A policy of this server rejected the text. `reason_code` names the reason for programs, such as `forbidden_word`,
    /// and `detail` says it for humans. The server's operator decides which policies it has.
    MessageRejected = (FORBIDDEN, "message_rejected", "The message was rejected"),
    /// A web page tried to open a WebSocket from an origin that is not listed in `CORS_ORIGINS`.
    OriginNotAllowed = (FORBIDDEN, "origin_not_allowed", "The origin is not allowed"),
    /// No route matches the path.
    NotFound = (NOT_FOUND, "not_found", "No resource exists at this path"),
    /// The chatroom never existed, was deleted, or is private or direct and you are not a member.
    ChatroomNotFound = (NOT_FOUND, "chatroom_not_found", "The chatroom does not exist or is not visible to you")
        if Denial::ChatroomNotFound,
    /// The message may be in another chatroom.
    MessageNotFound = (NOT_FOUND, "message_not_found", "No such message in this chatroom")
        if Denial::MessageNotFound,
    /// No user has this id, or the user to be added or banned has deleted their account.
    UserNotFound = (NOT_FOUND, "user_not_found", "No such user") if Denial::UserNotFound,
    /// Only the role of a member can be changed.
    MembershipNotFound = (NOT_FOUND, "membership_not_found", "The user is not a member of the chatroom")
        if Denial::MembershipNotFound,
    /// The code is unknown, the chatroom was deleted, or the invitation belongs to another chatroom.
    InvitationNotFound = (NOT_FOUND, "invitation_not_found", "No such invitation") if Denial::InvitationNotFound,
    /// The session has ended, or it belongs to another user.
    SessionNotFound = (NOT_FOUND, "session_not_found", "No such session") if Denial::SessionNotFound,
    /// The key was revoked, has expired, or has another owner.
    KeyNotFound = (NOT_FOUND, "key_not_found", "No such key") if Denial::KeyNotFound,
    /// The `Allow` header lists the supported methods.
    MethodNotAllowed = (METHOD_NOT_ALLOWED, "method_not_allowed", "The resource does not support this method"),
    /// The body was incomplete half a minute after the head. The connection is closed.
    RequestTimeout = (REQUEST_TIMEOUT, "request_timeout", "The request took too long to arrive"),
    /// Usernames are compared without regard to case. Those of deleted accounts stay taken, and a name that somebody
    /// has changed stays reserved for them for 30 days.
    UsernameTaken = (CONFLICT, "username_taken", "The username is taken") if Denial::UsernameTaken,
    /// Ten of your former usernames are reserved for you, each for 30 days. You can go back to one of them, or wait
    /// until one is free.
    RenamedTooOften =
        (CONFLICT, "renamed_too_often", "You have changed your username too often") if Denial::RenamedTooOften,
    /// A deleted message cannot be edited, reacted to or pinned.
    MessageDeleted = (CONFLICT, "message_deleted", "The message has been deleted") if Denial::MessageDeleted,
    /// You can still react with one of those emoji.
    TooManyReactions =
        (CONFLICT, "too_many_reactions", "The message has reached the limit of 50 different reactions")
        if Denial::TooManyReactions,
    /// Unpin a message first: `DELETE /api/chatrooms/{id}/pins/{message_id}`.
    TooManyPins = (CONFLICT, "too_many_pins", "The chatroom has reached the limit of 100 pins")
        if Denial::TooManyPins,
    /// The only owner cannot give up the role. Make another member an owner first, or leave: a moderator then
    /// takes over, or else a member.
    LastOwner = (CONFLICT, "last_owner", "The chatroom must keep at least one owner") if Denial::LastOwner,
    /// Nobody can write to it until an owner reopens it. A direct chatroom is archived while one user blocks the
    /// other, and when one deletes their account.
    ChatroomArchived = (CONFLICT, "chatroom_read_only", "The chatroom is archived") if Denial::ChatroomArchived,
    /// The two members have equal rights: neither can rename, configure or delete the chatroom, or add, remove or
    /// promote members.
    DirectChatroom = (CONFLICT, "direct_chatroom", "Not allowed in a direct chatroom") if Denial::DirectChatroom,
    /// A user can block 10,000 others. Unblock a user first.
    TooManyBlocks = (CONFLICT, "too_many_blocks", "You have reached the limit of blocked users")
        if Denial::TooManyBlocks,
    /// A chatroom can have 10,000 bans. Lift one first: `DELETE /api/chatrooms/{id}/bans/{user_id}`.
    TooManyBans = (CONFLICT, "too_many_bans", "The chatroom has reached the limit of bans") if Denial::TooManyBans,
    /// A user can have 100 keys, and so can the application. Revoke one first.
    TooManyKeys = (CONFLICT, "too_many_keys", "You have reached the limit of keys") if Denial::TooManyKeys,
    /// A chatroom can have 100 active invitations. Revoke one first.
    TooManyInvitations =
        (CONFLICT, "too_many_invitations", "The chatroom has reached the limit of active invitations")
        if Denial::TooManyInvitations,
    /// The user has 20 invitations of yours that they have not answered. Withdraw one of them first:
    /// `DELETE /api/chatrooms/{id}/invitees/{user_id}`.
    InvitedTooOften =
        (CONFLICT, "invited_too_often", "Too many of your invitations wait for an answer of this user")
        if Denial::InvitedTooOften,
    /// It was revoked, has expired, or has been used as often as it allows, or its creator may no longer invite. Ask for
    /// another.
    InvitationGone = (GONE, "invitation_gone", "The invitation can no longer be used") if Denial::InvitationGone,
    /// The message is not at a revision given in `If-Match`. Read it again, and decide again.
    RevisionMismatch = (PRECONDITION_FAILED, "revision_mismatch", "The message has changed in the meantime")
        if Denial::RevisionMismatch,
    /// The limit is 1 MiB, and 8 KiB without an access token. It also applies to the decompressed body.
    BodyTooLarge = (PAYLOAD_TOO_LARGE, "body_too_large", "The request body is too large"),
    /// Send `Content-Type: application/json`.
    UnsupportedMediaType = (UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The request body must be JSON"),
    /// Send the body with `Content-Encoding: gzip` or `deflate`, or uncompressed.
    UnsupportedEncoding =
        (UNSUPPORTED_MEDIA_TYPE, "unsupported_encoding", "The content encoding is not supported"),
    /// `errors` lists each invalid value and the rule that it breaks.
    InvalidValue = (UNPROCESSABLE_ENTITY, "invalid_value", "A value is invalid") if Denial::Oneself,
    /// You already used this `Idempotency-Key` with different content. Use a new key for each new request.
    IdempotencyKeyReused =
        (UNPROCESSABLE_ENTITY, "idempotency_key_reused", "The idempotency key was used for another request")
        if Denial::IdempotencyKeyReused,
    /// `GET /api/ws` opens a WebSocket of version 13. Behind a proxy, this means that it does not pass on
    /// `Upgrade`: see [OPERATING.md](OPERATING.md#proxies).
    UpgradeRequired = (UPGRADE_REQUIRED, "upgrade_required", "The resource requires an upgrade to WebSocket"),
    /// Too many failed logins, sign-ups or writes: see [LIMITS.md](LIMITS.md). Retry after `Retry-After`.
    RateLimited = (TOO_MANY_REQUESTS, "rate_limited", "Too many requests"),
    /// Too many requests of one user or one address are running or waiting. Wait for their answers, then retry.
    TooManyRequests = (TOO_MANY_REQUESTS, "too_many_requests", "Too many requests at the same time"),
    /// Members must wait `slow_mode_seconds` between two messages. Retry after `Retry-After`.
    SlowMode = (TOO_MANY_REQUESTS, "slow_mode", "The chatroom is in slow mode") if Denial::SlowMode { .. },
    /// A user can have 50 open streams per instance, and a client behind a trusted proxy as many as
    /// `CONNECTIONS_PER_ADDRESS`. Close one first.
    TooManyStreams = (TOO_MANY_REQUESTS, "too_many_streams", "Too many open streams"),
    /// A fault of the server. Report the `request_id`: the log has the details.
    Internal = (INTERNAL_SERVER_ERROR, "internal", "Internal server error"),
    /// Too many sign-ins, too many messages waiting to be written, or too many changes to the same data. Retry
    /// after `Retry-After`.
    Overloaded = (SERVICE_UNAVAILABLE, "overloaded", "The server is overloaded"),
    /// The database is unreachable, lacks migrations or has too many operations waiting. Retry after
    /// `Retry-After`.
    Unavailable = (SERVICE_UNAVAILABLE, "unavailable", "The service is temporarily unavailable"),
}
