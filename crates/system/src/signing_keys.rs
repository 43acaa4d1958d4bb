//! The keys that sign access tokens.

use std::collections::HashSet;
use std::fmt;

const SHORTEST: usize = 32;
/// The number of different bytes that a key needs at least. Of 32 random characters, all are among six of the sixteen
/// hexadecimal digits with a probability below C(16, 6) * (6/16)^32 = 2 * 10^-10, and far more rarely in base64.
const FEWEST_BYTES: usize = 7;

/// The length of a part that a key may not repeat or count off. 32 random hexadecimal digits repeat one with a
/// probability of about C(23, 2) * 16^-10 = 2 * 10^-10, and 64 of them with one of 10^-9.
const PART: usize = 10;

/// Words of placeholders, which 32 random characters of base64 hold with a probability below 37 * (2/64)^8 = 4 * 10^-11,
/// and hexadecimal digits never.
const PLACEHOLDERS: [&str; 6] = ["changeme", "changethis", "replaceme", "placeholder", "password", "yoursecret"];
/// Shorter ones, which only count in a key of letters.
const PLACEHOLDERS_OF_LETTERS: [&str; 5] = ["secret", "example", "insecure", "default", "testkey"];

/// The number of letters that a key of words alone needs: about twelve random words have as many. 32 random characters
/// of base64 are letters of one case with a probability of 2 * (26/64)^32 = 6 * 10^-13, and hexadecimal digits are
/// letters alone with one of 2 * 10^-14.
const FEWEST_LETTERS: usize = 64;

/// The keys of the server: the first signs, all verify.
pub struct SigningKeys(Vec<Vec<u8>>);

/// A key that is shorter than 32 bytes, has hardly any different ones, repeats or counts off a part, is a placeholder, or
/// has fewer than 64 letters and nothing but words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeakKey;

impl SigningKeys {
    /// Reads a comma-separated list of keys of 32 bytes or more.
    pub fn parse(list: &str) -> Result<Self, WeakKey> {
        let keys: Vec<Vec<u8>> = list.split(',').map(|key| key.trim().as_bytes().to_vec()).collect();
        if keys.iter().any(|key| is_weak(key)) { Err(WeakKey) } else { Ok(Self(keys)) }
    }

    /// The key that signs; `parse` returns one key or more.
    pub(crate) fn signing(&self) -> &[u8] {
        self.0.first().map_or(&[], Vec::as_slice)
    }

    pub(crate) fn all(&self) -> &[Vec<u8>] {
        &self.0
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeys(..)")
    }
}

fn is_weak(key: &[u8]) -> bool {
    key.len() < SHORTEST
        || key.iter().collect::<HashSet<_>>().len() < FEWEST_BYTES
        || repeats_a_part(key)
        || counts_up_or_down(key)
        || is_placeholder(key)
        || is_short_of_words(key)
}

/// Returns whether the key holds a part of this length twice, as repeated words and patterns do.
fn repeats_a_part(key: &[u8]) -> bool {
    let mut seen = HashSet::new();
    key.windows(PART).any(|part| !seen.insert(part))
}

/// Returns whether the key holds a part of this length that is counted off, such as an alphabet, also with each
/// character several times.
fn counts_up_or_down(key: &[u8]) -> bool {
    let mut key = key.to_vec();
    key.dedup();
    let goes_by = |part: &[u8], step: u8| {
        part.iter().zip(part.iter().skip(1)).all(|(one, next)| next.wrapping_sub(*one) == step)
    };
    key.windows(PART).any(|part| goes_by(part, 1) || goes_by(part, 1_u8.wrapping_neg()))
}

/// Returns whether the key holds a word of placeholders, whatever separates its parts.
fn is_placeholder(key: &[u8]) -> bool {
    let plain = key.iter().filter(|byte| !is_separator(**byte)).map(u8::to_ascii_lowercase).collect();
    let Ok(plain) = String::from_utf8(plain) else {
        return false;
    };
    let holds = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    let is_of_letters = plain.bytes().all(|byte| byte.is_ascii_lowercase());
    holds(&PLACEHOLDERS) || (is_of_letters && holds(&PLACEHOLDERS_OF_LETTERS))
}

/// Returns whether the key is a short text of words: letters of one case, whatever separates them. A capital or a
/// digit is no proof of more, but no rule tells text with them from random characters.
fn is_short_of_words(key: &[u8]) -> bool {
    let letters = || key.iter().filter(|byte| !is_separator(**byte));
    let is_of_one_case = letters().all(u8::is_ascii_lowercase) || letters().all(u8::is_ascii_uppercase);
    is_of_one_case && letters().count() < FEWEST_LETTERS
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'_' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "a key that has 32 bytes or more and digits";

    #[test]
    fn short_keys_are_rejected() {
        assert!(SigningKeys::parse("short").is_err());
        assert!(SigningKeys::parse(&format!("{KEY},short")).is_err());
    }

    #[test]
    fn keys_of_hardly_any_different_bytes_are_rejected() {
        for key in ["x".repeat(64), "1234".repeat(16), "abcdeaabbccddeecbdaecdbaecadbecdab".to_owned()] {
            assert!(SigningKeys::parse(&key).is_err(), "{key}");
        }
    }

    #[test]
    fn random_keys_are_accepted() {
        for _ in 0..1_000 {
            assert!(SigningKeys::parse(&crate::random_key()).is_ok());
        }
        assert!(SigningKeys::parse("9f86d081884c7d659a2feaa0c55ad015").is_ok());
        assert!(SigningKeys::parse("9F86D081884C7D659A2FEAA0C55AD015").is_ok());
        assert!(SigningKeys::parse("mQ4secretv9L/2kXw+7hJpT0bYcRz1Nf8sGdUaEiOq3=").is_ok());
    }

    #[test]
    fn few_words_alone_are_rejected() {
        let words = "ostrich velvet harbour mimic quartz lantern bishop turnip glacier wombat fiddle saffron";
        for (key, is_accepted) in [
            ("thisisthekeyforourchatserverinproduction", false),
            ("this is the key for our chat server", false),
            ("THIS-IS-THE-KEY-FOR-OUR-CHAT-SERVER", false),
            (&words[..65], false),
            (words, true),
            ("this is key 1 for our chat server only", true),
        ] {
            assert_eq!(SigningKeys::parse(key).is_ok(), is_accepted, "{key}");
        }
    }

    #[test]
    fn keys_that_repeat_a_pattern_are_rejected() {
        for pattern in ["abcde", "change-me ", "correct horse battery", "0123456789abcdef", "0123456789abcdefg"] {
            let repeated = pattern.repeat(64);
            for length in [2 * pattern.len().max(16), 2 * pattern.len() + 17, 200] {
                assert!(SigningKeys::parse(repeated[..length].trim()).is_err(), "{pattern} in {length}");
            }
        }
        assert!(SigningKeys::parse(&format!("{KEY},{}", "abcde".repeat(7))).is_err());
        for guessed in [
            "change-me-please-change-me-please!",
            "changeme_changeme_changeme_change1",
            "passwordpasswordpasswordpasswordX1",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaabcdefg",
            "abcdefghijklmnopqrstuvwxyz012345",
            "zyxwvutsrqponmlkjihgfedcba543210",
            "aabbccddeeffgghhiijjkkllmmnnoopp",
            "change-me-to-a-long-random-secret-please",
            "CHANGE_ME_in_production_0123456789!",
            "this is a very long but known Secret",
            "an.example.key.for.the.documentation",
        ] {
            assert!(SigningKeys::parse(guessed).is_err(), "{guessed}");
        }
    }
}
