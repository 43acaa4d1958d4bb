//! Runs blocking work outside the event loop, with a time limit.

use std::time::Duration;

use actix_web::rt::time::timeout;
use actix_web::web;
use chit_chat_domain::denial::Failure;
use tokio::sync::Semaphore;

use crate::problem::Problem;

/// The time limit, so that a hanging store does not block client connections.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The number of use cases that may block at a time. More would only wait for the store's few connections, each
/// occupying a thread and its memory.
static PERMITS: Semaphore = Semaphore::const_new(32);
/// The time limit for waiting, as for a database connection.
const PERMIT_TIMEOUT: Duration = Duration::from_secs(2);

/// Runs a use case on a thread that may block.
pub(crate) async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Failure> + Send + 'static,
{
    let permit = timeout(PERMIT_TIMEOUT, PERMITS.acquire()).await.map_err(|_| Problem::unavailable())?;
    // The thread returns the permit once it is done, even if the client has disconnected, and not earlier, when
    // the next use case would need another thread.
    on_blocking_thread(move || (work(), permit)).await
}

/// Runs a use case that hashes a password. It does not count as blocking work: hashing takes long, and has its
/// own bounded queue.
pub(crate) async fn hashing<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Failure> + Send + 'static,
{
    on_blocking_thread(move || (work(), ())).await
}

async fn on_blocking_thread<T, E, P>(
    work: impl FnOnce() -> (Result<T, E>, P) + Send + 'static,
) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Failure> + Send + 'static,
    P: Send + 'static,
{
    let answer = timeout(TIMEOUT, web::block(work)).await.map_err(|_| Problem::unavailable())?;
    let (answer, _permit) = answer.map_err(|_| Problem::internal("the thread pool is shutting down"))?;
    answer.map_err(|failure| Problem::from(failure.into()))
}

/// Awaits a store's answer without blocking a thread.
pub(crate) async fn pending<T, E: Into<Failure>>(
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, Problem> {
    let answer = timeout(TIMEOUT, answer).await.map_err(|_| Problem::unavailable())?;
    answer.map_err(|failure| Problem::from(failure.into()))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use chit_chat_domain::store_error::StoreError;

    use super::*;

    #[actix_web::test]
    async fn hanging_store_refuses_all_but_hashing() {
        let hangs = |_| {
            let (open, gate) = channel::<()>();
            let work = move || {
                let _opened = gate.recv();
                Ok::<_, StoreError>(())
            };
            (open, actix_web::rt::spawn(blocking(work)))
        };
        let (gates, waiting): (Vec<_>, Vec<_>) = (0..32).map(hangs).unzip();
        while PERMITS.available_permits() > 0 {
            actix_web::rt::task::yield_now().await;
        }
        assert_eq!(blocking(|| Ok::<_, StoreError>(1)).await, Err(Problem::unavailable()));
        assert_eq!(hashing(|| Ok::<_, StoreError>(2)).await, Ok(2));
        drop(gates);
        for waiting in waiting {
            assert_eq!(waiting.await.unwrap(), Ok(()));
        }
        assert_eq!(blocking(|| Ok::<_, StoreError>(3)).await, Ok(3));
    }
}
