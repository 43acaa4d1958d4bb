//! The cache of verified keys, so that a request with a key needs no statement, like one with an access token.
//!
//! An entry is not the last word: a secret that ends is found among the ended sessions, which hold it for longer than
//! an entry lives.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chit_chat_domain::clock::Timestamp;
use chit_chat_domain::credential::Via;
use chit_chat_domain::id::{SecretId, UserId};
use chit_chat_domain::key::{ApiKey, KeyRepository, SecretUse, Verified};
use chit_chat_domain::session::{ACCESS_TOKEN_LIFETIME, SecretHash};
use chit_chat_domain::store_error::StoreError;
use quick_cache::sync::Cache;

/// The number of keys in the cache. Others are looked up each time.
const CAPACITY: usize = 10_000;
/// The number of texts that were refused lately.
const REFUSED_CAPACITY: usize = 10_000;
/// The time after which a key is looked up again. The replaced secret of a rotated key expires that much late at most.
const LIFETIME: Duration = Duration::from_secs(60);
/// The time for which a user as whom a server key acts is not looked up again.
const USER_LIFETIME: Duration = Duration::from_secs(1);
/// The interval at which the use of a key is recorded.
const USE_INTERVAL: Duration = Duration::from_secs(60);

/// Keys by the hash of their text, and their uses that are not stored yet.
pub(crate) struct KnownKeys {
    known: Cache<SecretHash, Arc<KnownKey>>,
    /// Texts that were refused, with the time until which they are refused without a look-up.
    refused: Cache<SecretHash, Timestamp>,
    uses: Mutex<HashMap<SecretId, Timestamp>>,
    /// Users as whom server keys act, with the time until which they are taken to be active.
    users: Cache<UserId, Timestamp>,
}

/// A verified key.
#[derive(Debug)]
pub(crate) struct KnownKey {
    verified: Verified,
    read_at: Timestamp,
    /// The recorded time of the last use, in microseconds.
    used_at: AtomicI64,
}

impl Default for KnownKeys {
    fn default() -> Self {
        Self {
            known: Cache::new(CAPACITY),
            refused: Cache::new(REFUSED_CAPACITY),
            uses: Mutex::default(),
            users: Cache::new(CAPACITY),
        }
    }
}

impl KnownKeys {
    /// The key of a text with this hash, and records its use; `Some(None)` if the text is known not to work, and `None`
    /// if it has to be looked up.
    #[expect(clippy::option_option, reason = "known, refused and unknown are three things")]
    pub(crate) fn get(&self, hash: &SecretHash, now: Timestamp) -> Option<Option<Arc<KnownKey>>> {
        if let Some(known) = self.known.get(hash)
            && now < known.read_at.plus(LIFETIME)
        {
            self.record_use(&known, now);
            return Some(Some(known));
        }
        self.refused.get(hash).filter(|until| now < *until).map(|_| None)
    }

    /// Remembers the outcome of a look-up that began at `now`.
    pub(crate) fn remember(
        &self,
        hash: SecretHash,
        found: Option<Verified>,
        now: Timestamp,
    ) -> Option<Arc<KnownKey>> {
        let Some(verified) = found else {
            self.known.remove(&hash);
            self.refused.insert(hash, now.plus(LIFETIME));
            return None;
        };
        let last = verified.key.last_used_at.map_or(0, Timestamp::as_micros);
        let known = Arc::new(KnownKey { verified, read_at: now, used_at: AtomicI64::new(last) });
        self.record_use(&known, now);
        self.known.insert(hash, Arc::clone(&known));
        Some(known)
    }

    /// Stores the uses that were recorded since the last call.
    pub(crate) fn store_uses(&self, keys: &dyn KeyRepository) -> Result<(), StoreError> {
        let taken = std::mem::take(&mut *self.uses.lock().unwrap_or_else(PoisonError::into_inner));
        if taken.is_empty() {
            return Ok(());
        }
        let uses: Vec<SecretUse> =
            taken.iter().map(|(secret, at)| SecretUse { secret: *secret, at: *at }).collect();
        let stored = keys.record_uses(&uses);
        if stored.is_err() {
            let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
            for (secret, at) in taken {
                uses.entry(secret).or_insert(at);
            }
        }
        stored
    }

