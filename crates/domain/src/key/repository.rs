//! The port that stores keys.

use super::{ApiKey, KeyOwner, StoredSecret};
use crate::clock::Timestamp;
use crate::guarded::Guarded;
use crate::id::{KeyId, SecretId};
use crate::store_error::StoreError;

/// The outcome of storing a new key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewKeyOutcome {
    Created,
    /// The owner has as many keys as possible.
    TooMany,
    /// The owner is deleted or disabled.
    NoOwner,
}

/// A key's secret to be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRotation {
    pub owner: KeyOwner,
    pub key: KeyId,
    /// The current secret as it was read; if it has changed since, nothing is written.
    pub read: SecretId,
    pub next: StoredSecret,
    /// The time from which the current secret no longer works.
    pub replaced_until: Timestamp,
    pub at: Timestamp,
}

/// The use of a key, by its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretUse {
    pub secret: SecretId,
    pub at: Timestamp,
}

/// Stores keys. The end of a secret is logged like that of a session.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait KeyRepository: Send + Sync {
    /// Stores a key, unless its owner has `most` that have not expired.
    fn create(&self, key: ApiKey, most: usize) -> Result<NewKeyOutcome, StoreError>;

    /// The key of a secret, which may have expired.
    fn find(&self, secret: SecretId) -> Result<Option<ApiKey>, StoreError>;

    /// The owner's keys that have not expired, newest first.
    fn list(&self, owner: KeyOwner, now: Timestamp) -> Result<Vec<ApiKey>, StoreError>;

    /// Replaces the secret of a key. An earlier replaced secret ends, and so does the current one if it is to work no
    /// longer.
    fn rotate(&self, rotation: KeyRotation) -> Result<Guarded, StoreError>;

    /// Deletes a key and ends its secrets; false if the owner has no such key.
    fn end(&self, owner: KeyOwner, key: KeyId, at: Timestamp) -> Result<bool, StoreError>;

    /// Records when keys were last used. Earlier times than the recorded ones, and unknown secrets, are ignored.
    fn record_uses(&self, uses: &[SecretUse]) -> Result<(), StoreError>;

    /// Deletes what has expired, keys and replaced secrets.
    fn forget(&self, now: Timestamp) -> Result<(), StoreError>;
}
