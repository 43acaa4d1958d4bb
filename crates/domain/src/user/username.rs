//! Usernames, shown as entered and unique without regard to case.

use std::time::Duration;

use crate::violation::Violation;

const TAKEN: [&str; 6] = ["all", "deleted", "everyone", "here", "me", "system"];

/// A valid username, as its owner entered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// The maximum length, in characters.
    pub const LONGEST: usize = 32;
    /// The time for which a former username is reserved for its holder.
    pub const RESERVED_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
    /// The maximum number of former usernames that are reserved for one user.
    pub const MAX_FORMER: usize = 10;

    /// Accepts 1 to 32 of `A-Z a-z 0-9 _ . -`, ending in a letter, digit or `_`, and not reserved.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        if text.contains('\0') {
            return Err(Violation::Nul);
        }
        let Some(last) = text.chars().next_back() else {
            return Err(Violation::Empty);
        };
        if text.chars().count() > Self::LONGEST {
            return Err(Violation::TooManyCharacters(Self::LONGEST));
        }
        if !text.chars().all(|c| is_inner(c) || is_final(c)) {
            return Err(Violation::ForbiddenCharacter("A-Z a-z 0-9 _ . -"));
        }
        if !is_final(last) {
            return Err(Violation::BadEnding("a letter, a digit or _"));
        }
        let username = Self(text.to_owned());
        if TAKEN.contains(&username.folded().as_str()) {
            return Err(Violation::Reserved);
        }
        Ok(username)
    }

    /// Wraps text that was parsed before it was stored.
    pub fn restore(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folded form, for comparison without regard to case.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The folded form of a name that somebody enters to sign in. No username has space around it, but keyboards add
    /// some behind a completed word.
    pub fn fold_entered(text: &str) -> String {
        text.trim().to_ascii_lowercase()
    }
}

fn is_inner(c: char) -> bool {
    matches!(c, '.' | '-')
}

fn is_final(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn documented_usernames_are_accepted() {
        for name in ["a", "Matt", "_", "a.b-c_", "0", &"x".repeat(32)] {
            assert!(Username::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn each_violation_is_reported() {
        assert_eq!(Username::parse(""), Err(Violation::Empty));
        assert_eq!(Username::parse(&"x".repeat(33)), Err(Violation::TooManyCharacters(32)));
        assert_eq!(Username::parse("a\0b"), Err(Violation::Nul));
        assert_eq!(Username::parse("EveryOne"), Err(Violation::Reserved));
        assert!(matches!(Username::parse("a b"), Err(Violation::ForbiddenCharacter(_))));
        assert!(matches!(Username::parse("é"), Err(Violation::ForbiddenCharacter(_))));
        assert!(matches!(Username::parse("a."), Err(Violation::BadEnding(_))));
        assert!(matches!(Username::parse("a-"), Err(Violation::BadEnding(_))));
    }

    proptest! {
        #[test]
        fn only_grammatical_usernames_are_accepted(text in "\\PC{0,40}|[A-Za-z0-9_.-]{0,40}") {
            let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
            let fits = (1..=32).contains(&text.chars().count())
                && text.chars().all(allowed)
                && !text.ends_with(['.', '-'])
                && !TAKEN.contains(&text.to_lowercase().as_str());
            prop_assert_eq!(Username::parse(&text).is_ok(), fits);
        }

        #[test]
        fn username_is_kept_as_entered_and_folds_once(text in "[A-Za-z0-9_.-]{0,31}[A-Za-z0-9_]") {
            if let Ok(name) = Username::parse(&text) {
                prop_assert_eq!(name.as_str(), text.as_str());
                let folded = Username::parse(&name.folded()).map(|again| again.folded());
                prop_assert_eq!(folded, Ok(name.folded()));
            }
        }
    }
}
