//! The sender of a request, by its access token or key (RFC 6750).

use std::future::{Ready, ready};
use std::ops::Range;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use chit_chat_domain::credential::Via;
use chit_chat_domain::id::UserId;
use chit_chat_domain::key::{KeyOwner, KeyText, Reach};
use chit_chat_domain::scope::Scopes;
use chit_chat_domain::session::AccessClaims;
use chit_chat_live::Subscriber;
use uuid::Uuid;

use super::rights;
use crate::connections::Connection;
use crate::keys::{self, ACTING_AS, KnownKey};
use crate::limits::{self, Source};
use crate::problem::{Code, Problem};
use crate::state::State;

/// The sender of a request, with the credential. Handlers take it as their first argument, so that
/// unauthenticated callers learn nothing about the resource.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Principal {
    pub(crate) user: UserId,
    pub(crate) via: Via,
    /// The address of the client.
    pub(crate) source: Source,
    /// True if the request may change something.
    pub(crate) writes: bool,
}

impl Principal {
    /// The principal of a bearer token that came without a request, and the chatrooms that it reaches.
    pub(crate) async fn of_token(
        state: &web::Data<State>,
        token: &str,
        source: Source,
    ) -> Result<(Self, Reach), Problem> {
        if !KeyText::is_meant_by(token) {
            return Ok((Self::with_token(state, token, source)?, Reach::ALL));
        }
        let key = keys::verify(state, token, source).await?;
        Ok((Self::with_key(state, &key, source)?, key.key().reach.clone()))
    }

    /// The principal of the credential of a request, if the operation is within its rights.
    pub(crate) fn of_request(state: &State, token: &str, request: &HttpRequest) -> Result<Self, Problem> {
        let source = Source::of_request(request);
        if !KeyText::is_meant_by(token) {
            let principal = Self::with_token(state, token, source)?;
            let acts_as = request.headers().contains_key(ACTING_AS);
            let refused = || Problem::cannot_act_as("only server keys act as other users");
            return if acts_as { Err(refused()) } else { Ok(principal) };
        }
        let key = keys::of_request(request)?;
        let principal = match key.key().owner {
            KeyOwner::User(_) if request.headers().contains_key(ACTING_AS) => {
                return Err(Problem::cannot_act_as("only server keys act as other users"));
            }
            KeyOwner::User(user) => Self { user, via: key.via(), source, writes: false },
            KeyOwner::Application => Self::acting(state, &key, request, source)?,
        };
        principal.confirm(state)?;
        principal.check_rights(request)?;
        Ok(principal)
    }

    /// The user as whom a server key acts, with all of the user's rights.
    fn acting(state: &State, key: &KnownKey, request: &HttpRequest, source: Source) -> Result<Self, Problem> {
        let application = Self::application(key, source);
        // A key that has ended is invalid, whomever it would act as.
        application.confirm(state)?;
        let user = keys::acting_as(request)?;
        Ok(Self { user, via: key.via().with_scopes(Scopes::OF_USERS), ..application })
    }

    /// The application, counted like a user of its own.
    fn application(key: &KnownKey, source: Source) -> Self {
        Self { user: UserId::from(Uuid::from(key.key().id)), via: key.via(), source, writes: false }
    }

    /// The principal of a key that came without a request.
    fn with_key(state: &State, key: &KnownKey, source: Source) -> Result<Self, Problem> {
        let user = key.key().owner.user().ok_or_else(Problem::user_required)?;
        let principal = Self { user, via: key.via(), source, writes: false };
        principal.confirm(state)?;
        Ok(principal)
    }

    /// The application behind the server key of a request, if the operation is within the key's scopes.
    pub(super) fn of_application(request: &HttpRequest) -> Result<Self, Problem> {
        let (state, token) = shown(request)?;
        let source = Source::of_request(request);
        let scope = rights::scope_of(request);
        let lacking = || scope.map_or_else(Problem::not_a_server_key, Problem::insufficient_scope);
        if !KeyText::is_meant_by(token) {
            Self::with_token(state, token, source)?;
            return Err(lacking());
        }
        let key = keys::of_request(request)?;
        let application = Self::application(&key, source);
        application.confirm(state)?;
        let permitted = scope.is_some_and(|scope| key.key().scopes.contains(scope));
        if key.key().owner != KeyOwner::Application || !permitted {
            return Err(lacking());
        }
        Connection::sent_by(request, application.user);
        application.counted(request)
    }

