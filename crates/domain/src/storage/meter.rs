//! Adds up what users store, and knows whose quota is used up.

use std::collections::{BTreeMap, HashMap};
use std::mem::take;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use super::{StorageRepository, bytes_of};
use crate::chatroom::Seq;
use crate::commits::CommitObserver;
use crate::denial::Denial;
use crate::id::{ChatroomId, UserId};
use crate::message::Message;
use crate::session::EndedSession;
use crate::store_error::StoreError;

/// The maximum number of users whose used-up quota is remembered, those with the most bytes: a few megabytes.
const MAX_FULL: usize = 100_000;

/// Counts new messages in memory, and refuses users whose quota is used up.
///
/// [`follow`](Self::follow) writes the sums to the store and reads who is full, every few seconds. So a user can
/// exceed the quota by what they can send in that time, and a crash loses what was counted since the last call.
#[derive(Debug, Default)]
pub struct StorageMeter {
    /// The bytes that each user may store; `None` if there is no quota.
    quota: Option<i64>,
    /// The bytes of new messages that the store does not know yet.
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
        let quota = quota.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
        Self { quota, ..Self::default() }
    }

    /// Checks that the user may store more.
    pub fn check(&self, user: UserId) -> Result<(), Denial> {
        let (Some(allowed), Some(stored)) = (self.quota, self.stored_if_full(user)) else {
            return Ok(());
        };
        self.refusals.fetch_add(1, Ordering::Relaxed);
        Err(Denial::StorageFull { used: stored, allowed })
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
        let Some(quota) = self.quota else {
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

impl CommitObserver for StorageMeter {
    fn sent(&self, message: &Message) {
        *self.unsaved().entry(message.author_id).or_default() += bytes_of(message.body.as_ref());
    }

    fn chatroom_moved(&self, _: ChatroomId, _: Seq) {}

    fn user_moved(&self, _: UserId) {}

    fn sessions_ended(&self, _: &[EndedSession]) {}
}
