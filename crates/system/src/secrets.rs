//! Random secrets and keyed hashes.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use aws_lc_rs::rand;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chit_chat_domain::invitation::InvitationSecret;
use chit_chat_domain::key::KeySecret;
use chit_chat_domain::secrets::Secrets;
use chit_chat_domain::session::{RefreshSecret, SecretHash};
use chit_chat_domain::user::Username;

use crate::signing_keys::SigningKeys;

/// The key is a constant, not a secret, because losing a secret key would release every reserved name.
const RESERVATION_KEY: &[u8] = b"chit-chat/v1/username";

const SUCCESSOR_KEY: &[u8] = b"chit-chat/v1/refresh";

/// Generates secrets from the operating system's randomness.
pub struct SystemSecrets {
    successors: Key,
}

impl SystemSecrets {
    /// Derives the key of successors from the key that signs access tokens, so that all instances agree.
    pub fn new(keys: &SigningKeys) -> Self {
        let derived = sign(&Key::new(HMAC_SHA256, keys.signing()), SUCCESSOR_KEY);
        Self { successors: Key::new(HMAC_SHA256, derived.as_ref()) }
    }
}

impl Default for SystemSecrets {
    /// Uses a random key: for processes that refresh no sessions.
    fn default() -> Self {
        Self { successors: Key::new(HMAC_SHA256, &random::<32>()) }
    }
}

impl Secrets for SystemSecrets {
    fn username_reservation(&self, username: &Username) -> String {
        let key = Key::new(HMAC_SHA256, RESERVATION_KEY);
        BASE64_URL_SAFE_NO_PAD.encode(sign(&key, username.folded().as_bytes()))
    }

    fn refresh_secret(&self) -> RefreshSecret {
        RefreshSecret::new(random())
    }

    fn successor(&self, spent: &RefreshSecret) -> RefreshSecret {
        RefreshSecret::new(bytes_of(sign(&self.successors, spent.reveal()).as_ref()))
    }

    fn invitation_secret(&self) -> InvitationSecret {
        InvitationSecret::new(random())
    }

    fn hash(&self, secret: &RefreshSecret) -> SecretHash {
        SecretHash::new(bytes_of(digest(&SHA256, secret.reveal()).as_ref()))
    }

    fn key_secret(&self) -> KeySecret {
        KeySecret::new(random())
    }

    fn hash_key(&self, text: &str) -> SecretHash {
        SecretHash::new(bytes_of(digest(&SHA256, text.as_bytes()).as_ref()))
    }
}

/// Copies the 32 bytes of a digest.
fn bytes_of(digest: &[u8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = *from;
    }
    bytes
}

/// Generates a key for signing access tokens, as text.
pub fn random_key() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(random::<32>())
}

/// Generates a password of a hundred bits, in groups that can be read aloud, without I, L, O and U.
pub fn random_password() -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let letter = |byte: &u8| LETTERS.get(usize::from(byte % 32)).map_or('0', |letter| char::from(*letter));
    let groups: Vec<String> =
        random::<32>().chunks(4).take(5).map(|group| group.iter().map(letter).collect()).collect();
    groups.join("-")
}

#[expect(clippy::expect_used, reason = "without randomness there is no safe way to go on")]
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reservation(name: &str) -> String {
        SystemSecrets::default().username_reservation(&Username::parse(name).unwrap())
    }

    #[test]
    fn reservation_ignores_case_and_hides_name() {
        assert_eq!(reservation("Matt"), reservation("mATT"));
        assert_ne!(reservation("Matt"), reservation("Beth"));
        assert!(!reservation("Matt").contains("att"));
    }

    #[test]
    fn passwords_are_five_groups_and_differ() {
        let password = random_password();
        assert_ne!(password, random_password());
        assert_eq!(password.split('-').map(str::len).collect::<Vec<_>>(), [4; 5]);
        assert!(password.chars().all(|c| c == '-' || c.is_ascii_digit() || c.is_ascii_lowercase()), "{password}");
    }

    #[test]
    fn secrets_differ_and_hash_equally() {
        let secrets = SystemSecrets::default();
        let (one, other) = (secrets.refresh_secret(), secrets.refresh_secret());
        assert_ne!(one, other);
        assert_eq!(secrets.hash(&one), secrets.hash(&one));
        assert_ne!(secrets.hash(&one), secrets.hash(&other));
        assert_ne!(secrets.invitation_secret(), secrets.invitation_secret());
    }

    #[test]
    fn successors_depend_on_secret_and_signing_key() {
        let with = |key| SystemSecrets::new(&SigningKeys::parse(key).unwrap());
        let (here, there) = (with(&random_key()), with(&random_key()));
        let (one, other) = (here.refresh_secret(), here.refresh_secret());
        assert_eq!(here.successor(&one), here.successor(&one));
        assert_ne!(here.successor(&one), one);
        assert_ne!(here.successor(&one), here.successor(&other));
        assert_ne!(here.successor(&one), there.successor(&one));
    }
}
