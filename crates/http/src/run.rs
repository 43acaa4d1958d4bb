//! Running what blocks beside the event loop, and waiting no longer than any client would.

use std::time::Duration;

use actix_web::rt::time::timeout;
use actix_web::web;
use chit_chat_domain::denial::Failure;
use chit_chat_domain::pending::Pending;

use crate::problem::Problem;

/// A store that hangs must not take the connections of its clients along.
const PATIENCE: Duration = Duration::from_secs(15);

/// Runs a use case on a thread that may block.
pub(crate) async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Failure> + Send + 'static,
{
    let answer = timeout(PATIENCE, web::block(work)).await.map_err(|_| Problem::unavailable())?;
    let answer = answer.map_err(|_| Problem::internal("the thread pool is shutting down"))?;
    answer.map_err(|failure| Problem::from(failure.into()))
}

/// Waits for a store's answer without a thread.
pub(crate) async fn pending<T>(answer: Pending<T>) -> Result<T, Problem> {
    let answer = timeout(PATIENCE, answer).await.map_err(|_| Problem::unavailable())?;
    answer.map_err(|error| Problem::from(Failure::from(error)))
}
