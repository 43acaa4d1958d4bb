//! Use cases of keys.

use std::sync::Arc;
use std::time::Duration;

use super::{
    ApiKey, CreateKey, KeyKind, KeyOwner, KeyRepository, KeyRotation, KeyText, LONGEST_OVERLAP, MAX_KEYS,
    NewKeyOutcome, ROTATION_OVERLAP, StoredSecret,
};
use crate::clock::{Clock, Timestamp};
use crate::denial::{Denial, Failure};
use crate::guarded::Guarded;
use crate::id::{IdSource, KeyId, SecretId};
use crate::retry::retry_until_written;
use crate::scope::Scopes;
use crate::secrets::Secrets;
use crate::services::System;
use crate::session::SecretHash;
use crate::store_error::StoreError;
use crate::stores::Stores;
use crate::violation::Violation;

/// A key with its text, which is shown once.
#[derive(Clone, Debug)]
pub struct Issued {
    pub key: ApiKey,
    pub text: KeyText,
}

/// A key whose text was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub key: ApiKey,
    /// The secret of the text.
    pub secret: SecretId,
    /// The time from which the text no longer works.
    pub until: Timestamp,
}

/// Creates, lists, rotates, revokes and verifies keys.
pub struct KeyService {
    pub keys: Arc<dyn KeyRepository>,
    pub secrets: Arc<dyn Secrets>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
}

impl KeyService {
    /// Connects the service to its ports.
    pub fn over(stores: &Stores, System { clock, ids, secrets, .. }: &System) -> Self {
        Self { keys: stores.keys.clone(), secrets: secrets.clone(), clock: clock.clone(), ids: ids.clone() }
    }

    /// Creates a key with at most the scopes that its creator has.
    ///
    /// Asks [`Secrets::key_secret`] and [`Secrets::hash_key`], then [`KeyRepository::create`].
    pub fn create(
        &self,
        owner: KeyOwner,
        kind: KeyKind,
        entered: &CreateKey,
        creators: Scopes,
    ) -> Result<Issued, Failure> {
        let created_at = self.clock.now();
        let parsed = entered.parse(kind, created_at)?;
        ApiKey::may_grant(parsed.scopes, creators)?;
        let (secret, text) = self.new_secret(kind);
        let key = ApiKey {
            id: KeyId::from(self.ids.next()),
            kind,
            owner,
            name: parsed.name,
            scopes: parsed.scopes,
            reach: parsed.reach,
            created_at,
            expires_at: parsed.expires_at,
            last_used_at: None,
            secret,
            replaced: None,
        };
        match self.keys.create(key.clone(), MAX_KEYS)? {
            NewKeyOutcome::Created => Ok(Issued { key, text }),
            NewKeyOutcome::TooMany => Err(Denial::TooManyKeys.into()),
            NewKeyOutcome::NoOwner => Err(Denial::UserNotFound.into()),
        }
    }

    /// Lists the owner's keys, newest first.
    ///
    /// Asks [`KeyRepository::list`].
    pub fn list(&self, owner: KeyOwner) -> Result<Vec<ApiKey>, StoreError> {
        self.keys.list(owner, self.clock.now())
    }

    /// Replaces the secret of a key; the current one still works for `overlap_seconds`, by default an hour. The creator
    /// of a secret has to have its scopes.
    ///
    /// Asks [`KeyRepository::list`], [`Secrets::key_secret`], [`Secrets::hash_key`], then
    /// [`KeyRepository::rotate`].
    pub fn rotate(
        &self,
        owner: KeyOwner,
        id: KeyId,
        overlap_seconds: Option<i64>,
        creators: Scopes,
    ) -> Result<Issued, Failure> {
        let overlap = overlap_seconds.map_or(Ok(ROTATION_OVERLAP), parse_overlap);
        let overlap = overlap.map_err(|violation| Failure::invalid("overlap_seconds", violation))?;
        retry_until_written(|| {
            let key = self.list(owner)?.into_iter().find(|key| key.id == id).ok_or(Denial::KeyNotFound)?;
            ApiKey::may_grant(key.scopes, creators)?;
            let ((next, text), at) = (self.new_secret(key.kind), self.clock.now());
            let replaced_until = at.plus(overlap);
            let rotation =
                KeyRotation { owner, key: id, read: key.secret.id, next: next.clone(), replaced_until, at };
            let replaced = (!overlap.is_zero()).then(|| (key.secret.clone(), replaced_until));
            let key = ApiKey { secret: next, replaced, ..key };
            Ok(match self.keys.rotate(rotation)? {
                Guarded::Done(()) => Guarded::Done(Issued { key, text }),
                Guarded::Refused => Guarded::Refused,
            })
        })
    }

    /// Revokes a key at once.
    ///
    /// Asks [`KeyRepository::end`].
    pub fn revoke(&self, owner: KeyOwner, id: KeyId) -> Result<(), Failure> {
        if self.keys.end(owner, id, self.clock.now())? { Ok(()) } else { Err(Denial::KeyNotFound.into()) }
    }

    /// Hashes what may be the text of a key.
    ///
    /// Asks [`Secrets::hash_key`].
    pub fn hash(&self, text: &str) -> SecretHash {
        self.secrets.hash_key(text)
    }

    /// Looks up the key of a text with this hash; `None` if it does not work.
    ///
    /// Asks [`KeyRepository::find`].
    pub fn verify(&self, text: &KeyText, hash: &SecretHash) -> Result<Option<Verified>, StoreError> {
        let (secret, now) = (text.secret_id(), self.clock.now());
        let found = self.keys.find(secret)?.filter(|key| key.kind == text.kind());
        Ok(found.and_then(|key| {
            let until = key.check(secret, hash, now)?;
            Some(Verified { key, secret, until })
        }))
    }

    fn new_secret(&self, kind: KeyKind) -> (StoredSecret, KeyText) {
        let id = SecretId::from(self.ids.next());
        let text = KeyText::new(kind, id, &self.secrets.key_secret());
        (StoredSecret { id, hash: self.hash(text.reveal()) }, text)
    }
}

fn parse_overlap(seconds: i64) -> Result<Duration, Violation> {
    let overlap = u64::try_from(seconds).ok().map(Duration::from_secs);
    overlap
        .filter(|overlap| *overlap <= LONGEST_OVERLAP)
        .ok_or(Violation::NotBetween(0, LONGEST_OVERLAP.as_secs()))
}
