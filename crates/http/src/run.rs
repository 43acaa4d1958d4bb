//! Runs blocking work outside the event loop, within the shares of its party and with a time limit.

use std::time::{Duration, Instant};

use actix_web::rt::time::timeout;
use actix_web::web;
use chit_chat_domain::denial::Failure;

use crate::extract::Principal;
use crate::problem::Problem;
use crate::state::State;
use crate::work::{Full, Party, Place};

/// The time limit, so that a hanging store does not block client connections.
const TIMEOUT: Duration = Duration::from_secs(15);

impl Principal {
    /// Runs a use case for this principal on a thread that may block.
    pub(crate) async fn run<T, E>(
        self,
        state: &web::Data<State>,
        use_case: impl FnOnce(&State) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Failure> + Send + 'static,
    {
        let places = if self.writes { &state.work.writes } else { &state.work.reads };
        let place = places.take(self.party()).await.map_err(Full::of_store)?;
        // The credential may have ended while the request waited.
        self.confirm(state)?;
        let timed = move |state: &State| {
            let started = Instant::now();
            let answer = use_case(state);
            self.charge_time(state, started.elapsed());
            answer
        };
        on_blocking_thread(state, place, timed).await
    }

    /// Counts the opening of a stream of so many chatrooms as further reads.
    pub(crate) fn charge_chatrooms(self, state: &State, chatrooms: usize) -> Result<(), Problem> {
        state.limits.as_ref().map_or(Ok(()), |limits| limits.charge_chatrooms(self.user, chatrooms))
    }

    /// Counts the time of decompressing a body as that of a read.
    pub(crate) fn charge_time_of_body(self, state: &State, taken: Duration) {
        if let Some(limits) = &state.limits {
            limits.charge_time(self.user, taken);
        }
    }

    /// Counts a slow read as several, since its parameters do not tell how long it takes.
    fn charge_time(self, state: &State, taken: Duration) {
        if let Some(limits) = state.limits.as_ref().filter(|_| !self.writes) {
            limits.charge_time(self.user, taken);
        }
    }

    /// The party whose share this principal's work uses.
    pub(crate) fn party(self) -> Party {
        Party { account: Some(self.user.into()), source: self.source }
    }
}

impl Party {
    /// Runs a use case of a client that has not signed in on a thread that may block.
    pub(crate) async fn run<T, E>(
        self,
        state: &web::Data<State>,
        use_case: impl FnOnce(&State) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Failure> + Send + 'static,
    {
        let place = state.work.writes.take(self).await.map_err(Full::of_store)?;
        on_blocking_thread(state, place, use_case).await
    }

    /// Runs a read of a client that has not been authenticated yet on a thread that may block.
    pub(crate) async fn read<T, E>(
        self,
        state: &web::Data<State>,
        use_case: impl FnOnce(&State) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Failure> + Send + 'static,
    {
        let place = state.work.reads.take(self).await.map_err(Full::of_store)?;
        on_blocking_thread(state, place, use_case).await
    }

    /// Runs a use case that hashes a password on a thread that may block. A principal is confirmed first.
    pub(crate) async fn hash<T, E>(
        self,
        state: &web::Data<State>,
        principal: Option<Principal>,
        use_case: impl FnOnce(&State) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Failure> + Send + 'static,
    {
        let place = state.work.passwords.take(self).await;
        let place = place.map_err(|full| full.of_processors("too many passwords are waiting to be checked"))?;
        if let Some(principal) = principal {
            principal.confirm(state)?;
        }
        on_blocking_thread(state, place, use_case).await
    }
}

/// The thread returns the place once it is done, even if the client has disconnected, and not earlier, when the
/// next use case would need another thread.
async fn on_blocking_thread<T, E>(
    state: &web::Data<State>,
    place: Place,
    use_case: impl FnOnce(&State) -> Result<T, E> + Send + 'static,
) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Failure> + Send + 'static,
{
    let state = state.clone();
    let answer = web::block(move || (use_case(&state), place));
    let answer = timeout(TIMEOUT, answer).await.map_err(|_| Problem::unavailable())?;
    let (answer, _place) = answer.map_err(|_| Problem::internal("the thread pool is shutting down"))?;
    answer.map_err(|failure| Problem::from(failure.into()))
}

/// Awaits a store's answer without blocking a thread.
pub(crate) async fn pending<T, E: Into<Failure>>(
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, Problem> {
    let answer = timeout(TIMEOUT, answer).await.map_err(|_| Problem::unavailable())?;
    answer.map_err(|failure| Problem::from(failure.into()))
}
