//! Where governor keeps what each key has used up: bounded, and able to take back what was used.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;

/// A few megabytes.
const MOST_KEYS: usize = 100_000;

/// When each key will be as good as new. Clones are the same.
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
    /// Gives back a part of what the key has used up, if it is still known.
    pub(super) fn give_back(&self, key: &K, part: Nanos) {
        if let Some(good_at) = self.lock().get_mut(key) {
            *good_at = good_at.saturating_sub(part);
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
    /// Whoever makes up more keys than fit has all forgotten rather than fill the memory: each key
    /// is good for a whole quota anyway.
    fn retain_recent(&self, good_before: Nanos) {
        let mut states = self.lock();
        states.retain(|_, good_at| *good_at > good_before);
        if states.len() > MOST_KEYS {
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
