//! Adds up what users store, and knows whose quota is used up.

use std::collections::{BTreeMap, HashMap};
use std::mem::take;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use super::{StorageRepository, StorageUse, bytes_of_message, is_exempt};
use crate::chatroom::Seq;
use crate::commits::CommitObserver;
use crate::denial::Denial;
use crate::event::Kind;
use crate::id::{ChatroomId, UserId};
use crate::message::Message;
use crate::session::EndedSession;
use crate::store_error::StoreError;

/// The maximum number of users whose used-up quota is remembered, those with the most bytes: a few megabytes.
const MAX_FULL: usize = 100_000;

/// The quota that stands for none.
const UNLIMITED: i64 = i64::MAX;

/// Counts new messages and other entries in memory, and refuses users whose quota is used up.
///
/// [`follow`](Self::follow) writes the sums to the store and reads who is full, every few seconds. So a user can
/// exceed the quota by what they can send in that time, and a crash loses what was counted since the last call.
#[derive(Debug)]
pub struct StorageMeter {
    /// The bytes that each user may store, or [`UNLIMITED`].
    quota: AtomicI64,
    /// The bytes of new entries that the store does not know yet.
    unsaved: Mutex<BTreeMap<UserId, i64>>,
    /// The users whose quota is used up, with the bytes that they store.
    full: RwLock<HashMap<UserId, i64>>,
    /// False if `full` is empty, so that a send takes no lock.
    any_full: AtomicBool,
    refusals: AtomicU64,
}

impl StorageMeter {
    /// A meter with this quota for each user, in bytes; without one nobody is refused.
    pub fn new(quota: Option<u64>) -> Self {
        let meter = Self::default();
        meter.set_quota(quota);
        meter
    }

    /// Sets the quota of each user, before the first use.
    pub(crate) fn set_quota(&self, quota: Option<u64>) {
        let quota = quota.map_or(UNLIMITED, |bytes| i64::try_from(bytes).unwrap_or(UNLIMITED));
        self.quota.store(quota, Ordering::Relaxed);
    }

    /// The bytes that each user may store; `None` if there is no quota.
    pub fn quota(&self) -> Option<i64> {
        Some(self.quota.load(Ordering::Relaxed)).filter(|quota| *quota != UNLIMITED)
    }

    /// Checks that the user may store an entry of this kind: their quota is not used up, or the kind
    /// [is exempt](is_exempt).
    pub fn check(&self, user: UserId, entry: Kind) -> Result<(), Denial> {
        if is_exempt(entry) {
            return Ok(());
        }
        let (Some(stored), Some(allowed)) = (self.stored_if_full(user), self.quota()) else {
            return Ok(());
        };
        self.refusals.fetch_add(1, Ordering::Relaxed);
        Err(Denial::StorageFull { used: stored, allowed })
    }

    /// The bytes that a user stores, with those that this instance has not written yet, and those allowed.
    pub fn use_of(&self, user: UserId, storage: &dyn StorageRepository) -> Result<StorageUse, StoreError> {
        let stored = storage.used(user)?;
        let unsaved = self.unsaved().get(&user).copied().unwrap_or_default();
        Ok(StorageUse { used: stored.saturating_add(unsaved).max(0), allowed: self.quota() })
    }

    /// Returns whether the user's quota is used up.
    pub fn is_full(&self, user: UserId) -> bool {
        self.stored_if_full(user).is_some()
    }

    /// The number of users whose quota is used up.
    pub fn full_users(&self) -> usize {
        self.full.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The number of refusals so far.
    pub fn refusals(&self) -> u64 {
        self.refusals.load(Ordering::Relaxed)
    }

    /// Writes the sums to the store, and reads whose quota is used up, whichever instance they used.
    pub fn follow(&self, storage: &dyn StorageRepository) -> Result<(), StoreError> {
        self.save(storage)?;
        let Some(quota) = self.quota() else {
            return Ok(());
        };
        let full: HashMap<_, _> = storage.at_least(quota, MAX_FULL)?.into_iter().collect();
        let any_full = !full.is_empty();
        *self.full.write().unwrap_or_else(PoisonError::into_inner) = full;
        self.any_full.store(any_full, Ordering::Release);
        Ok(())
    }

    /// Writes the sums to the store. If that fails, the next call tries again; if the store committed before the
    /// failure, they count twice.
    pub fn save(&self, storage: &dyn StorageRepository) -> Result<(), StoreError> {
        let sums = take(&mut *self.unsaved());
        if sums.is_empty() {
            return Ok(());
        }
        let saved = storage.add(sums.iter().map(|(user, bytes)| (*user, *bytes)).collect());
        if saved.is_err() {
            let mut unsaved = self.unsaved();
            for (user, bytes) in sums {
                *unsaved.entry(user).or_default() += bytes;
            }
        }
        saved
    }

    fn stored_if_full(&self, user: UserId) -> Option<i64> {
        if !self.any_full.load(Ordering::Acquire) {
            return None;
        }
        self.full.read().unwrap_or_else(PoisonError::into_inner).get(&user).copied()
    }

    fn unsaved(&self) -> MutexGuard<'_, BTreeMap<UserId, i64>> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for StorageMeter {
    /// A meter without a quota.
    fn default() -> Self {
        Self {
            quota: AtomicI64::new(UNLIMITED),
            unsaved: Mutex::default(),
            full: RwLock::default(),
            any_full: AtomicBool::default(),
            refusals: AtomicU64::default(),
        }
    }
}

impl CommitObserver for StorageMeter {
    fn sent(&self, message: &Message) {
        self.logged(message.author_id, bytes_of_message(message));
    }

    fn logged(&self, actor: UserId, bytes: i64) {
        *self.unsaved().entry(actor).or_default() += bytes;
    }

    fn chatroom_moved(&self, _: ChatroomId, _: Seq) {}

    fn user_moved(&self, _: UserId) {}

    fn profile_changed(&self, _: UserId) {}

    fn sessions_ended(&self, _: &[EndedSession]) {}
}