    /// Counts the request, and remembers who sent it.
    fn counted(self, request: &HttpRequest) -> Result<Self, Problem> {
        let writes = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(request.method());
        let principal = Self { writes, ..self };
        if writes {
            limits::count_write(request, principal.user)?;
            request.extensions_mut().insert(principal);
        } else {
            limits::count_read(request, principal.user)?;
        }
        Ok(principal)
    }

    /// The principal of an access token, if it is valid.
    fn with_token(state: &State, token: &str, source: Source) -> Result<Self, Problem> {
        let claims = state.tokens.verify(token).ok_or_else(Problem::invalid_token)?;
        let AccessClaims { user_id: user, session_id: id, expires_at } = claims;
        let via = Via::Session { id, expires_at };
        let principal = Self { user, via, source, writes: false };
        principal.confirm(state)?;
        Ok(principal)
    }

    /// Checks again that the credential is valid. Time passes while a body arrives or a request waits, and a
    /// session may end meanwhile.
    pub(crate) fn confirm(self, state: &State) -> Result<(), Problem> {
        if state.ended.is_stale() {
            return Err(Problem::unavailable());
        }
        let has_expired = match self.via {
            Via::Session { expires_at, .. } => state.tokens.has_expired(expires_at),
            Via::Key { expires_at, .. } => expires_at <= state.clock.now(),
        };
        if has_expired || state.has_ended(self.via) {
            return Err(Problem::invalid_token());
        }
        Ok(())
    }

    /// The identity of a stream's subscriber.
    pub(crate) fn subscriber(self) -> Subscriber {
        Subscriber { user: self.user, session: self.via.logged_as() }
    }
}

/// A principal whose request changes nothing, although it is a POST, and so does not count as a write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader(pub(crate) Principal);

impl FromRequest for Reader {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(authenticate(request).and_then(|principal| {
            limits::count_read(request, principal.user)?;
            let principal = Principal { writes: false, ..principal };
            request.extensions_mut().insert(principal);
            Ok(Self(principal))
        }))
    }
}

impl FromRequest for Principal {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(authenticate(request).and_then(|principal| principal.counted(request)))
    }
}

fn authenticate(request: &HttpRequest) -> Result<Principal, Problem> {
    let (state, token) = shown(request)?;
    let principal = Principal::of_request(state, token, request)?;
    Connection::sent_by(request, principal.user);
    Ok(principal)
}

/// The bearer token of a request.
fn shown(request: &HttpRequest) -> Result<(&web::Data<State>, &str), Problem> {
    let Some(state) = request.app_data::<web::Data<State>>() else {
        return Err(Problem::internal("the services are not configured"));
    };
    let Some(token) = bearer_token(request) else {
        return Err(Problem::new(Code::Unauthenticated, "send an access token: Authorization: Bearer ..."));
    };
    Ok((state, token))
}

/// Returns whether the request was authenticated.
pub(super) fn is_signed_in(request: &HttpRequest) -> bool {
    request.extensions().contains::<Principal>()
}

/// The sender of a request with a body, if it was authenticated.
pub(super) fn of(request: &HttpRequest) -> Option<Principal> {
    request.extensions().get::<Principal>().copied()
}

/// Counts a body as one of `bytes.end` bytes, of which `bytes.start` are counted already, if its sender was
/// authenticated.
pub(super) fn count_body(request: &HttpRequest, bytes: Range<usize>) -> Result<(), Problem> {
    match of(request) {
        Some(principal) if principal.writes => limits::count_body(request, principal.user, bytes),
        Some(principal) => limits::count_body_of_read(request, principal.user, bytes),
        None => Ok(()),
    }
}

/// Checks again that the request's credential is valid, if it was authenticated.
pub(super) fn confirm(request: &HttpRequest) -> Result<(), Problem> {
    match (of(request), request.app_data::<web::Data<State>>()) {
        (Some(principal), Some(state)) => principal.confirm(state),
        _ => Ok(()),
    }
}

pub(crate) fn bearer_token(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
