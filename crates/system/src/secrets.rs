//! Random secrets and keyed hashes.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use aws_lc_rs::rand;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chit_chat_domain::invitation::InvitationSecret;
use chit_chat_domain::secrets::Secrets;
use chit_chat_domain::session::{RefreshSecret, SecretHash};
use chit_chat_domain::user::Username;

/// The key is a constant, not a secret, because losing a secret key would release every reserved name.
const RESERVATION_KEY: &[u8] = b"chit-chat/v1/username";

/// Generates secrets from the operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemSecrets;

impl Secrets for SystemSecrets {
    fn username_reservation(&self, username: &Username) -> String {
        let key = Key::new(HMAC_SHA256, RESERVATION_KEY);
        BASE64_URL_SAFE_NO_PAD.encode(sign(&key, username.folded().as_bytes()))
    }

    fn refresh_secret(&self) -> RefreshSecret {
        RefreshSecret::new(random())
    }

    fn invitation_secret(&self) -> InvitationSecret {
        InvitationSecret::new(random())
    }

    fn hash(&self, secret: &RefreshSecret) -> SecretHash {
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(digest(&SHA256, secret.reveal()).as_ref()) {
            *to = *from;
        }
        SecretHash::new(bytes)
    }
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
        SystemSecrets.username_reservation(&Username::parse(name).unwrap())
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
        let (one, other) = (SystemSecrets.refresh_secret(), SystemSecrets.refresh_secret());
        assert_ne!(one, other);
        assert_eq!(SystemSecrets.hash(&one), SystemSecrets.hash(&one));
        assert_ne!(SystemSecrets.hash(&one), SystemSecrets.hash(&other));
        assert_ne!(SystemSecrets.invitation_secret(), SystemSecrets.invitation_secret());
    }
}
