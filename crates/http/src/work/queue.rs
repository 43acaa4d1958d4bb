//! Places that requests wait for in turn.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::Gauge;
use tokio::sync::oneshot;

use super::turns::{Ticket, Turns};
use crate::limits::Source;

/// A number of places, and the requests that wait for one.
pub(super) struct Queue {
    turns: Mutex<Turns<oneshot::Sender<()>>>,
    waiting: Gauge,
}

/// A place, which goes to the next request on drop.
pub(crate) struct Turn(Arc<Queue>);

/// A request that waits. Dropped before its turn, it leaves the queue; dropped in its turn, it passes the place on.
struct Waiting {
    queue: Arc<Queue>,
    source: Source,
    ticket: Ticket,
    turn: oneshot::Receiver<()>,
    has_place: bool,
}

impl Queue {
    /// Creates places, and reports the number of waiting requests.
    pub(super) fn new(places: usize, waiting: Gauge) -> Arc<Self> {
        Arc::new(Self { turns: Mutex::new(Turns::new(places)), waiting })
    }

    /// Waits for a place.
    pub(super) async fn take(self: &Arc<Self>, source: Source) -> Turn {
        match self.enter(source) {
            None => Turn(Arc::clone(self)),
            Some(waiting) => waiting.turn().await,
        }
    }

    /// Takes a place, or lets the request wait for one.
    fn enter(self: &Arc<Self>, source: Source) -> Option<Waiting> {
        let mut turns = self.turns();
        if turns.take() {
            return None;
        }
        let (comes, turn) = oneshot::channel();
        let ticket = turns.wait(source, comes);
        self.waiting.increment(1);
        Some(Waiting { queue: Arc::clone(self), source, ticket, turn, has_place: false })
    }

    fn put_back(&self) {
        let next = self.turns().put_back();
        // The place is the next one's already: if nobody receives this, `Waiting` passes the place on.
        if let Some(comes) = next {
            let _: Result<(), ()> = comes.send(());
        }
    }

    fn turns(&self) -> MutexGuard<'_, Turns<oneshot::Sender<()>>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    async fn turn(mut self) -> Turn {
        // The sender is dropped only after its turn has come.
        let _: Result<(), _> = (&mut self.turn).await;
        self.has_place = true;
        Turn(Arc::clone(&self.queue))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.queue.waiting.decrement(1);
        if self.has_place {
            return;
        }
        let left = self.queue.turns().give_up(self.source, self.ticket);
        if left.is_none() {
            self.queue.put_back();
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.put_back();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use std::thread;

    use super::*;

    fn source(network: u8) -> Source {
        Source::of([192, 0, network, 1].into())
    }

    fn queue_of(places: usize) -> Arc<Queue> {
        Queue::new(places, Gauge::noop())
    }

    fn poll<F: Future>(future: F) -> Poll<F::Output> {
        pin!(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    fn taken<F: Future<Output = Turn>>(future: F) -> Turn {
        match poll(future) {
            Poll::Ready(turn) => turn,
            Poll::Pending => panic!("no place is free"),
        }
    }

    #[test]
    fn returned_place_goes_to_next_request() {
        let queue = queue_of(1);
        let held = taken(queue.take(source(1)));
        let (mut first, mut second) = (Box::pin(queue.take(source(1))), Box::pin(queue.take(source(2))));
        assert!(poll(first.as_mut()).is_pending() && poll(second.as_mut()).is_pending());
        drop(held);
        assert!(poll(second.as_mut()).is_pending());
        let first = taken(first);
        assert!(poll(second.as_mut()).is_pending());
        drop(first);
        drop(taken(second));
        assert_eq!(queue.turns().idle(), (1, true));
    }

    #[test]
    fn request_dropped_before_its_turn_leaves_nothing() {
        let queue = queue_of(1);
        let held = taken(queue.take(source(1)));
        let mut waiting = Box::pin(queue.take(source(2)));
        assert!(poll(waiting.as_mut()).is_pending());
        drop(waiting);
        assert_eq!(queue.turns().idle(), (0, true));
        drop(held);
        assert_eq!(queue.turns().idle(), (1, true));
    }

    #[test]
    fn request_dropped_in_its_turn_passes_the_place_on() {
        let queue = queue_of(1);
        let held = taken(queue.take(source(1)));
        let (mut dropped, mut next) = (Box::pin(queue.take(source(2))), Box::pin(queue.take(source(3))));
        assert!(poll(dropped.as_mut()).is_pending() && poll(next.as_mut()).is_pending());
        drop(held);
        drop(dropped);
        drop(taken(next));
        assert_eq!(queue.turns().idle(), (1, true));
    }

    #[test]
    fn no_place_is_lost_among_threads() {
        const PLACES: usize = 3;
        let queue = queue_of(PLACES);
        thread::scope(|scope| {
            for number in 0..8 {
                let queue = &queue;
                scope.spawn(move || {
                    let mut held = None;
                    for round in 0..2_000_usize {
                        let mut waiting = Box::pin(queue.take(source(number)));
                        let first = poll(waiting.as_mut());
                        if round.is_multiple_of(3) {
                            drop(held.take());
                        }
                        // Dropped while others pass places on; now and then in its own turn.
                        match first {
                            Poll::Ready(turn) => held = Some(turn),
                            Poll::Pending if round.is_multiple_of(5) => thread::yield_now(),
                            Poll::Pending => {
                                if let Poll::Ready(turn) = poll(waiting.as_mut()) {
                                    held = Some(turn);
                                }
                            }
                        }
                    }
                });
            }
        });
        assert_eq!(queue.turns().idle(), (PLACES, true));
    }
}
