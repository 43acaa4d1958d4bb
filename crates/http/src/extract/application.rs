//! The application behind the server, by its server key.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use chit_chat_domain::credential::Via;
use chit_chat_domain::denial::Failure;
use chit_chat_domain::scope::Scopes;

use super::Principal;
use crate::problem::Problem;
use crate::state::State;

/// The sender of a request under `/api/admin`: a server key with the scope that the operation needs. Handlers take it
/// instead of a [`Principal`]; it acts as no user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Application(Principal);

impl Application {
    /// The scopes of the key.
    pub(crate) fn scopes(self) -> Scopes {
        match self.0.via {
            Via::Key { scopes, .. } => scopes,
            Via::Session { .. } => Scopes::NONE,
        }
    }

    /// Runs a use case for the application on a thread that may block.
    pub(crate) async fn run<T, E>(
        self,
        state: &web::Data<State>,
        use_case: impl FnOnce(&State) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Failure> + Send + 'static,
    {
        self.0.run(state, use_case).await
    }
}

impl FromRequest for Application {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Principal::of_application(request).map(Self))
    }
}
