//! The ports of use cases that no store implements. Passwords and secrets are not hashed: they protect nothing
//! here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use chit_chat_domain::invitation::InvitationSecret;
use chit_chat_domain::key::KeySecret;
use chit_chat_domain::secrets::Secrets;
use chit_chat_domain::services::System;
use chit_chat_domain::session::{RefreshSecret, SecretHash};
use chit_chat_domain::testing::{FixedClock, SequentialIds};
use chit_chat_domain::user::{HasherBusy, PasswordHash, PasswordHasher, Username};

pub(crate) fn system(clock: &Arc<FixedClock>, ids: &Arc<SequentialIds>) -> System {
    System {
        clock: clock.clone(),
        ids: ids.clone(),
        secrets: Arc::new(PlainSecrets::default()),
        hasher: Arc::new(PlainHasher),
    }
}

/// A hasher whose hashes are the passwords themselves.
struct PlainHasher;

impl PasswordHasher for PlainHasher {
    fn hash(&self, password: &str) -> Result<PasswordHash, HasherBusy> {
        Ok(PasswordHash::new(password.to_owned()))
    }

    fn verify(&self, password: &str, hash: Option<&PasswordHash>) -> Result<bool, HasherBusy> {
        Ok(hash.is_some_and(|hash| hash.as_str() == password))
    }
}

/// Secrets that repeat one byte, which counts up; their hashes are the secrets themselves.
#[derive(Default)]
struct PlainSecrets(AtomicU8);

impl PlainSecrets {
    fn byte(&self) -> u8 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

impl Secrets for PlainSecrets {
    fn username_reservation(&self, username: &Username) -> String {
        format!("reserved: {}", username.folded())
    }

    fn refresh_secret(&self) -> RefreshSecret {
        RefreshSecret::new([self.byte(); 32])
    }

    fn successor(&self, spent: &RefreshSecret) -> RefreshSecret {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(spent.reveal());
        RefreshSecret::new(bytes.map(|byte| byte.wrapping_add(1)))
    }

    fn invitation_secret(&self) -> InvitationSecret {
        InvitationSecret::new([self.byte(); 16])
    }

    fn hash(&self, secret: &RefreshSecret) -> SecretHash {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(secret.reveal());
        SecretHash::new(bytes)
    }

    fn key_secret(&self) -> KeySecret {
        KeySecret::new([self.byte(); 32])
    }

    fn hash_key(&self, text: &str) -> SecretHash {
        // The beginning is the same for all keys, and the end a checksum, which differs.
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(text.bytes().rev()) {
            *to = from;
        }
        SecretHash::new(bytes)
    }
}
