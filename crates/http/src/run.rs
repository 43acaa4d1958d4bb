//! Running what blocks beside the event loop, and waiting no longer than any client would.

use std::time::Duration;

use actix_web::rt::time::timeout;
use actix_web::web;
use chit_chat_domain::denial::Failure;
use chit_chat_domain::pending::Pending;
use tokio::sync::Semaphore;

use crate::problem::Problem;

/// A store that hangs must not take the connections of its clients along.
const PATIENCE: Duration = Duration::from_secs(15);

/// For use cases that wait for the store: more of them would only wait for its few connections, each with a thread and
/// its memory.
static PLACES: Semaphore = Semaphore::const_new(32);
/// As long as for a connection.
const PATIENCE_FOR_A_PLACE: Duration = Duration::from_secs(2);

/// Runs a use case on a thread that may block.
pub(crate) async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Failure> + Send + 'static,
{
    let place = timeout(PATIENCE_FOR_A_PLACE, PLACES.acquire()).await.map_err(|_| Problem::unavailable())?;
    // It comes back with the answer, when the thread is free: however long its client waited, and not so early that the next
    // use case would need another thread.
    on_a_thread(move || (work(), place)).await
}

/// The same for a use case that hashes a password. It takes no place from the others: hashing takes long, and its queue is
/// bounded by itself.
pub(crate) async fn hashing<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Failure> + Send + 'static,
{
    on_a_thread(move || (work(), ())).await
}

async fn on_a_thread<T, E, P>(work: impl FnOnce() -> (Result<T, E>, P) + Send + 'static) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Failure> + Send + 'static,
    P: Send + 'static,
{
    let answer = timeout(PATIENCE, web::block(work)).await.map_err(|_| Problem::unavailable())?;
    let (answer, _place) = answer.map_err(|_| Problem::internal("the thread pool is shutting down"))?;
    answer.map_err(|failure| Problem::from(failure.into()))
}

/// Waits for a store's answer without a thread.
pub(crate) async fn pending<T>(answer: Pending<T>) -> Result<T, Problem> {
    let answer = timeout(PATIENCE, answer).await.map_err(|_| Problem::unavailable())?;
    answer.map_err(|error| Problem::from(Failure::from(error)))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use chit_chat_domain::store_error::StoreError;

    use super::*;

    #[actix_web::test]
    async fn a_store_that_hangs_turns_away_all_but_who_hashes() {
        let hangs = |_| {
            let (open, gate) = channel::<()>();
            let work = move || {
                let _opened = gate.recv();
                Ok::<_, StoreError>(())
            };
            (open, actix_web::rt::spawn(blocking(work)))
        };
        let (gates, waiting): (Vec<_>, Vec<_>) = (0..32).map(hangs).unzip();
        while PLACES.available_permits() > 0 {
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
