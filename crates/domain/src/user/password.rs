//! Passwords: the rules for new ones, and the ports that hash them.

use std::fmt;

use crate::redacted;
use crate::violation::Violation;

const COMMONEST: &str = include_str!("commonest_passwords.txt");

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordPolicy {
    /// Requires at least 8 characters, and rejects common passwords.
    #[default]
    Strict,
    /// Accepts any text that is not empty; for demonstration data only.
    Demonstration,
}

/// A new password. All of its bytes are significant. Redacted in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(String);

impl NewPassword {
    /// The minimum length, in characters; does not apply to demonstration data.
    pub const SHORTEST: usize = 8;
    /// The maximum length, in characters.
    pub const LONGEST: usize = 1_024;

    /// Checks the text against the policy.
    pub fn parse(text: &str, policy: PasswordPolicy) -> Result<Self, Violation> {
        if text.contains('\0') {
            return Err(Violation::Nul);
        }
        if text.is_empty() {
            return Err(Violation::Empty);
        }
        let length = text.chars().count();
        if length > Self::LONGEST {
            return Err(Violation::TooManyCharacters(Self::LONGEST));
        }
        if policy == PasswordPolicy::Strict {
            if length < Self::SHORTEST {
                return Err(Violation::TooFewCharacters(Self::SHORTEST));
            }
            let folded = text.to_lowercase();
            if COMMONEST.lines().any(|common| common == folded) {
                return Err(Violation::TooCommon);
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// The password, for the hasher.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(..)")
    }
}

/// A hashed password. Its `Debug` is redacted, except under the feature `mocks`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps the output of a [`PasswordHasher`].
    pub fn new(encoded: String) -> Self {
        Self(encoded)
    }

    /// The encoded hash, for the hasher and the store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        redacted::debug(f, "PasswordHash", &self.0)
    }
}

/// The hasher's queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HasherBusy;

/// Hashes and checks passwords, deliberately slowly.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait PasswordHasher: Send + Sync {
    /// A salted hash of the password.
    fn hash(&self, password: &str) -> Result<PasswordHash, HasherBusy>;

    /// Returns whether the password is the one that was hashed. Without a hash it returns `false` after the same
    /// time, so that timing does not reveal which usernames exist.
    #[expect(clippy::needless_lifetimes, reason = "mockall needs it")]
    fn verify<'a>(&self, password: &str, hash: Option<&'a PasswordHash>) -> Result<bool, HasherBusy>;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn strict(text: &str) -> Result<NewPassword, Violation> {
        NewPassword::parse(text, PasswordPolicy::Strict)
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(strict("7 chars"), Err(Violation::TooFewCharacters(8)));
        assert_eq!(strict("ééééééé"), Err(Violation::TooFewCharacters(8)));
        assert!(strict("éééééééé").is_ok());
        assert!(strict(&"é".repeat(1_024)).is_ok());
        assert_eq!(strict(&"x".repeat(1_025)), Err(Violation::TooManyCharacters(1_024)));
    }

    #[test]
    fn common_password_is_refused_in_any_case() {
        assert_eq!(strict("password"), Err(Violation::TooCommon));
        assert_eq!(strict("PassWord"), Err(Violation::TooCommon));
        assert_eq!(strict("12345678"), Err(Violation::TooCommon));
    }

    #[test]
    fn demonstration_policy_allows_short_password() {
        assert!(NewPassword::parse("1234", PasswordPolicy::Demonstration).is_ok());
        assert!(NewPassword::parse("", PasswordPolicy::Demonstration).is_err());
    }

    proptest! {
        #[test]
        fn password_is_kept_byte_for_byte(text in "\\PC{8,40}") {
            if let Ok(password) = strict(&text) {
                prop_assert_eq!(password.reveal(), text.as_str());
            }
        }
    }
}
