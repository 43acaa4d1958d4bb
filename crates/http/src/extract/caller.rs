//! Who sends a request, by its access token (RFC 6750).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::id::{SessionId, UserId};
use chit_chat_domain::session::AccessClaims;
use chit_chat_live::Who;

use crate::limits;
use crate::problem::{Code, Problem};
use crate::state::State;

/// The user and session behind a valid access token. Handlers take it first, so that nothing about
/// the content is said to strangers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) user_id: UserId,
    pub(crate) session_id: SessionId,
    /// When the token does.
    pub(crate) expires_at: Timestamp,
}

impl Caller {
    /// Whoever shows this token, if it is good.
    pub(crate) fn with_token(state: &State, token: &str) -> Result<Self, Problem> {
        let claims = state.tokens.verify(token).ok_or_else(Problem::invalid_token)?;
        if state.ended.is_stale() {
            return Err(Problem::unavailable());
        }
        if state.ended.contains(claims.session_id) {
            return Err(Problem::invalid_token());
        }
        let AccessClaims { user_id, session_id, expires_at } = claims;
        Ok(Self { user_id, session_id, expires_at })
    }

    /// Who listens to a stream.
    pub(crate) fn who(self) -> Who {
        Who { user: self.user_id, session: self.session_id }
    }
}

/// A caller whose request changes nothing, though it is a POST.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader(pub(crate) Caller);

impl FromRequest for Reader {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(authenticate(request).map(Self))
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(authenticate(request).and_then(|caller| {
            limits::count_write(request, caller.user_id)?;
            Ok(caller)
        }))
    }
}

fn authenticate(request: &HttpRequest) -> Result<Caller, Problem> {
    let Some(state) = request.app_data::<web::Data<State>>() else {
        return Err(Problem::internal("the services are not wired"));
    };
    let Some(token) = bearer_token(request) else {
        return Err(Problem::new(Code::Unauthenticated, "send an access token: Authorization: Bearer ..."));
    };
    Caller::with_token(state, token)
}

pub(crate) fn bearer_token(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
