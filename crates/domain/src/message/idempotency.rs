//! Recognises repeated requests.

use uuid::Uuid;

use crate::violation::Violation;

/// A client's name for a request, repeated in retries: 1 to 255 printable ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The maximum length, in characters.
    pub const LONGEST: usize = 255;

    /// Checks the text without changing it.
    pub fn parse(entered: &str) -> Result<Self, Violation> {
        if entered.is_empty() {
            return Err(Violation::Empty);
        }
        if entered.len() > Self::LONGEST {
            return Err(Violation::TooManyBytes(Self::LONGEST));
        }
        if !entered.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(Violation::ForbiddenCharacter("printable ASCII"));
        }
        Ok(Self(entered.to_owned()))
    }

    /// Wraps text that was parsed before it was stored.
    pub fn restore(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A key and a digest of the content with which it was first used. Only the digest stays when the content is
/// changed or deleted, so that a late retry is still recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The client's name for the request.
    pub key: IdempotencyKey,
    /// A name-based UUID (version 5) of the content.
    pub digest: Uuid,
}

impl Idempotency {
    /// Digests the parts of the content.
    pub fn new(key: IdempotencyKey, content: &[&str]) -> Self {
        // Length prefixes distinguish ("ab", "c") from ("a", "bc").
        let mut bytes = Vec::new();
        for part in content {
            bytes.extend_from_slice(&part.len().to_le_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        Self { key, digest: Uuid::new_v5(&Uuid::NAMESPACE_OID, &bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printable_ascii_is_accepted() {
        assert!(IdempotencyKey::parse("a b~!").is_ok());
        assert!(IdempotencyKey::parse(&"x".repeat(255)).is_ok());
        for bad in ["", "é", "a\tb", &"x".repeat(256)] {
            assert!(IdempotencyKey::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn digest_distinguishes_contents() {
        let key = IdempotencyKey::parse("k").unwrap();
        let of = |content: &[&str]| Idempotency::new(key.clone(), content).digest;
        assert_eq!(of(&["ab", "c"]), of(&["ab", "c"]));
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
    }
}
