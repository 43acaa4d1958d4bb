//! The rights of a credential: a session has all of its user's, a key those of its scopes and chatrooms.

use actix_web::{HttpMessage, HttpRequest};
use chit_chat_domain::credential::Via;
use chit_chat_domain::denial::Denial;
use chit_chat_domain::id::{ChatroomId, SessionId};
use chit_chat_domain::key::Reach;
use chit_chat_domain::scope::Scope;

use super::Principal;
use crate::keys;
use crate::matched::Matched;
use crate::problem::Problem;
use crate::route::Needs;
use crate::routes;

/// The scope that the operation of a request needs.
pub(super) fn scope_of(request: &HttpRequest) -> Option<Scope> {
    match needs_of(request)? {
        Needs::Scope(scope) | Needs::Everywhere(scope) => Some(scope),
        Needs::Nothing | Needs::Session => None,
    }
}

fn needs_of(request: &HttpRequest) -> Option<Needs> {
    let pattern = request.extensions().get::<Matched>().and_then(Matched::pattern)?;
    routes::needs(pattern, request.method())
}

impl Principal {
    /// Checks that the credential may act with this scope.
    pub(crate) fn may(self, scope: Scope) -> Result<(), Problem> {
        match self.via {
            Via::Session { .. } => Ok(()),
            Via::Key { scopes, .. } if scopes.contains(scope) => Ok(()),
            Via::Key { .. } => Err(Problem::insufficient_scope(scope)),
        }
    }

    /// Checks that the credential is not limited to some chatrooms.
    pub(crate) fn reaches_all(self) -> Result<(), Problem> {
        match self.via {
            Via::Key { limited: true, .. } => Err(Problem::limited_key()),
            Via::Key { .. } | Via::Session { .. } => Ok(()),
        }
    }

    /// The session; refuses keys.
    pub(crate) fn session(self) -> Result<SessionId, Problem> {
        match self.via {
            Via::Session { id, .. } => Ok(id),
            Via::Key { .. } => Err(Problem::not_a_session()),
        }
    }

    /// The chatrooms that the credential of a request reaches.
    pub(crate) fn reach(self, request: &HttpRequest) -> Result<Reach, Problem> {
        match self.via {
            Via::Key { limited: true, .. } => Ok(keys::of_request(request)?.key().reach.clone()),
            Via::Key { .. } | Via::Session { .. } => Ok(Reach::ALL),
        }
    }

    /// Checks the credential against what the operation of the request needs. Only keys are looked at, because sessions
    /// may do everything.
    pub(super) fn check_rights(self, request: &HttpRequest) -> Result<(), Problem> {
        if matches!(self.via, Via::Session { .. }) {
            return Ok(());
        }
        match needs_of(request) {
            Some(Needs::Nothing) => Ok(()),
            Some(Needs::Scope(scope)) => {
                self.may(scope)?;
                self.reaches_chatroom_of(request)
            }
            Some(Needs::Everywhere(scope)) => {
                self.may(scope)?;
                self.reaches_all()
            }
            Some(Needs::Session) | None => Err(Problem::not_a_session()),
        }
    }

    /// Treats a chatroom beyond the reach of a key as one that does not exist.
    fn reaches_chatroom_of(self, request: &HttpRequest) -> Result<(), Problem> {
        let Some(id) = request.match_info().get("chatroom_id") else {
            return Ok(());
        };
        let reach = self.reach(request)?;
        let is_within = id.parse().is_ok_and(|id: ChatroomId| reach.contains(id));
        if is_within { Ok(()) } else { Err(Denial::ChatroomNotFound.into()) }
    }
}