    /// Returns whether a user was active a moment ago.
    pub(super) fn knows_user(&self, user: UserId, now: Timestamp) -> bool {
        self.users.get(&user).is_some_and(|until| now < until)
    }

    pub(super) fn remember_user(&self, user: UserId, now: Timestamp) {
        self.users.insert(user, now.plus(USER_LIFETIME));
    }

    fn record_use(&self, known: &KnownKey, now: Timestamp) {
        let last = known.used_at.load(Ordering::Relaxed);
        if now.minus(USE_INTERVAL).as_micros() >= last {
            known.used_at.store(now.as_micros(), Ordering::Relaxed);
            self.uses.lock().unwrap_or_else(PoisonError::into_inner).insert(known.verified.secret, now);
        }
    }
}

impl KnownKey {
    pub(crate) fn key(&self) -> &ApiKey {
        &self.verified.key
    }

    /// The key as the credential of a request.
    pub(crate) fn via(&self) -> Via {
        let Verified { key, secret, until } = &self.verified;
        Via::Key {
            id: key.id,
            secret: *secret,
            scopes: key.scopes,
            limited: key.reach.list().is_some(),
            expires_at: *until,
            // The end of a secret stays in the log for longer than this.
            checked_until: self.read_at.plus(ACCESS_TOKEN_LIFETIME),
        }
    }
}

#[cfg(test)]
mod tests {
    use chit_chat_domain::id::KeyId;
    use chit_chat_domain::key::{KeyKind, KeyName, KeyOwner, MockKeyRepository, Reach, StoredSecret};
    use chit_chat_domain::scope::Scopes;

    use super::*;

    fn hash(number: u8) -> SecretHash {
        SecretHash::new([number; 32])
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn verified() -> Verified {
        let secret = StoredSecret { id: SecretId::from_u128(1), hash: hash(1) };
        let key = ApiKey {
            id: KeyId::from_u128(2),
            kind: KeyKind::Personal,
            owner: KeyOwner::User(UserId::from_u128(3)),
            name: KeyName::restore("ci".to_owned()),
            scopes: Scopes::OF_USERS,
            reach: Reach::ALL,
            created_at: at(0),
            expires_at: None,
            last_used_at: None,
            secret,
            replaced: None,
        };
        Verified { key, secret: SecretId::from_u128(1), until: at(1_000_000) }
    }

    #[test]
    fn key_is_looked_up_again_after_a_minute() {
        let keys = KnownKeys::default();
        assert!(keys.get(&hash(1), at(100)).is_none());
        keys.remember(hash(1), Some(verified()), at(100));
        assert!(keys.get(&hash(1), at(159)).is_some_and(|known| known.is_some()));
        assert!(keys.get(&hash(1), at(160)).is_none());
    }

    #[test]
    fn refused_text_is_looked_up_again_after_a_minute() {
        let keys = KnownKeys::default();
        keys.remember(hash(1), Some(verified()), at(100));
        keys.remember(hash(1), None, at(100));
        assert!(keys.get(&hash(1), at(159)).is_some_and(|known| known.is_none()));
        assert!(keys.get(&hash(1), at(160)).is_none());
    }

    #[test]
    fn use_is_stored_once_a_minute_and_kept_after_a_failure() {
        let keys = KnownKeys::default();
        keys.remember(hash(1), Some(verified()), at(100));
        keys.get(&hash(1), at(159));
        let used = [SecretUse { secret: SecretId::from_u128(1), at: at(100) }];
        let mut failing = MockKeyRepository::new();
        failing.expect_record_uses().return_const(Err(StoreError::Contention));
        assert_eq!(keys.store_uses(&failing), Err(StoreError::Contention));
        let mut store = MockKeyRepository::new();
        store.expect_record_uses().withf(move |uses| uses == used).times(1).return_const(Ok(()));
        assert_eq!([keys.store_uses(&store), keys.store_uses(&store)], [Ok(()), Ok(())]);
    }
}
