//! Shares: how much of something each key may hold at once. A key at its limit waits for what it holds itself.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The shares of all keys, of equal size.
pub(super) struct Shares<K> {
    size: usize,
    /// The number of callers of one key that may wait; further ones are refused.
    queue: usize,
    holders: Mutex<HashMap<K, Holder>>,
}

/// A key that holds something or waits for it. It is forgotten when the last caller leaves.
struct Holder {
    room: Arc<Semaphore>,
    callers: usize,
}

/// One unit of a key's share, returned on drop.
pub(super) struct Share<K: Copy + Eq + Hash> {
    shares: Arc<Shares<K>>,
    key: K,
    held: Option<OwnedSemaphorePermit>,
}

impl<K: Copy + Eq + Hash> Shares<K> {
    pub(super) fn new(size: usize, queue: usize) -> Arc<Self> {
        Arc::new(Self { size, queue, holders: Mutex::default() })
    }

    /// Waits until the key's share has room; `None` if too many callers of the key wait already.
    pub(super) async fn take(self: &Arc<Self>, key: K) -> Option<Share<K>> {
        let room = self.enter(key)?;
        let mut share = Share { shares: Arc::clone(self), key, held: None };
        share.held = room.acquire_owned().await.ok();
        Some(share)
    }

    fn enter(&self, key: K) -> Option<Arc<Semaphore>> {
        let mut holders = self.holders();
        let new = || Holder { room: Arc::new(Semaphore::new(self.size)), callers: 0 };
        let holder = holders.entry(key).or_insert_with(new);
        if holder.callers >= self.size + self.queue {
            return None;
        }
        holder.callers += 1;
        Some(Arc::clone(&holder.room))
    }

    fn leave(&self, key: K) {
        if let Entry::Occupied(mut holder) = self.holders().entry(key) {
            holder.get_mut().callers -= 1;
            if holder.get().callers == 0 {
                holder.remove();
            }
        }
    }

    fn holders(&self) -> MutexGuard<'_, HashMap<K, Holder>> {
        self.holders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Copy + Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        // Before the key is forgotten, so that a caller that waits takes over this unit.
        self.held = None;
        self.shares.leave(self.key);
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    const QUEUE: usize = 3;

    fn poll<F: Future>(future: F) -> Poll<F::Output> {
        pin!(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    fn take(shares: &Arc<Shares<u8>>, key: u8) -> Option<Share<u8>> {
        match poll(shares.take(key)) {
            Poll::Ready(share) => share,
            Poll::Pending => None,
        }
    }

    #[test]
    fn full_share_delays_only_its_own_key() {
        let shares = Shares::new(2, QUEUE);
        let held = [take(&shares, 1).unwrap(), take(&shares, 1).unwrap()];
        assert!(take(&shares, 1).is_none());
        assert!(take(&shares, 2).is_some());
        drop(held);
        assert!(take(&shares, 1).is_some());
    }

    #[test]
    fn returned_unit_goes_to_first_waiting_caller() {
        let shares = Shares::new(1, QUEUE);
        let held = take(&shares, 1);
        let (mut first, mut second) = (Box::pin(shares.take(1)), Box::pin(shares.take(1)));
        let mut context = Context::from_waker(Waker::noop());
        assert!(first.as_mut().poll(&mut context).is_pending());
        assert!(second.as_mut().poll(&mut context).is_pending());
        drop(held);
        assert!(second.as_mut().poll(&mut context).is_pending());
        assert!(first.as_mut().poll(&mut context).is_ready());
    }

    #[test]
    fn waiting_callers_of_a_key_are_limited() {
        let shares = Shares::new(1, QUEUE);
        let _held = take(&shares, 1);
        let mut context = Context::from_waker(Waker::noop());
        let mut waiting: Vec<_> = (0..QUEUE).map(|_| Box::pin(shares.take(1))).collect();
        assert!(waiting.iter_mut().all(|waiting| waiting.as_mut().poll(&mut context).is_pending()));
        assert!(matches!(poll(shares.take(1)), Poll::Ready(None)));
        waiting.pop();
        assert!(poll(shares.take(1)).is_pending());
    }

    #[test]
    fn unused_keys_are_forgotten() {
        let shares = Shares::new(1, QUEUE);
        let held = take(&shares, 1);
        let mut waiting = Box::pin(shares.take(1));
        assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(waiting);
        assert_eq!(shares.holders().len(), 1);
        drop(held);
        assert_eq!(shares.holders().len(), 0);
    }
}
