//! A bounded store for governor that supports refunds.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;

/// The maximum number of keys, which take a few megabytes.
const MAX_KEYS: usize = 100_000;

/// The time at which the quota of each key is complete again. Clones share the same map.
pub(super) struct States<K>(Arc<Mutex<HashMap<K, Nanos>>>);

impl<K> Clone for States<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K> Default for States<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Eq + Hash> States<K> {
    /// Refunds a part of the key's usage, if the key is still known.
    pub(super) fn refund(&self, key: &K, part: Nanos) {
        if let Some(good_at) = self.lock().get_mut(key) {
            *good_at = good_at.saturating_sub(part);
        }
    }

    /// Charges this much more, even beyond the quota, to a key that was charged just before.
    pub(super) fn charge(&self, key: &K, part: Nanos) {
        if let Some(good_at) = self.lock().get_mut(key) {
            *good_at = *good_at + part;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Nanos>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash> StateStore for States<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut states = self.lock();
        if let Some(good_at) = states.get_mut(key) {
            let (outcome, next) = decide(Some(*good_at))?;
            *good_at = next;
            return Ok(outcome);
        }
        let (outcome, next) = decide(None)?;
        states.insert(key.clone(), next);
        Ok(outcome)
    }
}

impl<K: Clone + Eq + Hash> ShrinkableKeyedStateStore<K> for States<K> {
    /// Drops keys with a full quota, or all keys if there are still too many, which bounds the memory but gives
    /// every key a full quota.
    fn retain_recent(&self, good_before: Nanos) {
        let mut states = self.lock();
        states.retain(|_, good_at| *good_at > good_before);
        if states.len() > MAX_KEYS {
            tracing::warn!(keys = states.len(), "a rate limit tracks too many keys and is reset");
            states.clear();
        }
        if states.capacity() > 4 * states.len() {
            states.shrink_to_fit();
        }
    }

    fn len(&self) -> usize {
        self.lock().len()
    }

    fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }
}
